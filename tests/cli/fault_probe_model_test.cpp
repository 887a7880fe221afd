#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/fault_probe.h"
#include "support/weights_files.h"

// What fault-probe tells by tensor, layer and expert: map, cache and touch on a model with experts;
// its formats, --replay and --fail-on; its selftest.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr std::uint64_t page = 4096;
constexpr std::int64_t tensor_pages = 256;  // 1 MiB

// A header of a page, then a dense tensor of layer 0, and one of layer 1 that holds four experts of
// 64 pages each.
std::string model_content() {
  GgufFile file;
  file.pair("general.alignment", 4).u32(page);
  file.alignment = page;
  file.tensors = {{.name = "blk.0.ffn_up.weight", .shape = {512, 512}, .type = 0, .offset = 0},
                  {.name = "blk.1.ffn_up_exps.weight",
                   .shape = {256, 256, 4},
                   .type = 0,
                   .offset = tensor_pages * page}};
  file.data_bytes = 2 * tensor_pages * page;
  return file.content();
}

class FaultProbeModel : public testing::Test {
 protected:
  Outcome probe(Words arguments, const Words& how) const {
    return fault_probe(with_toucher(std::move(arguments), model_, how));
  }
  // The report of a command that is not about a run.
  result::Document document(Words arguments) const {
    arguments.insert(arguments.end(), {"-q", "--json", "-"});
    return document_of(fault_probe(std::move(arguments)));
  }
  static double touched(const result::Document& report, const char* table,
                        const result::Value& row) {
    return number_of(cell_of(report, table, row, "touched"));
  }

  const Workplace place_{16};
  const std::string model_ = place_.write("moe.gguf", model_content());
};

TEST_F(FaultProbeModel, IsMappedByTensor) {
  const auto report = document({"map", model_});
  EXPECT_EQ(parameter_of(report, "format"), result::Value(std::string("gguf")));
  EXPECT_EQ(parameter_of(report, "tensors"), result::Value(std::int64_t{2}));
  const std::string dense = "blk.0.ffn_up.weight";
  EXPECT_EQ(cell_of(report, "tensors", dense, "offset"), result::Value(std::int64_t{page}));
  EXPECT_EQ(number_of(cell_of(report, "tensors", dense, "size")), tensor_pages * page);
  EXPECT_EQ(cell_of(report, "tensors", dense, "type"), result::Value(std::string("F32")));
  EXPECT_EQ(cell_of(report, "tensors", dense, "shape"), result::Value(std::string("512 x 512")));
  const auto* experts = find_table(report, "experts");
  ASSERT_NE(experts, nullptr);
  EXPECT_EQ(experts->rows.size(), 4U);
}

TEST_F(FaultProbeModel, IsTouchedByTensorLayerAndExpert) {
  // The header, and every other page: half of each part.
  const auto outcome = probe({"touch", "-m", model_, "-q", "--json", "-", "--pages",
                              place_.at("pages"), "--experts", place_.at("experts.csv")},
                             {"every:2"});
  const auto report = document_of(outcome);
  EXPECT_EQ(touched(report, "tensors", std::string("blk.0.ffn_up.weight")),
            tensor_pages / 2 * page);
  EXPECT_EQ(touched(report, "tensors", std::string("(header)")), page);
  EXPECT_EQ(touched(report, "layers", std::int64_t{1}), tensor_pages / 2 * page);
  EXPECT_EQ(place_.read("experts.csv"), "layer,expert,pages\n1,0,32\n1,1,32\n1,2,32\n1,3,32\n");

  const auto mapped = document({"map", model_, "--touched", place_.at("pages")});
  EXPECT_EQ(touched(mapped, "files", model_), (tensor_pages + 1) * page);
  EXPECT_EQ(touched(mapped, "layers", std::int64_t{0}), tensor_pages / 2 * page);
}

// A layer of one model is not that of another.
TEST_F(FaultProbeModel, IsToldApartFromAnother) {
  const auto other = place_.write("other.gguf", model_content());
  const auto experts = place_.at("experts.csv");
  for (const auto& models : {Words{model_, other}, Words{"*.gguf"}}) {
    Words words = {"touch", "-q", "--json", "-", "--experts", experts};
    for (const auto& model : models) words.insert(words.end(), {"-m", model});
    const auto both = "'" + std::string(BYTEPATH_TOUCHER) + "' '" + model_ + "' every:2; '" +
                      BYTEPATH_TOUCHER + "' '" + other + "' every:2";
    words.insert(words.end(), {"--", "/bin/sh", "-c", both});
    const auto outcome = fault_probe(words);
    EXPECT_EQ(outcome.status, 2);
    expect_error_and_hint(outcome.err, {"--experts", "moe.gguf", "other.gguf"});
    EXPECT_FALSE(std::filesystem::exists(experts));
  }
  const auto report = document({"map", model_, other});
  const auto* table = find_table(report, "experts");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->rows.size(), 8U);
  EXPECT_EQ(cell_of(report, "experts", std::int64_t{1}, "model"), result::Value(model_));
}

