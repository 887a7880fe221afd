#include "compare/remeasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::compare {
namespace {

using testing::ElementsAre;

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

TEST(Remeasure, AnotherMachineCannotConfirm) {
  Suite suite;
  suite.tool = "run-probe";
  suite.paired = true;
  suite.arguments = {"--compare", "a", "b"};
  suite.host.machine_hash = "a";
  const auto error = remeasure(suite, 1, {.machine_hash = "b"}).error();
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_NE(error.message.find("another machine"), std::string::npos) << error.message;
}

}  // namespace
}  // namespace bytepath::compare
