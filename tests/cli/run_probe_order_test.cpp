#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "support/run_probe.h"

// In which order run-probe runs everything: each command writes its name to a log.
namespace bytepath::test {
namespace {

using testing::ElementsAre;
using Words = std::vector<std::string>;

class Logged {
 public:
  // Words that begin with "@" become commands that log the rest of it.
  Outcome run(const Words& arguments, bool shell = false) {
    Words all;
    if (!shell) all.emplace_back("-N");
    for (const auto& word : arguments) all.push_back(word.starts_with("@") ? line(word) : word);
    return run_probe(all, {.directory = folder_.path()});
  }
  Words log() const {
    std::istringstream text(folder_.read("log"));
    Words out;
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
  }

 private:
  std::string line(const std::string& word) const {
    return "sh " + folder_.at("log.sh") + " " + word.substr(1);
  }
  TemporaryFolder folder_;
  std::string script_ = folder_.write("log.sh", "echo \"$*\" >> log\n");
};

Words words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

Words logged(const Words& arguments, bool shell = false) {
  Logged session;
  const auto outcome = session.run(arguments, shell);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return session.log();
}

TEST(RunProbeOrder, OfBlocksIsThatOfHyperfine) {
  struct Case {
    Words arguments;
    std::string log;
  };
  for (const auto& [arguments, log] : std::vector<Case>{
           {{"-r1", "@1", "@2"}, "1 2"},
           {{"-r2", "@1", "@2"}, "1 1 2 2"},
           {{"-r2", "-w3", "@1"}, "1 1 1 1 1"},
           {{"-r2", "-s", "@s", "@1", "@2"}, "s 1 1 s 2 2"},
           {{"-r2", "-p", "@p", "@1", "@2"}, "p 1 p 1 p 2 p 2"},
           {{"-r2", "-C", "@c", "@1", "@2"}, "1 c 1 c 2 c 2 c"},
           {{"-r1", "-w2", "-p", "@p", "@1", "@2"}, "p 1 p 1 p 1 p 2 p 2 p 2"},
           {{"-r1", "-w1", "-C", "@c", "@1", "@2"}, "1 c 1 c 2 c 2 c"},
           {{"-r2", "-c", "@z", "@1", "@2"}, "1 1 z 2 2 z"},
           {{"-r2", "-w1", "-s", "@s", "-p", "@p", "-C", "@c", "-c", "@z", "@1", "@2"},
            "s p 1 c p 1 c p 1 c z s p 2 c p 2 c p 2 c z"},
           {{"-r1", "--reference", "@r", "@1", "@2"}, "r 1 2"},
           {{"-r1", "--reference", "@1", "@1", "@2"}, "1 1 2"},
           {{"-r1", "-s", "@s", "-p", "@p", "-C", "@c", "-c", "@z", "--reference", "@r", "@1"},
            "s p r c z s p 1 c z"},
           {{"-r1", "-w1", "-s", "@s", "-c", "@z", "-p", "@p1", "-p", "@p2", "-C", "@c1", "-C",
             "@c2", "@1", "@2"},
            "s p1 1 c1 p1 1 c1 z s p2 2 c2 p2 2 c2 z"},
           {{"-r1", "-p", "@pr", "-p", "@p1", "-C", "@cr", "-C", "@c1", "--reference", "@r", "@1"},
            "pr r cr p1 1 c1"},
           {{"-r2", "-L", "n", "1,2,3", "@{n}"}, "1 1 2 2 3 3"},
           {{"-r1", "-L", "n", "1,2,3", "-L", "l", "a,b", "@{n}{l}"}, "1a 2a 3a 1b 2b 3b"},
           {{"-r1", "-P", "n", "1", "2", "@a{n}", "@b{n}"}, "a1 b1 a2 b2"},
           {{"-r1", "-L", "n", "1,2", "-p", "@p{n}", "-s", "@s{n}", "@{n}"}, "s1 p1 1 s2 p2 2"},
           {{"-r2", "-L", "n", "1,2", "--reference", "@r", "@{n}"}, "r r 1 1 2 2"}}) {
    EXPECT_EQ(logged(arguments), words_of(log)) << testing::PrintToString(arguments);
  }
}

TEST(RunProbeOrder, IsTheSameThroughAShell) {
  EXPECT_THAT(logged({"-r2", "-w1", "-s", "@s", "-c", "@z", "@1"}, true),
              ElementsAre("s", "1", "1", "1", "z"));
}

TEST(RunProbeOrder, ExecutesEveryCommandOnceInEachRound) {
  const auto log = logged({"--pairs", "12", "-w0", "--seed", "3", "@1", "@2", "@3"});
  ASSERT_EQ(log.size(), 36U);
  bool shuffled = false;
  for (auto round = log.begin(); round != log.end(); round += 3) {
    Words sorted(round, round + 3);
    shuffled = shuffled || sorted != Words{"1", "2", "3"};
    std::ranges::sort(sorted);
    EXPECT_THAT(sorted, ElementsAre("1", "2", "3"));
  }
  EXPECT_TRUE(shuffled);
}

TEST(RunProbeOrder, FollowsTheSeed) {
  const auto with_seed = [](const std::string& seed, const std::string& order) {
    return logged({"-r12", "--compare", "--order", order, "-w0", "--seed", seed, "@1", "@2"});
  };
  for (const char* order : {"paired", "random"}) {
    const auto seven = with_seed("7", order);
    EXPECT_EQ(with_seed("7", order), seven);
    EXPECT_NE(with_seed("8", order), seven);
    EXPECT_EQ(std::ranges::count(seven, "1"), 12);
    EXPECT_EQ(std::ranges::count(seven, "2"), 12);
  }
}

TEST(RunProbeOrder, OfRoundsHasSetupsFirstAndCleanupsLast) {
  const auto log = logged({"--pairs", "6", "-w1", "-s", "@s", "-c", "@z", "@1", "@2"});
  ASSERT_EQ(log.size(), 2U + 2 + 12 + 2);
  EXPECT_THAT(Words(log.begin(), log.begin() + 4), ElementsAre("s", "s", "1", "2"));
  EXPECT_THAT(Words(log.end() - 2, log.end()), ElementsAre("z", "z"));
  EXPECT_EQ(std::ranges::count(log, "s"), 2);
  EXPECT_EQ(std::ranges::count(log, "z"), 2);
}

TEST(RunProbeOrder, OfRoundsKeepsPrepareAndConcludeWithTheirCommand) {
  const auto log = logged(
      {"--pairs", "8", "-w0", "-p", "@p1", "-p", "@p2", "-C", "@c1", "-C", "@c2", "@1", "@2"});
  ASSERT_EQ(log.size(), 48U);
  for (auto run = log.begin(); run != log.end(); run += 3) {
    const std::string& number = run[1];
    EXPECT_THAT(Words(run, run + 3), ElementsAre("p" + number, number, "c" + number));
  }
}

TEST(RunProbeOrder, AgainstItselfRunsTheReferenceTwiceInEachRound) {
  const auto log = logged({"--aa", "--pairs", "6", "-w0", "@1", "@2"});
  EXPECT_EQ(std::ranges::count(log, "1"), 12);
  EXPECT_EQ(std::ranges::count(log, "2"), 6);
}

TEST(RunProbeOrder, AFailureEndsItWithoutCleanup) {
  Logged session;
  EXPECT_EQ(session.run({"-r2", "-c", "@z", "@1", "false", "@2"}).status, 1);
  EXPECT_THAT(session.log(), ElementsAre("1", "1", "z"));
}

TEST(RunProbeIteration, IsInTheEnvironmentOfRunsAndWarmupsOnly) {
  const TemporaryFolder folder;
  folder.write("log.sh",
               "echo \"$1 ${HYPERFINE_ITERATION-unset} ${PROBE_ITERATION-unset}\" >> log\n");
  const auto outcome = run_probe(
      {"-N", "-r2", "-w2", "-s", "sh log.sh s", "-p", "sh log.sh p", "-C", "sh log.sh c", "-c",
       "sh log.sh z", "sh log.sh x"},
      // What is inherited is not taken for our own.
      {.environment = {"PATH=/usr/bin:/bin", "HYPERFINE_ITERATION=9"}, .directory = folder.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::string expected = "s unset unset\n";
  for (const std::string iteration : {"warmup-0", "warmup-1", "0", "1"}) {
    expected += "p unset unset\nx ";
    expected += iteration;
    expected += " ";
    expected += iteration;
    expected += "\nc unset unset\n";
  }
  EXPECT_EQ(folder.read("log"), expected + "z unset unset\n");
}

TEST(RunProbeIteration, IsTheRoundWhereRunsAreInterleaved) {
  const TemporaryFolder folder;
  folder.write("log.sh", "echo \"$1$PROBE_ITERATION\" >> log\n");
  run_probe({"-N", "--pairs", "3", "-w1", "sh log.sh a-", "sh log.sh b-"},
            {.directory = folder.path()});
  auto log = words_of(folder.read("log"));
  std::ranges::sort(log);
  EXPECT_THAT(log,
              ElementsAre("a-0", "a-1", "a-2", "a-warmup-0", "b-0", "b-1", "b-2", "b-warmup-0"));
}

TEST(RunProbeEnvironment, HasARandomOffsetForEachRun) {
  const TemporaryFolder folder;
  folder.write("log.sh",
               "case $HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET in *[!X]*) exit 1;; esac\n"
               "echo ${#HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET} >> log\n");
  const auto outcome = run_probe({"-N", "-r6", "sh log.sh"}, {.directory = folder.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::map<std::string, int> lengths;
  for (const auto& length : words_of(folder.read("log"))) {
    ++lengths[length];
    EXPECT_LT(std::stoi(length), 4096);
  }
  EXPECT_GT(lengths.size(), 1U);
}

}  // namespace
}  // namespace bytepath::test
