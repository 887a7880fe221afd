#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/saved_runs.h"

// What probe-compare decides, and with which exit status.
namespace bytepath::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ProbeCompare, OfOneFileComparesItsPairs) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.11");
  const auto compared = probe_compare({pairs});
  EXPECT_EQ(compared.status, 0);
  EXPECT_EQ(compared.err, "");
  EXPECT_THAT(compared.out, AllOf(StartsWith("compared: 1 regression"),
                                  HasSubstr("head wall is worse: +10.0 % [+10.0, +10.0]")));
  EXPECT_EQ(probe_compare({pairs, "--gate", "wall:+20%"}).status, 0);
  EXPECT_THAT(probe_compare({pairs, "--gate", "wall:+20%"}).out, StartsWith("passed: 1 of 1 gate"));
  const auto failed = probe_compare({pairs, "--gate", "wall:+5%"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.out, AllOf(StartsWith("failed: 1 of 1 gate: head wall +10.0 %"),
                                HasSubstr("compare.gate.failed")));
}

TEST(ProbeCompare, AChangeOfTheMarginItselfIsAllowed) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.11");
  EXPECT_EQ(probe_compare({pairs, "-g", "wall:+10%"}).status, 0);
  EXPECT_EQ(probe_compare({pairs, "-g", "wall:+9.9%"}).status, 1);
  EXPECT_EQ(probe_compare({pairs, "-g", "wall:+0"}).status, 1);
}

TEST(ProbeCompare, AnImprovementPasses) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.2", "sleep 0.1");
  const auto outcome = probe_compare({pairs, "-v", "-g", "wall:+0"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("head wall is better: -50.0 %"));
}

TEST(ProbeCompare, TheMarginIsForWhatNoGateNames) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 1", "sleep 1.01");
  EXPECT_THAT(probe_compare({pairs}).out, StartsWith("compared: 8 equivalent"));
  EXPECT_THAT(probe_compare({pairs, "--margin", "0"}).out, StartsWith("compared: 1 regression"));
  EXPECT_THAT(probe_compare({pairs, "--margin", "0", "-g", "wall:+2%"}).out,
              AllOf(StartsWith("passed"), Not(HasSubstr("regression"))));
  for (const char* wrong : {"-1", "x", "nan", ""})
    expect_refusal(probe_compare({pairs, "--margin=" + std::string(wrong)}), 2,
                   {"--margin", wrong});
}

TEST(ProbeCompare, CountsOfAnotherSessionDecide) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  const auto more = folder.write("more.json", saved_run({.faults = 102}));
  EXPECT_EQ(probe_compare({base, more, "-g", "page-faults:+1%"}).status, 1);
  EXPECT_EQ(probe_compare({base, more, "-g", "page-faults:+3%"}).status, 0);
  EXPECT_EQ(probe_compare({more, base, "-g", "page-faults:+0"}).status, 0);
}

TEST(ProbeCompare, ACountThatWasZeroIsComparedToo) {
  const TemporaryFolder folder;
  const auto none = folder.write("none.json", saved_run({.faults = 0}));
  const auto some = folder.write("some.json", saved_run({.faults = 5}));
  EXPECT_EQ(probe_compare({none, none, "-g", "page-faults:+0"}).status, 0);
  const auto failed = probe_compare({none, some, "-g", "page-faults:+50%"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.out, HasSubstr("from 0 to 5"));
}

TEST(ProbeCompare, WallTimeOfAnotherSessionIsAdvisoryAndSaysWhy) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  const auto slow = folder.write("slow.json", saved_run({.wall = 0.2}));
  const auto advisory = probe_compare({base, slow, "-g", "wall:+5%"});
  EXPECT_EQ(advisory.status, 0);
  EXPECT_THAT(advisory.out, AllOf(HasSubstr("1 gate is advisory"), HasSubstr("another session"),
                                  HasSubstr("machine drift"), HasSubstr("--allow-unpaired")));
  EXPECT_EQ(probe_compare({base, slow, "-g", "wall:+5%", "--allow-unpaired"}).status, 1);
  EXPECT_EQ(probe_compare({base, base, "-g", "wall:+5%", "--allow-unpaired"}).status, 0);
}

TEST(ProbeCompare, TimesOfAnotherMachineAndCountsOfOtherSoftwareAreNotJudged) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  const auto machine = folder.write("machine.json", saved_run({.wall = 0.2, .machine = "00ff"}));
  const auto software =
      folder.write("software.json", saved_run({.faults = 200, .software = "00ff"}));
  const auto times = probe_compare({base, machine, "-g", "wall:+5%"});
  EXPECT_EQ(times.status, 3);
  EXPECT_THAT(times.out, AllOf(StartsWith("not judged: 1 of 1 gate"), HasSubstr("another machine"),
                               HasSubstr("incomparable")));
  EXPECT_EQ(probe_compare({base, machine, "-g", "page-faults:+0"}).status, 0);
  const auto counts = probe_compare({base, software, "-g", "page-faults:+0"});
  EXPECT_EQ(counts.status, 3);
  EXPECT_THAT(counts.out, HasSubstr("other software"));
  EXPECT_EQ(probe_compare({base, software, "-g", "page-faults:+0", "--allow-host-mismatch"}).status,
            1);
  EXPECT_EQ(
      probe_compare({base, machine, "-g", "wall:+5%", "--allow-host-mismatch", "--allow-unpaired"})
          .status,
      1);
}