TEST_F(FaultProbeModel, IsTakenFromThePatternOfItsName) {
  const auto report =
      document_of(probe({"touch", "-m", "*.gguf", "-q", "--json", "-"}, {"every:2"}));
  EXPECT_EQ(touched(report, "tensors", std::string("blk.0.ffn_up.weight")),
            tensor_pages / 2 * page);
}

TEST_F(FaultProbeModel, IsInThePageCacheByTensor) {
  ASSERT_EQ(
      run({.arguments = {"/bin/sh", "-c", "sync \"$0\"; cat \"$0\" > /dev/null", model_}}).status,
      0);
  const auto report = document({"cache", model_});
  EXPECT_EQ(number_of(cell_of(report, "files", model_, "cached")), (2 * tensor_pages + 1) * page);
  EXPECT_EQ(number_of(cell_of(report, "tensors", std::string("blk.0.ffn_up.weight"), "cached")),
            tensor_pages * page);
  if (geteuid() == 0) {
    EXPECT_NE(find_table(report, "folios"), nullptr);
  } else {
    EXPECT_TRUE(says_not_measured(report, "folio sizes"));
  }
}

// ---- selftest ----

TEST(FaultProbeSelfTest, PassesHere) {
  const Workplace place(1);
  const auto report =
      document_of(fault_probe({"selftest", "--directory", place.at(""), "-q", "--json", "-"}));
  EXPECT_EQ(report.verdict.state, "ready");
  EXPECT_EQ(number_of(parameter_of(report, "failed_checks")), 0);
  EXPECT_EQ(cell_of(report, "checks", std::string("exact pages, every 3, warm"), "state"),
            result::Value(std::string("ok")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(place.at("")), {}), 1)
      << "it left a file behind";
}

TEST(FaultProbeSelfTest, DoesNotCallColdWhatStaysInMemory) {
  const auto report =
      document_of(fault_probe({"selftest", "--directory", "/dev/shm", "-q", "--json", "-"}));
  EXPECT_EQ(cell_of(report, "checks", std::string("exact pages, every 3, cold"), "state"),
            result::Value(std::string("n/a")));
  EXPECT_EQ(cell_of(report, "checks", std::string("exact pages, every 3, warm"), "state"),
            result::Value(std::string("ok")));
  EXPECT_TRUE(says_not_measured(report, "exact pages, every 3, cold"));
}

TEST(FaultProbeSelfTest, TakesAnEmptyTmpdirForNone) {
  const Workplace place(1);
  Command command{.environment = {"LC_ALL=C", "PATH=/usr/bin:/bin", "TMPDIR="}};
  // Who may not write to the root folder.
  if (geteuid() == 0) command.user = nobody;
  command.arguments = {place.copy_of(probe_path("fault-probe")), "selftest", "-q", "--json", "-"};
  const auto outcome = run(command);
  EXPECT_EQ(document_of(outcome).verdict.state, "ready");
}

// ---- formats, --replay, --fail-on ----

TEST_F(FaultProbeModel, IsReportedInEachFormat) {
  const auto saved = place_.at("run.json");
  ASSERT_EQ(probe({"touch", "-m", model_, "-q", "-o", saved, "-o", place_.at("run.csv"), "-o",
                   place_.at("run.html"), "-o", place_.at("run.md")},
                  {"every:2"})
                .status,
            0);
  EXPECT_THAT(place_.read("run.csv"), HasSubstr("touched_bytes"));
  EXPECT_THAT(place_.read("run.html"), HasSubstr("blk.1.ffn_up_exps.weight"));
  EXPECT_THAT(place_.read("run.md"), HasSubstr("| blk.0.ffn_up.weight"));
  for (const char* format : {"text", "markdown", "csv", "json", "html"}) {
    const auto outcome = fault_probe({"--replay", saved, "-f", format});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(outcome.out, HasSubstr("blk.0.ffn_up.weight")) << format;
  }
}

TEST_F(FaultProbeModel, IsJudgedAnewByAReplay) {
  const auto saved = place_.at("run.json");
  ASSERT_EQ(probe({"touch", "-m", model_, "-q", "--json", saved}, {"every:2"}).status, 0);
  auto document = result::from_json(place_.read("run.json"), saved);
  ASSERT_TRUE(document) << document.error().message;
  document->findings.clear();
  document->verdict = {};
  const auto bare = place_.write("bare.json", result::to_json(*document));
  const auto again = document_of(fault_probe({"--replay", bare, "-f", "json"}));
  EXPECT_NE(find_finding(again, "faults.touched"), nullptr);
  EXPECT_EQ(again.verdict.state, "exact");
}

TEST_F(FaultProbeModel, FailsOnAFinding) {
  const auto failing = Words{
      "touch", "-m", model_, "-q", "--json", place_.at("run.json"), "--fail-on", "faults.touched"};
  EXPECT_EQ(probe(failing, {"every:2"}).status, 1);
  EXPECT_EQ(fault_probe({"--replay", place_.at("run.json"), "--fail-on", "any"}).status, 0)
      << "a note is not any finding";
  EXPECT_EQ(fault_probe({"--replay", place_.at("run.json"), "--fail-on", "faults.*"}).status, 1);
  EXPECT_EQ(fault_probe({"--replay", place_.at("run.json"), "--fail-on", "faults.nothing"}).status,
            2);
}

}  // namespace
}  // namespace bytepath::test
