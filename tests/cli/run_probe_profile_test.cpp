// run-probe --hot, --why, --syscalls and the files of stacks, on a program that spends its time in
// known ways.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

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

}  // namespace
}  // namespace bytepath::test
