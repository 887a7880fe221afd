#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "support/run_probe.h"

// The processes of run-probe: who they are, and that none outlives it. The commands themselves send
// the signals, so that nothing here depends on time.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

// run-probe is the parent of the helper that starts the commands.
constexpr const char* tool = "$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$PPID/status)";

// One that has ended may still wait for its parent to ask.
bool is_alive(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("State:")) return line.find('Z') == std::string::npos;
  }
  return false;
}

bool ends_soon(const std::string& pid) {
  for (int i = 0; i < 500 && is_alive(pid); ++i) std::this_thread::sleep_for(10ms);
  return !is_alive(pid);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class RunProbeProcess : public testing::Test {
 protected:
  std::string script(const std::string& text) { return "sh " + folder_.write("script.sh", text); }
  Outcome probe(const Words& arguments) {
    return run_probe(arguments, {.directory = folder_.path()});
  }
  void expect_gone(const std::string& file) {
    const auto pid = first_line(folder_.read(file));
    ASSERT_NE(pid, "") << file;
    EXPECT_TRUE(ends_soon(pid)) << "process " << pid << " was left behind";
  }
  TemporaryFolder folder_;
};

TEST_F(RunProbeProcess, InterruptedKeepsWhatWasMeasured) {
  const auto command =
      script(std::string("test \"$PROBE_ITERATION\" = 4 && kill -INT ") + tool + "\nexit 0\n");
  const auto outcome = probe({"-N", "-r100", "--export-json", "r.json", "--export-csv", "r.csv",
                              "-c", "touch cleaned", command, "true"});
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  const auto session = json_of(folder_.read("r.json"));
  ASSERT_EQ(session["results"].size(), 1U);
  const auto runs = session["results"][0]["times"].size();
  EXPECT_GE(runs, 4U);
  EXPECT_LE(runs, 5U);
  EXPECT_EQ(session["bytepath"]["complete"], false);
  EXPECT_THAT(folder_.read("r.csv"), HasSubstr("script.sh"));
  EXPECT_EQ(folder_.names().count("cleaned"), 1U);
}

TEST_F(RunProbeProcess, InterruptedInRoundsKeepsWholeRounds) {
  const auto command =
      script(std::string("test \"$PROBE_ITERATION\" = 7 && kill -INT ") + tool + "\nexit 0\n");
  const auto outcome =
      probe({"-N", "--pairs", "100", "-w0", "--export-json", "r.json", command, "true"});
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  const auto session = json_of(folder_.read("r.json"));
  ASSERT_EQ(session["results"].size(), 2U);
  EXPECT_EQ(session["results"][0]["times"].size(), session["results"][1]["times"].size());
  EXPECT_GE(session["results"][0]["times"].size(), 7U);
  EXPECT_LE(session["results"][0]["times"].size(), 8U);
  EXPECT_THAT(outcome.out, HasSubstr("Comparison of wall"));
}

TEST_F(RunProbeProcess, InterruptedEndsTheCommandThatRuns) {
  for (const auto& [signal, status] : {std::pair("INT", 130), std::pair("TERM", 143)}) {
    SCOPED_TRACE(signal);
    const auto command = script(std::string("sleep 100 &\necho $! > child\nkill -") + signal + " " +
                                tool + "\nexec sleep 100\n");
    const auto outcome = probe({"-N", "-r3", "--export-json", "r.json", command});
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(folder_.names().count("r.json"), 0U) << "an export without a run";
    expect_gone("child");
  }
}

TEST_F(RunProbeProcess, KilledLeavesNoCommandBehindNorItsChildren) {
  const auto command = script(
      std::string("echo $$ > self\nsleep 100 &\necho $! > child\nkill -KILL ") + tool + "\nwait\n");
  EXPECT_EQ(probe({"-N", "-r3", command}).status, 137);
  expect_gone("self");
  expect_gone("child");
}

TEST_F(RunProbeProcess, TimedOutIsKilledWithItsChildren) {
  const auto command = script("sleep 100 &\necho $! > child\nsleep 100\n");
  const auto outcome = probe({"-N", "-r3", "--timeout", "1500ms", command});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("Command timed out in the first benchmark run"));
  expect_gone("child");
}

