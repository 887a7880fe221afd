#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <regex>

#include "support/run_probe.h"

// run-probe beside the hyperfine of this host: the same command line to both. Debian's is 1.15, so
// only what that version and 1.20 share.
namespace bytepath::test {
namespace {

using Words = std::vector<std::string>;

class BesideHyperfine : public testing::Test {
 protected:
  static constexpr const char* hyperfine = "/usr/bin/hyperfine";

  void SetUp() override {
    if (access(hyperfine, X_OK) != 0) {
      GTEST_SKIP() << "NOT COMPARED WITH HYPERFINE: " << hyperfine
                   << " is not installed (apt-get install hyperfine)";
    }
  }
  static Outcome theirs(Words arguments) {
    arguments.insert(arguments.begin(), hyperfine);
    return run({.arguments = std::move(arguments)});
  }
  // What each writes to the file of an export: ours, then theirs, which knows no "-" yet.
  std::pair<std::string, std::string> exports(const std::string& option, Words arguments) {
    arguments.insert(arguments.begin(), {option, folder_.at("ours")});
    EXPECT_EQ(run_probe(arguments).status, 0);
    arguments[1] = folder_.at("theirs");
    EXPECT_EQ(theirs(arguments).status, 0);
    return {folder_.read("ours"), folder_.read("theirs")};
  }

 private:
  TemporaryFolder folder_;
};

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

// Every number and the space around it made one.
std::string without_numbers(const std::string& text) {
  return std::regex_replace(text, std::regex("[ ]*[0-9]+([.][0-9]+)? *"), "#");
}

void expect_same_result(const nlohmann::json& our, const nlohmann::json& their) {
  auto expected = keys_of(their);
  expected.insert("memory_usage_byte");  // since 1.19
  EXPECT_EQ(keys_of(our), expected);
  for (const char* same : {"command", "exit_codes", "parameters"})
    EXPECT_EQ(our[same], their[same]);
  for (const auto& key : keys_of(their)) {
    EXPECT_STREQ(our[key].type_name(), their[key].type_name()) << key;
  }
}

TEST_F(BesideHyperfine, JsonHasAllItsKeys) {
  const auto [ours, other] = exports("--export-json", {"-N", "-r3", "-L", "a", "x,y", "echo {a}"});
  const auto our = json_of(ours);
  const auto their = json_of(other);
  EXPECT_EQ(keys_of(their), std::set<std::string>{"results"});
  ASSERT_EQ(our["results"].size(), 2U);
  for (const std::size_t i : {0U, 1U}) expect_same_result(our["results"][i], their["results"][i]);
}

TEST_F(BesideHyperfine, TablesHaveTheSameForm) {
  for (const char* option :
       {"--export-csv", "--export-markdown", "--export-asciidoc", "--export-orgmode"}) {
    const auto [ours, other] =
        exports(option, {"-N", "-r3", "-u", "millisecond", "sleep 0.002", "sleep 0.05"});
    const auto header = [](const std::string& text) { return text.substr(0, text.find("sleep")); };
    EXPECT_EQ(header(ours), header(other)) << option;
    EXPECT_NE(ours, "");
  }
}

TEST_F(BesideHyperfine, TheTerminalShowsTheSameLines) {
  const Words arguments = {"-N", "-r3", "-u", "millisecond", "-n", "one", "sleep 0.01"};
  EXPECT_EQ(without_numbers(run_probe(arguments).out), without_numbers(theirs(arguments).out));
}

TEST_F(BesideHyperfine, ErrorsHaveTheSameWordsAndStatus) {
  for (const Words& arguments : std::vector<Words>{{"-r", "abc", "true"},
                                                   {"-n", "a", "-n", "b", "true"},
                                                   {"-L", "x", "1,2", "-L", "x", "a", "echo"},
                                                   {"-m", "5", "-M", "3", "true"},
                                                   {"-P", "x", "1", "a", "echo {x}"},
                                                   {"-P", "x", "5", "1", "echo {x}"},
                                                   {"-P", "x", "1", "5", "-D", "0", "echo {x}"},
                                                   {"-P", "x", "1.5", "5", "echo {x}"},
                                                   {"-P", "x", "0", "200000", "echo {x}"},
                                                   {"--output", "foo", "true"},
                                                   {"-S", " ", "true"},
                                                   {"-S", "'", "true"},
                                                   {"-N", "-r", "1", "-s", "false", "true"},
                                                   {"-N", "-r", "1", "-p", "false", "true"},
                                                   {"-N", "-r", "1", "-c", "false", "true"}}) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const auto our = run_probe(arguments);
    const auto their = theirs(arguments);
    EXPECT_EQ(our.status, their.status);
    // Warnings may stand before it.
    const auto error = their.err.substr(their.err.rfind("Error: "));
    EXPECT_THAT(our.err, testing::EndsWith(error));
  }
}

TEST_F(BesideHyperfine, WrongCommandLinesHaveTheSameStatus) {
  for (const Words& arguments : std::vector<Words>{{},
                                                   {""},
                                                   {"--no-such", "true"},
                                                   {"--style", "foo", "true"},
                                                   {"-u", "foo", "true"},
                                                   {"-N", "-S", "bash", "true"},
                                                   {"-D", "5", "echo"},
                                                   {"-P", "x", "1", "5", "-L", "y", "1", "echo"},
                                                   {"--show-output", "--output", "null", "x"}}) {
    EXPECT_EQ(run_probe(arguments).status, theirs(arguments).status)
        << testing::PrintToString(arguments);
  }
}

}  // namespace
}  // namespace bytepath::test
