#include "compare/remeasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/temporary_folder.h"

namespace bytepath::compare {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> again(std::vector<std::string> arguments) {
  Suite suite;
  suite.tool = "run-probe";
  suite.paired = true;
  suite.arguments = std::move(arguments);
  auto out = remeasure_arguments(suite, 5, "/out.json");
  EXPECT_TRUE(out.has_value());
  if (!out) return {};
  // What is always there comes first.
  const std::vector<std::string> ours = {"--style", "none",          "--seed",
                                         "5",       "--export-json", "/out.json"};
  EXPECT_TRUE(std::equal(ours.begin(), ours.end(), out->begin()));
  out->erase(out->begin(), out->begin() + static_cast<std::ptrdiff_t>(ours.size()));
  return *out;
}

TEST(Remeasure, KeepsWhatIsMeasuredAndDropsWhereItWent) {
  EXPECT_THAT(again({"-N", "--compare", "--export-json", "a.json", "--json=b.json", "./old",
                     "./new", "--pairs", "60", "-o", "x.html", "-fjson", "--seed", "9", "-q"}),
              ElementsAre("-N", "--compare", "./old", "./new", "--pairs", "60"));
}

TEST(Remeasure, WordsBehindTwoDashesAreCommands) {
  EXPECT_THAT(again({"--compare", "--", "-o", "--seed"}),
              ElementsAre("--compare", "--", "-o", "--seed"));
}

TEST(Remeasure, OnlyWhatRunProbeMeasuredInPairsCanBe) {
  Suite suite;
  suite.tool = "hyperfine";
  suite.paired = true;
  suite.arguments = {"x"};
  EXPECT_EQ(remeasure_arguments(suite, 1, "f").error().kind, ErrorKind::unsupported);
  suite.tool = "run-probe";
  suite.paired = false;
  EXPECT_FALSE(remeasure_arguments(suite, 1, "f").has_value());
}

Suite measured_on(const std::string& machine) {
  Suite suite;
  suite.tool = "run-probe";
  suite.paired = true;
  suite.arguments = {"--compare", "a", "b 'c'"};
  suite.host.machine_hash = machine;
  return suite;
}

TEST(Remeasure, AnotherMachineCannotConfirm) {
  const auto error = remeasure(measured_on("a"), 1, {.machine_hash = "b"}).error();
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_NE(error.message.find("another machine"), std::string::npos) << error.message;
}

TEST(Remeasure, AnUnknownMachineCannotConfirm) {
  auto suite = measured_on("");
  EXPECT_THAT(remeasure(suite, 1, {.machine_hash = ""}).error().message,
              HasSubstr("does not say on which machine"));
  suite.host.machine_hash = "a";
  EXPECT_THAT(remeasure(suite, 1, {.machine_hash = ""}).error().message,
              HasSubstr("no fingerprint"));
}

// With a script in the place of run-probe.
class RemeasureRuns : public testing::Test {
 protected:
  void SetUp() override {
    const char* path = getenv("PATH");
    path_ = path == nullptr ? "" : path;
    setenv("PATH", (folder_.path() + ":" + path_).c_str(), 1);
  }
  void TearDown() override { setenv("PATH", path_.c_str(), 1); }

  // $6 is the file of --export-json.
  Result<Suite> with(const std::string& script, const Watch& watch = {}) {
    const auto program = folder_.write("run-probe", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return remeasure(measured_on("a"), 1, {.machine_hash = "a"}, watch);
  }

  static constexpr auto report =
      R"(echo '{"results": [{"command": "x", "times": [1, 2]}]}' > "$6"; )";

  test::TemporaryFolder folder_;
  std::string path_;
};

TEST_F(RemeasureRuns, ReadsTheReportAlsoOfAFindingOrABrokenInstrument) {
  for (const char* status : {"0", "1", "3"}) {
    const auto again = with(report + std::string("exit ") + status);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->benchmarks.at(0).name, "x");
  }
}

TEST_F(RemeasureRuns, AFailureIsToldInItsOwnWords) {
  const auto without_report = with("echo first >&2; echo 'Error: no such command' >&2; exit 1");
  ASSERT_FALSE(without_report);
  EXPECT_EQ(without_report.error().kind, ErrorKind::failed);
  EXPECT_EQ(without_report.error().message,
            "measuring again: run-probe ended with status 1: Error: no such command");
  const auto with_hint = with("echo Error: no room >&2; echo hint: make some >&2; exit 4");
  ASSERT_FALSE(with_hint);
  EXPECT_EQ(with_hint.error().message,
            "measuring again: run-probe ended with status 4: Error: no room");
  EXPECT_EQ(with_hint.error().hint, "make some");
  EXPECT_FALSE(with(report + std::string("exit 2"))) << "a report is no excuse for that status";
  EXPECT_FALSE(with(report + std::string("exit 130")));
}

TEST_F(RemeasureRuns, AnnouncesTheCommandLineFirst) {
  std::string announced;
  const auto again = with(
      "exit 4", {.announce = [&](std::string_view line) { announced = line; }, .interrupted = {}});
  EXPECT_FALSE(again);
  EXPECT_THAT(announced, StartsWith(folder_.path() + "/run-probe --style none --seed 1"));
  EXPECT_THAT(announced, EndsWith("--compare a 'b '\\''c'\\'''"));
}

TEST_F(RemeasureRuns, CanBeInterrupted) {
  const auto again = with("exec sleep 60", {.announce = {}, .interrupted = [] { return true; }});
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, EndsWith("interrupted"));
}

}  // namespace
}  // namespace bytepath::compare
