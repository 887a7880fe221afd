#include "trace/perf_fault_record.h"

#include <gtest/gtest.h>

#include <vector>

namespace bytepath::trace {
namespace {

// Header and 64-bit words, as the kernel writes them for the sample_type of fault_events().
std::vector<std::uint64_t> record(std::uint64_t type, std::uint64_t misc,
                                  std::vector<std::uint64_t> words) {
  const std::uint64_t size = 8 * (words.size() + 1);
  words.insert(words.begin(), type | misc << 32 | size << 48);
  return words;
}

constexpr std::uint64_t process_7_thread_8 = std::uint64_t{8} << 32 | 7;

std::vector<std::uint64_t> sample(std::uint64_t misc) {
  return record(PERF_RECORD_SAMPLE, misc, {4711, 0xabc, process_7_thread_8, 1000, 0x12345});
}

std::vector<std::uint64_t> left_cpu(std::uint64_t misc) {
  return record(PERF_RECORD_SWITCH, misc, {process_7_thread_8, 2000, 4711});
}

TEST(FaultRecord, OfASample) {
  const auto bytes = sample(PERF_RECORD_MISC_USER);
  const auto parsed = parse_fault_record(std::as_bytes(std::span(bytes)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->event_id, 4711U);
  EXPECT_EQ(parsed->step.kind, FaultStep::Kind::begin);
  EXPECT_FALSE(parsed->step.from_kernel);
  EXPECT_EQ(parsed->step.instruction, 0xabcU);
  EXPECT_EQ(parsed->step.process, 7U);
  EXPECT_EQ(parsed->step.thread, 8U);
  EXPECT_EQ(parsed->step.time_ns, 1000U);
  EXPECT_EQ(parsed->step.address, 0x12345U);
}

TEST(FaultRecord, OfTheKernelsOwnAccess) {
  const auto bytes = sample(PERF_RECORD_MISC_KERNEL | PERF_RECORD_MISC_EXACT_IP);
  EXPECT_TRUE(parse_fault_record(std::as_bytes(std::span(bytes)))->step.from_kernel);
}

TEST(FaultRecord, OfASleepButNotOfAPreemption) {
  const auto slept = left_cpu(PERF_RECORD_MISC_SWITCH_OUT);
  const auto parsed = parse_fault_record(std::as_bytes(std::span(slept)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->step.kind, FaultStep::Kind::slept);
  EXPECT_EQ(parsed->step.thread, 8U);
  EXPECT_EQ(parsed->step.time_ns, 2000U);
  const auto preempted =
      left_cpu(PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);
  EXPECT_FALSE(parse_fault_record(std::as_bytes(std::span(preempted))));
  const auto came_back = left_cpu(0);
  EXPECT_FALSE(parse_fault_record(std::as_bytes(std::span(came_back))));
}

TEST(FaultRecord, ACutOneIsRefused) {
  for (const auto& whole : {sample(PERF_RECORD_MISC_USER), left_cpu(PERF_RECORD_MISC_SWITCH_OUT)}) {
    const auto bytes = std::as_bytes(std::span(whole));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      // A copy of exactly that size, so that a sanitizer sees a read beyond it.
      const std::vector<std::byte> cut(bytes.begin(),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(parse_fault_record(cut)) << size;
    }
    EXPECT_TRUE(parse_fault_record(bytes));
  }
}

TEST(FaultRecord, OtherTypesAreRefused) {
  const auto bytes = record(PERF_RECORD_THROTTLE, 0, {1, 2, 3, 4, 5});
  EXPECT_FALSE(parse_fault_record(std::as_bytes(std::span(bytes))));
}

TEST(FaultEvents, AskForWhatTheParserReads) {
  for (const bool user_only : {false, true}) {
    const auto kinds = fault_events(user_only);
    for (const auto& kind : kinds) {
      EXPECT_EQ(kind.attributes.sample_period, 1U);
      EXPECT_EQ(kind.attributes.exclude_kernel, user_only ? 1U : 0U);
      EXPECT_EQ(kind.attributes.sample_id_all, 1U);
    }
    // The thread's sleeps once, not with each of the three.
    EXPECT_EQ(kinds[0].attributes.context_switch, 1U);
    EXPECT_EQ(kinds[1].attributes.context_switch + kinds[2].attributes.context_switch, 0U);
    const auto place = [](FaultStep::Kind kind) { return static_cast<std::size_t>(kind); };
    EXPECT_EQ(kinds[place(FaultStep::Kind::begin)].attributes.config, PERF_COUNT_SW_PAGE_FAULTS);
    EXPECT_EQ(kinds[place(FaultStep::Kind::minor_end)].attributes.config,
              PERF_COUNT_SW_PAGE_FAULTS_MIN);
    EXPECT_EQ(kinds[place(FaultStep::Kind::major_end)].attributes.config,
              PERF_COUNT_SW_PAGE_FAULTS_MAJ);
  }
}

}  // namespace
}  // namespace bytepath::trace