TEST(ProbeCompare, BenchmarksAreJoinedByNameOrMap) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({.benchmark = "old"}));
  const auto now = folder.write("now.json", saved_run({.benchmark = "new", .faults = 200}));
  expect_refusal(probe_compare({base, now}), 3, {base, now, "no benchmark in common"});
  EXPECT_THAT(probe_compare({base, now}).err, HasSubstr("--map 'old=new'"));
  EXPECT_EQ(probe_compare({base, now, "--map", "old=new", "-g", "page-faults:+1%"}).status, 1);
  for (const char* wrong : {"old", "a=b=c", "=new", "old="})
    expect_refusal(probe_compare({base, now, "--map", wrong}), 2, {wrong});
  EXPECT_THAT(probe_compare({base, now, "--map", "old=newer"}).err,
              AllOf(HasSubstr("'newer'"), HasSubstr("hint: it holds 'new'")));
  expect_refusal(probe_compare({base, "--map", "old=new"}), 2, {"--map"});
}

TEST(ProbeCompare, TheFilterLeavesOutBenchmarks) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  EXPECT_EQ(probe_compare({pairs, "-g", "wall:+5%", "--filter", "^he"}).status, 1);
  expect_refusal(probe_compare({pairs, "--filter", "^base$"}), 3, {"'^base$'", pairs});
  expect_refusal(probe_compare({pairs, "--filter", "("}), 2, {"'('", "not a regular expression"});
}

TEST(Gates, NameAMetricAndAsManyBenchmarksAsWanted) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  for (const char* gate : {"wall:5%", "wall@head:+5%", "wall@/^he/:+5%", "wall@/(x|ea)d$/:+0.5%"})
    EXPECT_EQ(probe_compare({pairs, "-g", gate}).status, 1) << gate;
  EXPECT_EQ(probe_compare({pairs, "-g", "wall:+5%", "-g", "wall@head:+200%"}).status, 0);
  EXPECT_EQ(probe_compare({pairs, "-g", "wall@head:+200%", "-g", "wall:+5%"}).status, 1);
}

TEST(Gates, ThatNameNothingAreNotJudged) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.1");
  for (const char* gate : {"wal:+5%", "wall@tail:+5%", "wall@/^x/:+5%"}) {
    const auto outcome = probe_compare({pairs, "-g", gate});
    EXPECT_EQ(outcome.status, 3) << gate;
    EXPECT_THAT(outcome.out, HasSubstr("no benchmark measured it"));
  }
}

TEST(Gates, OfAnotherFormAreRefused) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.1");
  for (const char* gate : {"wall", "wall:", "wall:5", "wall:-5%", "wall:+5kg", ":+5%", "@x:+5%",
                           "wall@:+5%", "wall:nan%", "wall@/(/:+5%", "wall@/a{9999}{9999}/:+5%"})
    expect_refusal(probe_compare({pairs, "-g", gate}), 2, {"gate '" + std::string(gate) + "'"});
}

TEST(Gates, OfAFileAreReadAndThoseOfTheCommandLineWin) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  const auto gates = folder.write("gates.toml",
                                  "[[gate]]\nmetric = \"wall\"\nmargin = \"5%\"\n"
                                  "benchmark = \"/^head/\"\n");
  EXPECT_EQ(probe_compare({pairs, "--gates", gates}).status, 1);
  EXPECT_EQ(probe_compare({pairs, "--gates", gates, "-g", "wall:+200%"}).status, 0);
}

TEST(Gates, OfAWrongFileAreRefusedWithTheLine) {
  const TemporaryFolder folder;
  const auto pairs = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  const auto expect = [&](std::string_view content, const std::string& line,
                          const std::string& reason) {
    const auto path = folder.write("gates.toml", content);
    expect_refusal(probe_compare({pairs, "--gates", path}), 2, {path + ":" + line + ":", reason});
  };
  expect("[[gate]]\nmetric = \"wall\"\nmargn = \"5%\"\n", "3", "'margn'");
  expect("[[gate]]\nmetric = \"wall\"\n", "1", "'margin'");
  expect("[[gate]]\nmetric = \"wall\"\nmargin = 5\n", "3", "'margin' is not a text");
  expect("[[gate]]\nmetric = \"wall\"\nmargin = \"5%\"\nbenchmark = \"/(/\"\n", "4", "'('");
  expect("# gates\n[[gate\n", "2", "");
  expect_refusal(probe_compare({pairs, "--gates", folder.at("none.toml")}), 2,
                 {"--gates", "none.toml"});
}

