#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/copy_documents.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

// What memcpy-probe does with its command line, files and signals.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Outcome probe(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), probe_path("memcpy-probe"));
  return run({.arguments = std::move(arguments)});
}

// One line that names what was refused, and the way out.
void expect_refused(const Outcome& outcome, const std::vector<std::string>& named, int status = 2) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("memcpy-probe: "));
  const auto line = outcome.err.substr(0, outcome.err.find('\n'));
  for (const auto& word : named) EXPECT_THAT(line, HasSubstr(word));
  EXPECT_LE(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
  EXPECT_LT(outcome.elapsed, 2s) << "it measured first";
}

void expect_refused_with_hint(const Outcome& outcome, const std::vector<std::string>& named) {
  expect_refused(outcome, named);
  EXPECT_THAT(outcome.err, HasSubstr("hint: ")) << outcome.err;
}

TEST(Sizes, OutsideOfWhatCanBeCopiedAreRefused) {
  for (const char* option : {"--size", "--sizes"}) {
    expect_refused_with_hint(probe({option, "0"}), {option, "'0' is not above 0"});
    expect_refused_with_hint(probe({option, "10TB"}), {option, "10 TiB"});
    expect_refused_with_hint(probe({option, "65MiB"}), {option, "65 MiB"});
  }
  expect_refused_with_hint(probe({"--sizes", "4K,0"}), {"--sizes", "'0' is not above 0"});
}

TEST(Sizes, ThatAreNoneAreRefused) {
  for (const char* text : {"12XB", "abc", "nan", "1e400", ""}) {
    expect_refused_with_hint(probe({"--size=" + std::string(text)}), {"--size", text});
  }
  expect_refused_with_hint(probe({"--size=-1"}), {"--size", "'-1' is negative"});
  expect_refused_with_hint(probe({"--sizes", "4K,12XB"}), {"--sizes", "'12XB'"});
}

TEST(Names, OfNoKernelAreRefusedWithTheNearest) {
  const auto outcome = probe({"--kernels", "memcpy,rep-mosvb"});
  expect_refused_with_hint(outcome, {"--kernels", "'rep-mosvb'"});
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'rep-movsb'?"));
  expect_refused_with_hint(probe({"-k", "elephants"}), {"--kernels", "'elephants'"});
}

TEST(Options, UnknownOnesAreRefused) {
  EXPECT_THAT(probe({"--quik"}).err, HasSubstr("did you mean --quick?"));
  expect_refused_with_hint(probe({"--format", "jsno"}), {"--format", "'jsno'"});
  expect_refused_with_hint(probe({"-o", "report.jsn"}), {"--output", "report.jsn"});
  expect_refused_with_hint(probe({"doctor"}), {"doctor"});
  expect_refused_with_hint(probe({"--quick", "--thorough"}), {"--quick", "--thorough"});
}

TEST(Options, ValuesOutOfRangeAreRefused) {
  expect_refused_with_hint(probe({"--budget", "1 fortnight"}), {"--budget", "'1 fortnight'"});
  expect_refused_with_hint(probe({"--budget", "0"}), {"--budget", "'0' is not above 0"});
  expect_refused_with_hint(probe({"--precision", "0"}), {"--precision", "'0'"});
  expect_refused(probe({"--cpu", "99999"}), {"--cpu", "'99999'"});
  expect_refused(probe({"--seed", "-1"}), {"--seed", "'-1'"});
  expect_refused_with_hint(probe({"--cpu", "8191"}), {"CPU 8191"});
}

TEST(FailOn, RefusesWhatCouldNeverFail) {
  for (const char* pattern : {"memcpy.libc.slow-windwo", "all", "cpu.*"}) {
    expect_refused_with_hint(probe({"--fail-on", pattern}), {"--fail-on", pattern});
  }
  expect_refused_with_hint(probe({"--fail-on", ""}), {"--fail-on"});
}

TEST(FailOn, IsTheExitStatusOfAReplay) {
  const TemporaryFolder folder;
  const auto slow = folder.write("slow.json", to_json(affected_host()));
  const auto clean = folder.write("clean.json", to_json(clean_host()));
  EXPECT_EQ(probe({"--replay", slow}).status, 0);
  EXPECT_EQ(probe({"--replay", slow, "--fail-on", "any"}).status, 1);
  EXPECT_EQ(probe({"--replay", slow, "--fail-on", "memcpy.syscall.*"}).status, 1);
  EXPECT_EQ(probe({"--replay", slow, "--fail-on", "memcpy.against.slower"}).status, 0);
  EXPECT_EQ(
      probe({"--replay", slow, "--fail-on", "memcpy.far-distance", "--fail-on", "any"}).status, 1);
  EXPECT_EQ(probe({"--replay", clean, "--fail-on", "any"}).status, 0);
}

TEST(Replay, RendersAndJudgesAnew) {
  const TemporaryFolder folder;
  const auto slow = folder.write("slow.json", to_json(affected_host()));
  const auto text = probe({"--replay", slow});
  EXPECT_THAT(text.out, HasSubstr("affected: rep movsb takes 25.0x as long"));
  EXPECT_EQ(text.err, "");
  const auto json = probe({"--replay", slow, "--format", "json"});
  const auto document = result::from_json(json.out, "replayed");
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->verdict.state, "affected");
  EXPECT_EQ(document->findings.size(), 3U);
}

