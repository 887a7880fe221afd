// run-probe --hot, --why, --syscalls and the files of stacks, on a program that spends its time in
// known ways.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <map>
#include <optional>
#include <sstream>

#include "support/run_probe.h"

namespace bytepath::test {
namespace {

using nlohmann::json;

std::string burner(const std::string& arguments) {
  return std::string(BYTEPATH_BURNER) + " " + arguments;
}

json table_of(const json& session, const std::string& name) {
  json rows = json::array();
  for (const auto& table : session.at("bytepath").at("tables")) {
    if (table["name"] != name) continue;
    for (const auto& row : table["rows"]) {
      json named;
      for (std::size_t i = 0; i < row.size(); ++i)
        named[table["columns"][i]["name"].get<std::string>()] = row[i];
      rows.push_back(std::move(named));
    }
  }
  return rows;
}

std::uint64_t samples_of(const json& functions, const std::string& function) {
  std::uint64_t samples = 0;
  for (const auto& row : functions)
    if (row["function"] == function) samples += row["samples"].get<std::uint64_t>();
  return samples;
}

// Three tenths of the same steps are in alpha: within five standard errors, so that one run in two
// million fails by chance.
TEST(RunProbeHot, FindsTheSharesOfFunctions) {
  const auto session = session_json({"-N", "--hot", "-r", "4", burner("split 60 140")});
  ASSERT_FALSE(session.is_null());
  const auto functions = table_of(session, "hot_functions");
  const auto alpha = static_cast<double>(samples_of(functions, "alpha"));
  const auto beta = static_cast<double>(samples_of(functions, "beta"));
  const double all = alpha + beta;
  ASSERT_GT(all, 100) << "too few samples to say anything";
  constexpr double share = 0.3;
  EXPECT_NEAR(alpha / all, share, 5 * std::sqrt(share * (1 - share) / all));
  EXPECT_EQ(session["bytepath"]["parameters"]["lost_samples"], 0);
  for (const auto& row : functions) {
    if (row["function"] != "alpha") continue;
    EXPECT_NE(row["source"].get<std::string>().find("burner.c:"), std::string::npos);
    EXPECT_NE(row["instruction"], nullptr);
  }
}

TEST(RunProbeHot, TellsTheDistanceOfACopyExactly) {
  for (const std::string distance : {"8", "64"}) {
    const auto session =
        session_json({"-N", "--hot", "-r", "3", burner("copy " + distance + " 2000")});
    ASSERT_FALSE(session.is_null());
    bool found = false;
    for (const auto& row : table_of(session, "hot_instructions")) {
      if (row["function"] != "copy" ||
          row["instruction"].get<std::string>().find("rep movsb") == std::string::npos)
        continue;
      EXPECT_EQ(row["note"], "d = " + distance + " in 100 %");
      found = true;
    }
    EXPECT_TRUE(found) << distance;
  }
}

// Mnemonics by their offset in a function, as objdump has them; empty without objdump.
std::map<std::int64_t, std::string> objdump(const std::string& function) {
  Command command;
  command.arguments = {
      "/usr/bin/objdump",          "-d",           "-M", "intel", "--no-show-raw-insn",
      "--disassemble=" + function, BYTEPATH_BURNER};
  const auto outcome = run(command);
  std::map<std::int64_t, std::string> mnemonics;
  if (outcome.status != 0) return mnemonics;
  std::istringstream lines(outcome.out);
  std::optional<std::int64_t> begin;
  for (std::string line; std::getline(lines, line);) {
    // "    11c9:\tadd    eax,0x1"
    const auto colon = line.find(":\t");
    if (colon == std::string::npos) continue;
    const std::int64_t address = std::stoll(line.substr(0, colon), nullptr, 16);
    if (!begin) begin = address;
    const std::string text = line.substr(colon + 2);
    std::string mnemonic = text.substr(0, text.find(' '));
    // capstone has the prefix in its mnemonic and the width in its name: "rep movsb".
    if (mnemonic == "rep") mnemonic = text.contains("movs") ? "rep movsb" : text;
    mnemonics.emplace(address - *begin, mnemonic);
  }
  return mnemonics;
}

TEST(RunProbeHot, ListsTheCodeThatObjdumpDoes) {
  if (access("/usr/bin/objdump", X_OK) != 0) GTEST_SKIP() << "objdump is not installed (binutils)";
  const auto session =
      session_json({"-N", "--hot", "-r", "3", burner("split 60 60"), burner("copy 8 2000")});
  ASSERT_FALSE(session.is_null());
  std::map<std::string, std::size_t> compared;
  std::size_t without_samples = 0;
  for (const auto& row : table_of(session, "hot_instructions")) {
    const auto function = row["function"].get<std::string>();
    if (function != "alpha" && function != "beta" && function != "copy") continue;
    const auto listed = objdump(function);
    const auto at = listed.find(row["offset"].get<std::int64_t>());
    ASSERT_NE(at, listed.end()) << row;
    EXPECT_TRUE(row["instruction"].get<std::string>().starts_with(at->second)) << row;
    ++compared[function];
    without_samples += row["samples"] == 0 ? 1 : 0;
  }
  for (const char* function : {"alpha", "beta", "copy"}) EXPECT_GE(compared[function], 3U);
  EXPECT_GT(without_samples, 0U) << "what stands around the hot ones";
}

TEST(RunProbeHot, WritesItsStacksForViewers) {
  const TemporaryFolder folder;
  const std::string folded = folder.path() + "/folded";
  const std::string speedscope = folder.path() + "/speedscope.json";
  const std::string pprof = folder.path() + "/profile.pb.gz";
  const auto outcome =
      run_probe({"-N", "--style", "none", "-r", "2", "--folded", folded, "--speedscope", speedscope,
                 "--pprof", pprof, burner("split 60 0")});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(folder.read("folded").find("alpha "), std::string::npos);
  const auto file = json_of(folder.read("speedscope.json"));
  EXPECT_EQ(file["profiles"].size(), 1U);
  EXPECT_EQ(folder.read("profile.pb.gz").substr(0, 2), "\x1f\x8b");
}

TEST(RunProbeHot, WritesItsStacksToStandardOutput) {
  const TemporaryFolder folder;
  const auto outcome =
      run_probe({"-N", "--style", "none", "-r", "2", "--folded", "-", burner("split 60 0")},
                {.directory = folder.path()});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("alpha "), std::string::npos) << outcome.out;
  EXPECT_TRUE(folder.names().empty());
}

TEST(RunProbeHot, RefusesAFileThatItCannotWrite) {
  const auto outcome =
      run_probe({"-N", "--style", "none", "-r", "2", "--folded", "/nonexistent/folded", "true"});
  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.err.find("/nonexistent/folded"), std::string::npos) << outcome.err;
}