TEST(Strict, MakesAnUndecidedGateAStatus) {
  const TemporaryFolder folder;
  auto document = saved_document({});
  document.parameters["order"] = std::string("paired");
  const std::vector<double> base(12, 1.0);
  std::vector<double> wide = base;
  for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = i % 2 == 0 ? 0.8 : 1.3;
  document.metrics = {metric_of_runs("wall", "s", {{"benchmark", "a"}, {"number", "1"}}, base),
                      metric_of_runs("wall", "s", {{"benchmark", "b"}, {"number", "2"}}, wide)};
  const auto path = folder.write("wide.json", to_json(document));
  EXPECT_EQ(probe_compare({path, "-g", "wall:+5%"}).status, 0);
  const auto strict = probe_compare({path, "-g", "wall:+5%", "--strict"});
  EXPECT_EQ(strict.status, 3);
  EXPECT_THAT(strict.out, StartsWith("not judged: 1 gate inconclusive"));
}

TEST(Strict, TrustsNoInstrumentThatTellsACommandFromItself) {
  const TemporaryFolder folder;
  auto document = saved_document({});
  document.parameters["order"] = std::string("paired");
  const std::vector<double> one(12, 1.0);
  const std::vector<double> other(12, 1.2);
  document.metrics = {
      metric_of_runs("wall", "s", {{"benchmark", "a"}, {"number", "1"}}, one),
      metric_of_runs("wall", "s", {{"benchmark", "a"}, {"number", "1"}, {"again", "true"}}, other),
      metric_of_runs("wall", "s", {{"benchmark", "b"}, {"number", "2"}}, other)};
  const auto path = folder.write("broken.json", to_json(document));
  const auto lenient = probe_compare({path, "-g", "wall:+5%"});
  EXPECT_EQ(lenient.status, 1);
  EXPECT_THAT(lenient.out, HasSubstr("compare.broken-instrument"));
  const auto strict = probe_compare({path, "-g", "wall:+5%", "--strict"});
  EXPECT_EQ(strict.status, 3);
  EXPECT_THAT(strict.out, StartsWith("not judged: the instrument is broken"));
  EXPECT_EQ(probe_compare({path, "-g", "wall:+50%", "--strict"}).status, 3);
}

TEST(Confirm, ARegressionThatComesTwiceFails) {
  const TemporaryFolder folder;
  const auto path = folder.at("run.json");
  const auto measured =
      run({.arguments = {probe_path("run-probe"), "-N", "--pairs", "20", "--style", "none",
                         "--export-json", path, "true", "sleep 0.02"}});
  ASSERT_EQ(measured.status, 0) << measured.err;
  const auto outcome = probe_compare({path, "-g", "wall:+50%", "--confirm"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(
      outcome.out,
      StartsWith("failed: 1 of 1 gate, confirmed by a second measurement: sleep 0.02 wall"));
}

TEST(Confirm, ARegressionThatComesOncePassesAndIsTold) {
  const TemporaryFolder folder;
  const auto path = write_pairs(folder, "run.json", "sleep 0.1", "sleep 0.2");
  auto session = folder.read("run.json");
  // What is measured again takes as long as the reference.
  for (auto at = session.find("\"sleep 0.2\""); at != std::string::npos;
       at = session.find("\"sleep 0.2\"", at))
    session.replace(at, 11, "\"sleep 0.1\"");
  folder.write("run.json", session);
  EXPECT_EQ(probe_compare({path, "-g", "wall:+5%"}).status, 1);
  const auto outcome = probe_compare({path, "-g", "wall:+5%", "--confirm"});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("passed: 1 of 1 gate; 1 of them failed first and was "
                                            "not confirmed by a second"),
                                 HasSubstr("measured again: +0.0 % [+0.0, +0.0]")));
}

TEST(Confirm, ThatIsInterruptedKeepsTheFirstMeasurementAndJudgesNothing) {
  const TemporaryFolder folder;
  const auto path = folder.at("run.json");
  const auto measured =
      run({.arguments = {probe_path("run-probe"), "-N", "--pairs", "8", "--style", "none",
                         "--export-json", path, "sleep 0.05", "sleep 0.25"}});
  ASSERT_EQ(measured.status, 0) << measured.err;
  const auto outcome =
      run({.arguments = {probe_path("probe-compare"), path, "-g", "wall:+50%", "--confirm"},
           .interrupt_after = std::chrono::milliseconds(500)});
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("\nnot judged: 1 of 1 gate: sleep 0.25 wall"),
                                 HasSubstr("(--confirm): interrupted")));
}

TEST(Confirm, MeasuresNothingWhereNothingFails) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  EXPECT_EQ(probe_compare({base, base, "-g", "page-faults:+1%", "--confirm"}).status, 0);
}

TEST(Confirm, OfWhatCannotBeMeasuredAgainIsNotJudged) {
  const TemporaryFolder folder;
  const auto base = folder.write("base.json", saved_run({}));
  const auto more = folder.write("more.json", saved_run({.faults = 200}));
  expect_refusal(probe_compare({base, more, "-g", "page-faults:+1%", "--confirm"}), 3,
                 {more, "does not say how to measure it again"});
}

}  // namespace
}  // namespace bytepath::test
