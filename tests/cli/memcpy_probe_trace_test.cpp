#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "support/other_user.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// memcpy-probe trace and scan as their user runs them, where no sampling is needed: that is in
// tests/root.
namespace bytepath::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Outcome probe(std::vector<std::string> arguments, Command command = {}) {
  arguments.insert(arguments.begin(), probe_path("memcpy-probe"));
  command.arguments = std::move(arguments);
  return run(command);
}

// One line says what is wrong, and names it; one follows with the way out.
void expect_refused(const std::vector<std::string>& arguments, const std::string& named,
                    int status = 2) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = probe(arguments);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("memcpy-probe: "));
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
  EXPECT_THAT(outcome.err, HasSubstr("\nhint: "));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

TEST(MemcpyProbeTrace, RefusesWhatIsNoTarget) {
  expect_refused({"trace"}, "whose copies");
  expect_refused({"trace", "--all", "--", "/bin/true"}, "exclude each other");
  expect_refused({"trace", "--all", "-p", "1"}, "exclude each other");
  expect_refused({"trace", "-p", "0"}, "--pid");
  expect_refused({"trace", "-p", "4194304"}, "4194304");
  expect_refused({"trace", "--all", "-d", "0"}, "--duration");
  expect_refused({"trace", "--all", "--rate", "0"}, "--rate");
  expect_refused({"trace", "--all", "--rate", "100000"}, "--rate");
  expect_refused({"trace", "--", "no-such-command"}, "no-such-command");
  expect_refused({"trace", "--", "/etc/passwd"}, "/etc/passwd");
  expect_refused({"trace", "--", ""}, "");
}

TEST(MemcpyProbeTrace, SaysToAnOrdinaryUserWhatIsLackingOrSamples) {
  const std::string program = probe_path("memcpy-probe");
  if (!holds_without_root([&] { return ::access(program.c_str(), X_OK) == 0; }))
    GTEST_SKIP() << "other users cannot run " << program;
  EXPECT_TRUE(holds_without_root([&] {
    const auto outcome = probe({"trace", "--", "/bin/true"});
    return outcome.status == 0 || (outcome.status == 3 && outcome.err.contains("CAP_PERFMON") &&
                                   outcome.err.contains("setcap cap_bpf,cap_perfmon"));
  }));
}

TEST(MemcpyProbeScan, RefusesWhatIsNoProgram) {
  const TemporaryFolder folder;
  expect_refused({"scan", folder.path()}, folder.path());
  expect_refused({"scan", folder.at("missing")}, "missing");
  expect_refused({"scan", folder.write("text", "hello")}, "is not an ELF file");
  expect_refused({"scan", "4194304"}, "4194304");
  expect_refused({"scan", "99999999999999999999"}, "there is no process");
  expect_refused({"scan", "/bin/true", "/bin/false"}, "one");
}

TEST(MemcpyProbeScan, RefusesAProgramOfAnotherKind) {
  const TemporaryFolder folder;
  std::string program(64, '\0');
  program.replace(0, 7,
                  "\x7f"
                  "ELF\x01\x01\x01",
                  7);  // 32 bits
  program[16] = 2;     // ET_EXEC
  program[18] = 3;     // EM_386
  program[20] = 1;
  program[40] = 52;
  expect_refused({"scan", folder.write("program", program)}, "64-bit x86", 3);
}

TEST(MemcpyProbeScan, LooksThroughAProgramAndARunningOne) {
  const auto file = document_of(probe({"scan", "--json", "-", "--quiet", "/proc/self/exe"}));
  EXPECT_EQ(parameter_of(file, "mode"), result::Value(std::string("scan")));
  const auto found = std::ranges::find(file.tables, "files", &result::Table::name);
  ASSERT_NE(found, file.tables.end());
  EXPECT_EQ(found->rows.size(), 1U);
  const auto own = document_of(probe({"scan", "--json", "-", "--quiet", std::to_string(getpid())}));
  const auto all = std::ranges::find(own.tables, "files", &result::Table::name);
  ASSERT_NE(all, own.tables.end());
  EXPECT_GT(all->rows.size(), 1U);
  EXPECT_FALSE(own.verdict.text.empty());
}

// The C library's text is hand-written for each generation of processors: what a disassembler does
// not know, it has.
TEST(MemcpyProbeScan, KnowsNearlyAllCodeOfTheCLibrary) {
  const auto own = document_of(probe({"scan", "--json", "-", "--quiet", std::to_string(getpid())}));
  const auto files = std::ranges::find(own.tables, "files", &result::Table::name);
  ASSERT_NE(files, own.tables.end());
  const auto column = [&](const char* name) {
    return std::ranges::find(files->columns, name, &result::Column::name) - files->columns.begin();
  };
  const auto number = [&](const std::vector<result::Value>& row, const char* name) {
    return std::get<std::int64_t>(row[static_cast<std::size_t>(column(name))]);
  };
  for (const auto& row : files->rows) {
    if (!std::get<std::string>(row[0]).ends_with("/libc.so.6")) continue;
    EXPECT_GT(number(row, "code"), 100'000);
    EXPECT_LT(1000 * number(row, "undecoded"), 5 * number(row, "code")) << "half a percent";
    return;
  }
  GTEST_SKIP() << "no libc.so.6 is mapped here";
}

TEST(MemcpyProbeScan, SaysThatAKernelThreadHasNoCode) {
  if (getppid() == 0) GTEST_SKIP() << "process 2 is none of the kernel's here";
  const auto outcome = probe({"scan", "2"});
  if (outcome.status == 0) GTEST_SKIP() << "process 2 is none of the kernel's here";
  EXPECT_THAT(outcome.status, testing::AnyOf(2, 3)) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("process 2"));
}

}  // namespace
}  // namespace bytepath::test