TEST(Replay, OfWhatIsNoDocumentIsRefused) {
  const TemporaryFolder folder;
  const auto good = to_json(affected_host());
  auto other = good;
  other.replace(other.find("bytepath.result"), 15, "hyperfine.thing");
  for (const auto& [name, content] :
       std::vector<std::pair<std::string, std::string>>{{"empty", ""},
                                                        {"binary", std::string("\x7f"
                                                                               "ELF\0\xff",
                                                                               6)},
                                                        {"truncated", good.substr(0, 5000)},
                                                        {"other", other}}) {
    expect_refused_with_hint(probe({"--replay", folder.write(name, content)}),
                             {"--replay", folder.at(name)});
  }
  expect_refused_with_hint(probe({"--replay", folder.at("missing")}),
                           {"--replay", folder.at("missing")});
  expect_refused_with_hint(probe({"--replay", folder.path()}), {"--replay", folder.path()});
}

TEST(Replay, OfANewerSchemaSaysSo) {
  const TemporaryFolder folder;
  auto newer = to_json(affected_host());
  const std::string version = "schema_version\": \"";
  newer.replace(newer.find(version) + version.size(), 1, "2");
  expect_refused(probe({"--replay", folder.write("newer", newer)}), {"--replay", "2.", "newer"}, 3);
}

TEST(Output, IsWrittenInTheFormatOfEachSuffix) {
  const TemporaryFolder folder;
  const auto slow = folder.write("slow.json", to_json(affected_host()));
  const auto outcome =
      probe({"--replay", slow, "-q", "-o", folder.at("a.json"), "-o", folder.at("b.csv")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(result::from_json(folder.read("a.json"), "a.json"));
  EXPECT_THAT(folder.read("b.csv"), AllOf(HasSubstr(","), HasSubstr("time_by_offset")));
  EXPECT_EQ(folder.names(), (std::set<std::string>{"a.json", "b.csv", "slow.json"}));
}

TEST(Output, JsonOnStandardOutputIsAlone) {
  const TemporaryFolder folder;
  const auto slow = folder.write("slow.json", to_json(affected_host()));
  const auto outcome = probe({"--replay", slow, "--json", "-", "-q"});
  EXPECT_TRUE(result::from_json(outcome.out, "-"));
  EXPECT_EQ(outcome.err, "");
}

TEST(Output, TakesOneReportOnStandardOutput) {
  expect_refused_with_hint(probe({"--json", "-", "-o", "-"}), {"--output", "standard output"});
}

TEST(Output, ThatCannotBeWrittenFailsBeforeAnyMeasurement) {
  const TemporaryFolder folder;
  const auto path = folder.at("no/such.json");
  expect_refused(probe({"--thorough", "-o", path}), {path}, 4);
}

TEST(Output, ThatThisUserMayNotWriteFailsBeforeAnyMeasurement) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become a user who may not write";
  const TemporaryFolder folder;
  const auto path = folder.write("report.json", "old");
  const auto probe_copy = folder.at("probe");
  std::filesystem::copy_file(probe_path("memcpy-probe"), probe_copy);
  ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
  expect_refused(run({.arguments = {probe_copy, "--thorough", "-o", path}, .user = 65534}),
                 {path, "Permission denied"}, 4);
  EXPECT_EQ(folder.read("report.json"), "old");
}

TEST(Output, OnAFullDeviceOrAClosedDescriptorIsAFailure) {
  const TemporaryFolder folder;
  const auto slow = folder.write("slow.json", to_json(affected_host()));
  const std::vector<std::string> arguments = {probe_path("memcpy-probe"), "--replay", slow};
  EXPECT_EQ(run({.arguments = arguments, .output_path = "/dev/full"}).status, 4);
  EXPECT_EQ(run({.arguments = arguments, .closed = {1}}).status, 4);
  EXPECT_EQ(run({.arguments = arguments, .closed = {0, 2}}).status, 0);
}

TEST(Interrupt, LeavesAPartialReport) {
  const TemporaryFolder folder;
  const auto path = folder.at("partial.json");
  const auto outcome =
      run({.arguments = {probe_path("memcpy-probe"), "--thorough", "-q", "-o", path},
           .interrupt_after = 1500ms});
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_LT(outcome.elapsed, 30s);
  const auto document = result::from_json(folder.read("partial.json"), path);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_FALSE(document->complete);
  EXPECT_EQ(document->tool, "memcpy-probe");
  EXPECT_NE(document->verdict.state, "");
}

// As it is where timeout(1) or a script passes on what the whole group was sent; the second signal
// may also come when the report is written and the program about to end.
TEST(Interrupt, ThatComesTwiceAtOnceIsOne) {
  for (const char* gap : {"0.002", "0.01", "0.02", "0.03", "0.04", "0.06", "0.1"}) {
    SCOPED_TRACE(gap);
    const TemporaryFolder folder;
    const auto outcome =
        run({.arguments = {"/bin/sh", "-c",
                           "\"$0\" --thorough --quiet --json \"$1\" & probe=$!; sleep 0.5; "
                           "kill -s TERM $probe; sleep $2; kill -s TERM $probe 2> /dev/null; "
                           "wait $probe",
                           probe_path("memcpy-probe"), folder.at("report.json"), gap}});
    // That is what a shell says of a program that the signal ended, too; but then it says so.
    EXPECT_EQ(outcome.status, 128 + SIGTERM) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(folder.read("report.json"), HasSubstr("\"complete\": false"));
  }
}

}  // namespace
}  // namespace bytepath::test
