#include "compare/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare/name_pattern.h"

namespace bytepath::compare {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Gate gate_of(std::string_view text) {
  const auto gate = parse_gate(text);
  EXPECT_TRUE(gate) << text;
  return gate.value_or(Gate{});
}

TEST(ParseGate, ReadsMetricBenchmarkAndMargin) {
  EXPECT_EQ(gate_of("wall:+5%").metric, "wall");
  EXPECT_DOUBLE_EQ(gate_of("wall:+5%").margin, 0.05);
  EXPECT_DOUBLE_EQ(gate_of("page-faults:+0.5%").margin, 0.005);
  EXPECT_DOUBLE_EQ(gate_of("wall:250 %").margin, 2.5);
  EXPECT_EQ(gate_of("syscalls:+0").margin, 0);
  EXPECT_EQ(gate_of("syscalls:0%").margin, 0);
  EXPECT_EQ(gate_of("cycles:u:+1%").metric, "cycles:u");
  const Gate narrow = gate_of("wall@/^a:b@c/:+3%");
  EXPECT_EQ(narrow.pattern, "/^a:b@c/");
  EXPECT_EQ(narrow.text, "wall@/^a:b@c/:+3%");
}

TEST(ParseGate, RefusesTheRestAndSaysWhatIsAccepted) {
  struct Refused {
    const char* text;
    const char* why;
  };
  for (const auto& [text, why] : {Refused{"", "has no margin"},
                                  {"wall", "has no margin"},
                                  {":+5%", "names no metric"},
                                  {" @x:+5%", "names no metric"},
                                  {"wall@:+5%", "names no benchmark"},
                                  {"wall:", "is not a percentage"},
                                  {"wall:+5", "is not a percentage"},
                                  {"wall:+5x", "is not a percentage"},
                                  {"wall:++5%", "is not a percentage"},
                                  {"wall:nan%", "is not a percentage"},
                                  {"wall:inf%", "is not a percentage"},
                                  {"wall:1e400%", "is not a percentage"},
                                  {"wall:-5%", "is negative"},
                                  {"wall:-0", "is negative"},
                                  {"wall@/(/:+5%", "not a regular expression"},
                                  {"wall@/a{5/:+5%", "not a regular expression"},
                                  {"wall@/(){40}{40}{40}/:+5%", "too large"}}) {
    const auto gate = parse_gate(text);
    ASSERT_FALSE(gate) << text;
    EXPECT_EQ(gate.error().kind, ErrorKind::usage);
    EXPECT_THAT(gate.error().message, StartsWith("gate '" + std::string(text) + "'"));
    EXPECT_THAT(gate.error().message, HasSubstr(why)) << text;
    EXPECT_FALSE(gate.error().hint.empty());
  }
}

TEST(Gate, NamesTheWholeBenchmarkOrWhatItsExpressionFinds) {
  EXPECT_TRUE(gate_of("wall:+5%").names("anything", "wall"));
  EXPECT_FALSE(gate_of("wall:+5%").names("anything", "walls"));
  EXPECT_TRUE(gate_of("wall@grep:+5%").names("grep", "wall"));
  EXPECT_FALSE(gate_of("wall@grep:+5%").names("grep x", "wall"));
  EXPECT_TRUE(gate_of("wall@/^mem(cpy|set)/:+5%").names("memset/64", "wall"));
  EXPECT_FALSE(gate_of("wall@/^mem(cpy|set)/:+5%").names("a memset", "wall"));
  EXPECT_FALSE(gate_of("wall@a.c:+5%").names("abc", "wall"));
}

TEST(Gate, ExpressionsTakeLinearTimeAndLittleStack) {
  const std::string name(200000, 'a');
  EXPECT_FALSE(gate_of("wall@/^(a*)*b/:+5%").names(name, "wall"));
  EXPECT_TRUE(gate_of("wall@/[0-9a-f]{40}/:+5%").names(name, "wall"));
}

TEST(FindGate, TheLastThatNamesBothWins) {
  const std::vector<Gate> gates = {gate_of("wall:+5%"), gate_of("wall@/^mem/:+3%"),
                                   gate_of("faults:+0")};
  EXPECT_EQ(find_gate(gates, "memcpy", "wall"), &gates[1]);
  EXPECT_EQ(find_gate(gates, "grep", "wall"), gates.data());
  EXPECT_EQ(find_gate(gates, "grep", "faults"), &gates[2]);
  EXPECT_EQ(find_gate(gates, "grep", "user"), nullptr);
}

TEST(ReadGates, ReadsEveryTable) {
  const auto gates = read_gates(R"(# what may get worse
[[gate]]
metric = "wall"
margin = "5%"

[[gate]]
metric = "page-faults"
margin = "+0"
benchmark = "/^memcpy/"
)",
                                "gates.toml");
  ASSERT_TRUE(gates) << gates.error().message;
  ASSERT_EQ(gates->size(), 2U);
  EXPECT_EQ(gates->at(0).text, "wall:+5%");
  EXPECT_DOUBLE_EQ(gates->at(0).margin, 0.05);
  EXPECT_EQ(gates->at(1).text, "page-faults@/^memcpy/:+0");
  EXPECT_TRUE(gates->at(1).names("memcpy/1", "page-faults"));
  EXPECT_TRUE(read_gates("", "empty.toml")->empty());
}

