#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "result/document.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

// probe-compare fleet as its user runs it, over documents whose differences are planted.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Words = std::vector<std::string>;

// A host whose memory takes `latency` ns.
result::Document host(double latency, const std::string& hypervisor = "") {
  result::Document document{.tool = "tier-probe", .verdict = {.state = "measured", .text = ""}};
  document.host.cpu.brand = "EPYC";
  document.host.kernel = "6.1";
  document.host.hypervisor = hypervisor;
  document.metrics.push_back({.name = "tier_latency",
                              .labels = {{"tier", "memory"}},
                              .unit = "ns",
                              .better = result::Better::lower,
                              .median = latency,
                              .low = latency,
                              .high = latency,
                              .count = 9});
  return document;
}

class FleetOfTen : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 10; ++i) {
      folder_.write("web" + std::to_string(i) + ".json",
                    result::to_json(i == 7 ? host(400, "KVM") : host(100 + 0.3 * i)));
    }
  }

  Outcome fleet(Words more, const std::string& input = "") {
    more.insert(more.begin(), {probe_path("probe-compare"), "fleet"});
    return run({.arguments = std::move(more), .input = input});
  }

  TemporaryFolder folder_;
};

TEST_F(FleetOfTen, ShowsTheOddHostAndWhatDiffers) {
  const auto outcome = fleet({folder_.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("outliers: 1 of 10 documents in 1 group"),
                                 HasSubstr("web7.json"), HasSubstr("hypervisor")));
}

TEST_F(FleetOfTen, IsADocumentInEveryFormat) {
  const TemporaryFolder reports;
  Words words = {folder_.path(), "-q"};
  const Words suffixes = {"txt", "md", "csv", "json", "ndjson", "html", "prom", "xml", "github"};
  for (const auto& suffix : suffixes) {
    words.insert(words.end(), {"-o", reports.at("fleet." + suffix)});
  }
  EXPECT_EQ(fleet(words).status, 0);
  EXPECT_EQ(reports.names().size(), suffixes.size());
  const auto json = nlohmann::json::parse(reports.read("fleet.json"), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["verdict"]["state"], "outliers");
  EXPECT_EQ(json["parameters"]["documents"], 10);
  EXPECT_EQ(json["findings"][0]["evidence"]["host"], "web7.json");
  // It is judged again as it was.
  const auto again = run({.arguments = {probe_path("probe-compare"), "--replay",
                                        reports.at("fleet.json"), "--json", "-"}});
  EXPECT_EQ(again.out, reports.read("fleet.json"));
}

TEST_F(FleetOfTen, IsAGateByFailOn) {
  EXPECT_EQ(fleet({folder_.path(), "--fail-on", "compare.fleet.outlier"}).status, 1);
  EXPECT_EQ(fleet({folder_.path(), "--fail-on", "compare.fleet.affected"}).status, 0);
  EXPECT_EQ(fleet({folder_.path(), "--fail-on", "compare.fleet.outleir"}).status, 2);
}

TEST_F(FleetOfTen, ReadsNdjsonFromStandardInput) {
  std::string lines;
  for (int i = 0; i < 10; ++i) lines += result::to_json_line(host(i == 3 ? 400 : 100 + i * 0.3));
  const auto outcome = fleet({"-"}, lines);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("standard input:4"));
}

TEST_F(FleetOfTen, CountsBrokenDocumentsAndGoesOn) {
  folder_.write("broken.json", "{\"schema\": ");
  const auto outcome = fleet({folder_.path()});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("compare.fleet.broken"), HasSubstr("broken.json"),
                                 HasSubstr("1 of 10 documents")));
}

TEST_F(FleetOfTen, SaysWhatFewHostsCannotTell) {
  const auto outcome = fleet({folder_.path(), "--min-hosts", "11"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("not known: no group of 10 documents has enough hosts"));
}

TEST_F(FleetOfTen, RefusesWhatIsNoFleet) {
  const TemporaryFolder empty;
  EXPECT_EQ(fleet({empty.path()}).status, 3);
  EXPECT_EQ(fleet({"-"}).status, 3);
  EXPECT_EQ(fleet({"/nowhere"}).status, 2);
  EXPECT_EQ(fleet({"-", "-"}).status, 2);
  EXPECT_EQ(fleet({}).status, 2);
  empty.write("x.json", "[]");
  const auto outcome = fleet({empty.path()});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("x.json: not a bytepath result"), HasSubstr("hint: ")));
}

}  // namespace
}  // namespace bytepath::test