TEST(RunProbeWhy, NamesTheFunctionThatTakesMore) {
  const auto session =
      session_json({"-N", "--why", "--pairs", "8", burner("split 50 10"), burner("split 50 200")});
  ASSERT_FALSE(session.is_null());
  const auto rows = table_of(session, "explanation");
  if (rows.empty()) GTEST_SKIP() << "this host is too busy: no difference of four times was found";
  EXPECT_EQ(rows[0]["explains"], true);
  EXPECT_EQ(rows[0]["cause"], "function");
  EXPECT_EQ(rows[0]["what"], "beta");
}

// The same command twice: nothing to explain, or a difference of this host's noise; no cause.
TEST(RunProbeWhy, BlamesNothingWhereNothingDiffers) {
  const auto session = session_json({"-N", "--why", "--pairs", "8", "-n", "one", "-n", "other",
                                     burner("split 30 0"), burner("split 30 0")});
  ASSERT_FALSE(session.is_null());
  for (const auto& row : table_of(session, "explanation")) EXPECT_EQ(row["explains"], false);
}

TEST(RunProbeSyscalls, CountsEachCallOfEachRun) {
  if (geteuid() != 0) GTEST_SKIP() << "system calls are traced by root";
  const auto session = session_json({"-N", "--syscalls", "-r", "2", burner("calls 7")});
  ASSERT_FALSE(session.is_null());
  const auto rows = table_of(session, "syscalls_1");
  if (rows.empty()) GTEST_SKIP() << session["bytepath"]["not_measured"].dump();
  constexpr int runs = 3;
  for (const auto& row : rows)
    if (row["name"] == "getppid") {
      EXPECT_EQ(row["calls"], runs * 7000);
    }
}

TEST(RunProbeHot, IsThereForAnOrdinaryUserToo) {
  if (geteuid() != 0) GTEST_SKIP() << "the other tests are this one then";
  Command command;
  command.user = 65534;
  const auto session =
      session_json({"--hot", "-r", "3", "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done"},
                   std::move(command));
  if (session.is_null()) return;
  std::uint64_t samples = 0;
  for (const auto& row : table_of(session, "hot_functions"))
    if (row["entry"] == "user") samples += row["samples"].get<std::uint64_t>();
  EXPECT_GT(samples, 10U);
  bool said = false;
  for (const auto& part : session["bytepath"]["not_measured"])
    said = said || part["what"].get<std::string>().find("kernel") != std::string::npos;
  EXPECT_TRUE(said) << "what this user cannot see";
}

TEST(RunProbeHot, IsNothingForPretendedCommands) {
  for (const char* option : {"--hot", "--why", "--syscalls"}) {
    const auto outcome = pretend({option, "sleep 1", "sleep 2"});
    EXPECT_EQ(outcome.status, 2) << option;
    EXPECT_NE(outcome.err.find("debug-mode"), std::string::npos) << outcome.err;
  }
}

}  // namespace
}  // namespace bytepath::test
