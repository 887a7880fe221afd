#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>

#include "support/child_process.h"
#include "support/fault_probe.h"
#include "support/weights_files.h"

// fault-probe attach: which experts a running process touches in each window.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t slice_pages = 64;  // of the header, and of each expert
constexpr std::uint64_t experts = 20;
constexpr std::uint64_t touched_count = 3;  // of the slices: 10 %, rounded up

std::string model_of_experts() {
  GgufFile file;
  constexpr std::uint64_t slice_bytes = slice_pages * page;
  file.pair("general.alignment", 4).u32(slice_bytes);
  file.alignment = slice_bytes;
  file.tensors = {{.name = "blk.0.ffn_up_exps.weight", .shape = {256, 256, experts}}};
  file.data_bytes = experts * slice_bytes;
  return file.content();
}

// A process that has all of a model mapped, and touches some of its experts again and again.
class FaultProbeAttach : public testing::Test {
 protected:
  FaultProbeAttach() {
    EXPECT_TRUE(toucher_.ready() && toucher_.send("\n"));
    for (int tries = 0; tries < 500 && slices_.size() < touched_count; ++tries) {
      std::this_thread::sleep_for(10ms);
      slices_ = touched_slices();
    }
    touching_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested() && toucher_.send("\n")) std::this_thread::sleep_for(10ms);
    });
  }
  result::Document attach(Words options) const {
    options.insert(options.begin(), {"attach", "-p", std::to_string(toucher_.pid()), "-m", model_,
                                     "-q", "--json", "-"});
    return document_of(fault_probe(std::move(options)));
  }
  // The aligned runs of pages that it says it touched: numbers of slices.
  std::set<std::uint64_t> touched_slices() const {
    std::istringstream truth(place_.read("truth"));
    std::string line;
    for (int head = 0; head < 3; ++head) std::getline(truth, line);
    std::set<std::uint64_t> slices;
    for (std::uint64_t first = 0, count = 0; truth >> first >> count;)
      for (std::uint64_t at = first; at < first + count; at += slice_pages)
        slices.insert(at / slice_pages);
    return slices;
  }

  const Workplace place_{1};
  const std::string model_ = place_.write_in_pages("moe.gguf", model_of_experts());
  tests::ChildProcess toucher_{{BYTEPATH_TOUCHER, model_, "none", "--populate", "--hold",
                                "--second", "runs:64", "--truth", place_.at("truth")},
                               {}};
  std::set<std::uint64_t> slices_;
  std::jthread touching_;
};

TEST_F(FaultProbeAttach, ShowsWhichExpertsEachWindowTouched) {
  BYTEPATH_SKIP_WITHOUT_BPF();
  constexpr std::int64_t windows = 3;
  const auto report = attach({"-i", "200ms", "-n", std::to_string(windows)});
  if (parameter_of(report, "method") != result::Value(std::string("accessed-bits")))
    GTEST_SKIP() << report.not_measured.front().reason;
  if (says_not_measured(report, "2 MiB entries")) GTEST_SKIP() << "the file is in large folios";
  ASSERT_EQ(slices_.size(), touched_count);
  const auto* table = find_table(report, "experts");
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->rows.size(), experts);
  for (std::uint64_t expert = 0; expert < experts; ++expert) {
    const bool touched = slices_.contains(expert + 1);
    EXPECT_EQ(table->rows[expert][3], result::Value(touched ? windows : 0)) << expert;
  }
  EXPECT_EQ(find_table(report, "windows")->rows.size(), static_cast<std::size_t>(windows));
  // Another reader of accessed bits, such as DAMON, may clear some of them, but none appears.
  const auto expected = static_cast<double>(slices_.size() * slice_pages * page);
  EXPECT_LE(metric_of(report, "heat_touched_bytes"), expected);
  EXPECT_GE(metric_of(report, "heat_touched_bytes"), 0.95 * expected);
}

TEST_F(FaultProbeAttach, KnowsTotalsWithoutBpf) {
  const auto report = attach({"-i", "200ms", "-n", "2", "--totals"});
  EXPECT_EQ(parameter_of(report, "method"), result::Value(std::string("referenced-totals")));
  EXPECT_TRUE(says_not_measured(report, "which pages, tensors and experts"));
  EXPECT_EQ(number_of(parameter_of(report, "windows")), 2);
  EXPECT_GE(metric_of(report, "heat_touched_bytes"), 0.95 * touched_count * slice_pages * page);
  EXPECT_LE(metric_of(report, "heat_touched_bytes"), (experts + 1.0) * slice_pages * page);
}

}  // namespace
}  // namespace bytepath::test
