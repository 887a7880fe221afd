#include "benchmark/command.h"

#include <gtest/gtest.h>

namespace bytepath::benchmark {
namespace {

using Words = std::vector<std::string>;

Words command_lines(const CommandOptions& options) {
  const auto commands = expand_commands(options);
  if (!commands) return {commands.error().message};
  Words lines;
  for (const auto& command : *commands) lines.push_back(command.command_line());
  return lines;
}

Words names(const CommandOptions& options) {
  const auto commands = expand_commands(options);
  if (!commands) return {commands.error().message};
  Words found;
  for (const auto& command : *commands) found.push_back(command.display_name());
  return found;
}

CommandOptions scan(const std::string& first, const std::string& last,
                    std::optional<std::string> step = std::nullopt) {
  return {.commands = {"{x}"},
          .scan = CommandOptions::Scan{
              .name = "x", .first = first, .last = last, .step = std::move(step)}};
}

TEST(ReplaceParameters, DoesNotReplaceInsideAValue) {
  const Command command{.expression = "echo {foo} {bar} {other}{",
                        .parameters = {{"foo", "{bar} baz"}, {"bar", "quux"}}};
  EXPECT_EQ(command.command_line(), "echo {bar} baz quux {other}{");
  EXPECT_EQ(command.replace_parameters("rm {bar}.{bar}"), "rm quux.quux");
}

TEST(DisplayName, IsTheGivenNameWithItsParametersOrTheCommandLine) {
  Command command{.name = "name-{bar}-{foo}",
                  .expression = "echo {foo}",
                  .parameters = {{"foo", "baz"}, {"bar", "quux"}}};
  EXPECT_EQ(command.display_name(), "name-quux-baz");
  command.name.clear();
  EXPECT_EQ(command.display_name(), "echo baz");
}

TEST(DisplayName, ShowsParametersThatTheExpressionDoesNotUse) {
  const Command command{.name = "{branch}",
                        .expression = "make {target}",
                        .parameters = {{"branch", "master"}, {"target", "all"}, {"jobs", "2"}}};
  EXPECT_EQ(command.name_with_unused_parameters(), "master (branch = master, jobs = 2)");
  EXPECT_EQ((Command{.expression = "make"}).name_with_unused_parameters(), "make");
}

TEST(SplitValues, BackslashProtectsCommaAndBackslashOnly) {
  EXPECT_EQ(split_values(R"(a,b\,c)"), (Words{"a", "b,c"}));
  EXPECT_EQ(split_values(R"(\\\,,\n)"), (Words{R"(\,)", R"(\n)"}));
  EXPECT_EQ(split_values(R"(end\)"), (Words{R"(end\)"}));
}

TEST(SplitValues, KeepsEmptyValues) {
  EXPECT_EQ(split_values(""), Words{""});
  EXPECT_EQ(split_values(",a,,"), (Words{"", "a", "", ""}));
}

TEST(ExpandCommands, ListsVaryTheCommandFirstAndTheLastListLast) {
  const CommandOptions options{.commands = {"a {p} {q}", "b {p} {q}"},
                               .lists = {{"p", "1,2"}, {"q", "x,y"}}};
  EXPECT_EQ(command_lines(options),
            (Words{"a 1 x", "b 1 x", "a 2 x", "b 2 x", "a 1 y", "b 1 y", "a 2 y", "b 2 y"}));
}

TEST(ExpandCommands, ScanVariesTheCommandFirst) {
  CommandOptions options = scan("1", "2");
  options.commands = {"a {x}", "b {x}"};
  EXPECT_EQ(command_lines(options), (Words{"a 1", "b 1", "a 2", "b 2"}));
}

TEST(ExpandCommands, TheReferenceIsFirstAndHasNoParameters) {
  CommandOptions options{
      .commands = {"new {p}"}, .names = {"n{p}"}, .reference = "old {p}", .lists = {{"p", "1,2"}}};
  EXPECT_EQ(command_lines(options), (Words{"old {p}", "new 1", "new 2"}));
  options.reference_name = "base";
  EXPECT_EQ(names(options), (Words{"base", "n1", "n2"}));
}

TEST(ExpandCommands, NamesAreOneForAllOrOneForEach) {
  CommandOptions options{.commands = {"{p}"}, .names = {"n{p}"}, .lists = {{"p", "1,2,3"}}};
  EXPECT_EQ(names(options), (Words{"n1", "n2", "n3"}));
  options.names = {"a", "b", "c"};
  EXPECT_EQ(names(options), (Words{"a", "b", "c"}));
  options.names = {"a", "b"};
  const Words error = {
      "'--command-name' has been specified 2 times. It has to appear exactly once, or exactly 3 "
      "times (number of benchmarks)"};
  EXPECT_EQ(names(options), error);
  CommandOptions scanned = scan("1", "3");
  scanned.names = {"a", "b"};
  EXPECT_EQ(names(scanned), error);
  scanned.names = {"a", "b", "c"};
  EXPECT_EQ(names(scanned), (Words{"a", "b", "c"}));
}

TEST(ExpandCommands, WithoutParametersFewerNamesThanCommandsAreAllowed) {
  CommandOptions options{.commands = {"x", "y"}, .names = {"a"}};
  EXPECT_EQ(names(options), (Words{"a", "y"}));
  options.names = {"a", "b", "c"};
  EXPECT_EQ(names(options), Words{"Too many --command-name options: Expected 2 at most"});
}

TEST(ExpandCommands, RefusesListsOfTheSameName) {
  const CommandOptions options{
      .commands = {"x"}, .lists = {{"y", "1"}, {"x", "1"}, {"y", "2"}, {"x", "2"}, {"y", "3"}}};
  EXPECT_EQ(command_lines(options), Words{"Duplicate parameter names: x, y"});
}

TEST(ExpandCommands, RefusesListsWithTooManyCombinations) {
  std::string list = "0";
  for (int i = 1; i < 1000; ++i) list += ",0";
  const CommandOptions options{.commands = {"x"}, .lists = {{"a", list}, {"b", list}}};
  EXPECT_EQ(command_lines(options), Words{"Parameter range is too large"});
}

TEST(ParameterScan, IntegersHaveAStepOfOneAndIncludeTheLast) {
  EXPECT_EQ(command_lines(scan("-1", "+2")), (Words{"-1", "0", "1", "2"}));
  EXPECT_EQ(command_lines(scan("1", "7", "3")), (Words{"1", "4", "7"}));
  EXPECT_EQ(command_lines(scan("007", "7")), Words{"7"});
  EXPECT_EQ(command_lines(scan("2147483647", "2147483647")), Words{"2147483647"});
}

TEST(ParameterScan, DecimalsAreExactAndKeepTheirDigits) {
  EXPECT_EQ(command_lines(scan("0", "0.3", "0.1")), (Words{"0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(command_lines(scan("0", "1", "0.33")), (Words{"0", "0.33", "0.66", "0.99"}));
  EXPECT_EQ(command_lines(scan("0.5", "2", "0.5")), (Words{"0.5", "1.0", "1.5", "2.0"}));
}

// As hyperfine 1.15 prints them: a sum with zero is the other number as it was written.
TEST(ParameterScan, CrossesZeroAsHyperfineDoes) {
  EXPECT_EQ(command_lines(scan("-0.1", "+.1_0", "0.1")), (Words{"-0.1", "0.0", "0.1"}));
  EXPECT_EQ(command_lines(scan("0.00", "0.1", "0.1")), (Words{"0.00", "0.1"}));
}

TEST(ParameterScan, DigitsAtTheLimitsDoNotOverflow) {
  EXPECT_EQ(command_lines(scan("999999999999999998.5", "999999999999999999", "0.5")),
            (Words{"999999999999999998.5", "999999999999999999.0"}));
  EXPECT_EQ(
      command_lines(scan("-999999999999999999", "999999999999999999", "0.000000000000000001")),
      Words{"Parameter range is too large"});
}

TEST(ParameterScan, RefusesRangesThatAreEmptyEndlessOrTooLong) {
  EXPECT_EQ(command_lines(scan("2", "1")), Words{"Empty parameter range"});
  EXPECT_EQ(command_lines(scan("1", "2", "0")), Words{"Zero is not a valid parameter step"});
  EXPECT_EQ(command_lines(scan("1", "2", "-0.5")), Words{"Parameter range is too large"});
  EXPECT_EQ(command_lines(scan("1", "1", "-1")), Words{"Parameter range is too large"});
  EXPECT_EQ(command_lines(scan("0", "100000")), Words{"Parameter range is too large"});
  EXPECT_EQ(command_lines(scan("1", "100000")).size(), 100000U);
}

TEST(ParameterScan, DecimalsNeedAStep) {
  const Words error = {
      "A step size is required when the range bounds are floating point numbers. The step size can "
      "be specified with the '-D/--parameter-step-size <DELTA>' parameter"};
  EXPECT_EQ(command_lines(scan("0.1", "1")), error);
  EXPECT_EQ(command_lines(scan("0", "3000000000")), error);
}

TEST(ParameterScan, ErrorsSayWhatIsWrongWithANumber) {
  const auto message = [](const std::string& first) {
    return command_lines(scan(first, "1", "1")).front();
  };
  const auto reason = [](const std::string& text) {
    return "Error while parsing parameter scan arguments (Invalid decimal: " + text + ")";
  };
  EXPECT_EQ(message(""), reason("empty"));
  EXPECT_EQ(message("-"), reason("no digits found"));
  EXPECT_EQ(message("."), reason("no digits found"));
  EXPECT_EQ(message("1.2.3"), reason("two decimal points"));
  EXPECT_EQ(message("1e1"), reason("unknown character"));
  EXPECT_EQ(message("_1"), reason("must start lead with a number"));
  EXPECT_EQ(message("1000000000000000000"), reason("overflow from too many digits"));
  EXPECT_EQ(message("0.0000000000000000001"), reason("overflow from too many digits"));
}

}  // namespace
}  // namespace bytepath::benchmark