TEST_F(RunProbeProcess, TimedOutMayBeIgnored) {
  const auto session = session_json({"-N", "-r2", "-i", "--timeout", "20ms", "sleep 100"});
  EXPECT_EQ(session["results"][0]["exit_codes"], nlohmann::json({137, 137}));
}

TEST_F(RunProbeProcess, RunsCommandsInAGroupOfTheirOwn) {
  // The fifth word of stat is the process group.
  const auto command = script(
      "read -r pid name state parent group rest < /proc/$$/stat\n"
      "test $group = $$\n");
  EXPECT_EQ(probe({"-N", "-r1", command}).status, 0);
}

TEST_F(RunProbeProcess, LeavesWhatACommandPutsInTheBackground) {
  // hyperfine does not wait for it either.
  const auto command = script("sleep 100 > /dev/null 2>&1 &\necho $! > child\n");
  const auto outcome = probe({"-N", "-r1", command});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto pid = first_line(folder_.read("child"));
  EXPECT_TRUE(is_alive(pid));
  kill(std::stoi(pid), SIGKILL);
}

TEST(RunProbeSudo, RunsTheCommandsAsTheUserWhoCalledIt) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Words sudo = {"PATH=/usr/bin:/bin", "SUDO_UID=65534", "SUDO_GID=65534"};
  const auto user = run_probe({"-N", "-r1", "--show-output", "-p", "id -u", "-C", "id -u", "id -u"},
                              {.environment = sudo});
  EXPECT_EQ(user.status, 0) << user.err;
  EXPECT_THAT(user.out, HasSubstr("\n0\n65534\n0\n"));
  EXPECT_THAT(user.err, HasSubstr("Note: the commands run as user 65534"));
  const auto groups =
      run_probe({"-N", "-r1", "--show-output", "sh -c 'id -g; id -G'"}, {.environment = sudo});
  EXPECT_THAT(groups.out, HasSubstr("\n65534\n65534\n"));
  const auto root =
      run_probe({"-N", "-r1", "--show-output", "--as-root", "id -u"}, {.environment = sudo});
  EXPECT_THAT(root.out, HasSubstr("\n0\n"));
  EXPECT_THAT(root.err, Not(HasSubstr("Note: the commands run as")));
}

// Otherwise a command could lead root by a link to empty, or to let it read, any file.
TEST(RunProbeSudo, OpensTheFilesOfTheCommandsAsThatUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  constexpr uid_t nobody = 65534;
  const Words sudo = {"PATH=/usr/bin:/bin", "SUDO_UID=65534", "SUDO_GID=65534"};
  const TemporaryFolder folder;
  ASSERT_EQ(chown(folder.path().c_str(), nobody, nobody), 0);
  const auto secret = folder.write("secret", "of root\n");
  ASSERT_EQ(chmod(secret.c_str(), 0600), 0);
  const auto probe = [&](Words arguments) {
    arguments.insert(arguments.begin(), {"-N", "-w0", "-r2"});
    return run_probe(arguments, {.environment = sudo, .directory = folder.path()});
  };
  EXPECT_EQ(probe({"--output", "./out", "echo text"}).status, 0);
  struct stat out{};
  ASSERT_EQ(stat(folder.at("out").c_str(), &out), 0);
  EXPECT_EQ(out.st_uid, nobody);
  const auto led = probe({"--output", "./out", "ln -sf secret out"});
  EXPECT_EQ(led.status, 3);
  EXPECT_THAT(led.err, HasSubstr("./out: Permission denied"));
  EXPECT_THAT(led.err, HasSubstr("--as-root"));
  EXPECT_EQ(folder.read("secret"), "of root\n");
  EXPECT_EQ(probe({"--input", "secret", "true"}).status, 3);
  EXPECT_EQ(probe({"--as-root", "--input", "secret", "true"}).status, 0);
}

}  // namespace
}  // namespace bytepath::test
