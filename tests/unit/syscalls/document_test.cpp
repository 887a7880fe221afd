#include "syscalls/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <string>
#include <vector>

#include "trace/syscall_names.h"

namespace bytepath::syscalls {
namespace {

using result::Value;

trace::SyscallTotal total(std::uint32_t number, std::uint64_t calls, std::uint64_t each_ns) {
  trace::SyscallTotal out{.number = number,
                          .name = trace::syscall_name(number),
                          .calls = calls,
                          .total_ns = calls * each_ns,
                          .max_ns = each_ns};
  for (std::uint64_t i = 0; i < calls; ++i) out.latency.add(each_ns);
  return out;
}

TEST(SyscallDocument, OrdersByTimeAndSharesIt) {
  std::vector<trace::SyscallTotal> totals = {total(SYS_read, 1000, 100),
                                             total(SYS_openat, 3, 100'000)};
  totals[0].bytes = 4096;
  totals[1].errors = 1;
  result::Document document;
  add_syscalls(document, {.labels = {{"command", "a"}}}, totals, {});
  ASSERT_EQ(document.tables.size(), 1U);
  const auto& table = document.tables[0];
  EXPECT_EQ(table.name, "syscalls");
  ASSERT_EQ(table.rows.size(), 2U);
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size());
  EXPECT_EQ(table.rows[0],
            (std::vector<Value>{"openat", std::int64_t{3}, std::int64_t{1}, 300'000.0, 75.0,
                                100'000.0, Value(), 100'000.0, Value()}))
      << "of three calls nobody knows the slowest of a hundred, and openat moves no bytes";
  EXPECT_EQ(table.rows[1],
            (std::vector<Value>{"read", std::int64_t{1000}, std::int64_t{0}, 100'000.0, 25.0, 100.0,
                                100.0, 100.0, std::int64_t{4096}}));
  ASSERT_EQ(document.histograms.size(), 2U);
  EXPECT_EQ(document.histograms[0].labels,
            (result::Labels{{"command", "a"}, {"syscall", "openat"}}));
  EXPECT_EQ(document.histograms[0].histogram.count(), 3U);
  ASSERT_EQ(document.metrics.size(), 2U);
  EXPECT_EQ(document.metrics[0].median, 1003);
  EXPECT_EQ(document.metrics[1].median, 400'000);
  EXPECT_TRUE(document.not_measured.empty());
}

TEST(SyscallDocument, SaysOfACallThatNeverReturnsNoTime) {
  const std::vector<trace::SyscallTotal> totals = {
      {.number = SYS_exit_group, .name = "exit_group", .calls = 1, .unreturned = 1}};
  result::Document document;
  add_syscalls(document, {}, totals, {});
  EXPECT_EQ(document.tables[0].rows[0],
            (std::vector<Value>{"exit_group", std::int64_t{1}, std::int64_t{0}, 0.0, 0.0, Value(),
                                Value(), Value(), Value()}));
  EXPECT_TRUE(document.histograms.empty());
}

TEST(SyscallDocument, SurvivesItsJson) {
  result::Document document;
  add_syscalls(document, {}, std::vector{total(SYS_read, 10, 100)}, {});
  const auto again = result::from_json(result::to_json(document), "test");
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_EQ(again->histograms.size(), 1U);
  EXPECT_EQ(again->histograms[0].histogram.count(), 10U);
}

TEST(SyscallDocument, SaysWhatIsMissing) {
  result::Document document;
  add_syscalls(document, {}, {},
               {.calls = 1, .times = 2, .processes = 3, .unpaired = 4, .compat = 5});
  std::vector<std::string> what;
  for (const auto& each : document.not_measured) {
    what.push_back(each.what);
    EXPECT_FALSE(each.reason.empty());
  }
  EXPECT_THAT(
      what, testing::ElementsAre(testing::StartsWith("1 system calls"),
                                 testing::StartsWith("3 processes"), testing::StartsWith("2 times"),
                                 testing::StartsWith("5 system calls of 32-bit programs"),
                                 testing::StartsWith("4 times")));
}

TEST(SyscallDocument, SaysWhyNothingWasTraced) {
  result::Document document;
  add_syscalls_refusal(document, {.kind = ErrorKind::denied,
                                  .message = "the kernel refused the BPF program",
                                  .hint = "run as root"});
  ASSERT_EQ(document.not_measured.size(), 1U);
  EXPECT_EQ(document.not_measured[0].what, "system calls");
  EXPECT_EQ(document.not_measured[0].remedy, "run as root");
}

}  // namespace
}  // namespace bytepath::syscalls