TEST(ReadGates, ErrorsNameFileLineAndKey) {
  struct Refused {
    const char* toml;
    const char* message;
  };
  for (const auto& [toml, message] :
       {Refused{"[[gate]]\nmetric = \"wall\"\nmargn = \"5%\"\n",
                "g.toml:3: unknown key 'margn' in [[gate]]"},
        {"\n[[gates]]\nmetric = \"wall\"\n", "g.toml:2: unknown key 'gates'"},
        {"[[gate]]\nmetric = \"wall\"\nmargin = 5\n", "g.toml:3: 'margin' is not a text"},
        {"[[gate]]\nmetric = \"\"\nmargin = \"5%\"\n", "g.toml:2: 'metric' is not a text"},
        {"[[gate]]\nmargin = \"5%\"\n", "g.toml:1: [[gate]] lacks 'metric'"},
        {"[[gate]]\nmetric = \"wall\"\n", "g.toml:1: [[gate]] lacks 'margin'"},
        {"[[gate]]\nmetric = \"wall\"\nmargin = \"5\"\n", "g.toml:3: the margin '5' is not"},
        {"[[gate]]\nmetric = \"w\"\nmargin = \"5%\"\nbenchmark = \"/(/\"\n",
         "g.toml:4: '(' is not"},
        {"gate = 1\n", "g.toml:1: 'gate' is not an array of tables"},
        {"[[gate]]\nmetric = wall\n", "g.toml:2: "},
        {"\xff\xfe", "g.toml:1: "},
        {"\n[=]\n", "g.toml:2: "},
        {"\n\xc3\xa9 = 1\n", "g.toml:2: "},
        {"[[\x04gate]]\n", "g.toml:1: "}}) {
    const auto gates = read_gates(toml, "g.toml");
    ASSERT_FALSE(gates) << toml;
    EXPECT_EQ(gates.error().kind, ErrorKind::usage);
    EXPECT_THAT(gates.error().message, StartsWith(message));
    EXPECT_EQ(gates.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(read_gates("[[gate]]\nmargn = \"5%\"\n", "g.toml").error().hint,
            "did you mean 'margin'?");
}

TEST(ParseRename, TakesTwoNames) {
  const auto names = parse_rename("./old --x=1");
  EXPECT_EQ(names, (std::pair<std::string, std::string>("./old --x", "1")));
  for (const char* text : {"", "old", "=new", "old=", "="}) {
    const auto refused = parse_rename(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  }
  EXPECT_FALSE(parse_rename("a=b=c"));
}

}  // namespace
}  // namespace bytepath::compare
