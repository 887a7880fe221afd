#include "sampling/sample_record.h"

#include <gtest/gtest.h>

#include <cstring>

namespace bytepath::sampling {
namespace {

// A record as the kernel writes it for the event of sample_event().
class Record {
 public:
  explicit Record(bool kernel) {
    const perf_event_header header{.type = PERF_RECORD_SAMPLE,
                                   .misc = static_cast<std::uint16_t>(
                                       kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER),
                                   .size = 0};
    const auto* begin = reinterpret_cast<const std::byte*>(&header);
    bytes_.assign(begin, begin + sizeof header);
  }
  Record& number(std::uint64_t value) {
    const auto* begin = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), begin, begin + sizeof value);
    return *this;
  }
  Record& head(std::uint64_t address) {
    return number(7).number(address).number((std::uint64_t{43} << 32U) | 42).number(1000);
  }
  Record& chain(const std::vector<std::uint64_t>& addresses) {
    number(addresses.size());
    for (const auto address : addresses) number(address);
    return *this;
  }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

constexpr auto in_kernel = static_cast<std::uint64_t>(PERF_CONTEXT_KERNEL);
constexpr auto in_user = static_cast<std::uint64_t>(PERF_CONTEXT_USER);

TEST(SampleRecord, HasPlaceCallersAndRegisters) {
  Record record(true);
  record.head(0xffffffff81000010)
      .chain({in_kernel, 0xffffffff81000010, 0xffffffff81000200, in_user, 0x401000, 0x402000})
      .number(PERF_SAMPLE_REGS_ABI_64)
      .number(100)
      .number(0x2000)
      .number(0x3008);
  const auto parsed = parse_sample_record(record.bytes());
  ASSERT_TRUE(parsed && parsed->sample);
  const Sample& sample = *parsed->sample;
  EXPECT_EQ(sample.address, 0xffffffff81000010U);
  EXPECT_EQ(sample.process, 42U);
  EXPECT_EQ(sample.thread, 43U);
  EXPECT_EQ(sample.time_ns, 1000U);
  EXPECT_TRUE(sample.kernel);
  EXPECT_EQ(sample.kernel_callers, std::vector<std::uint64_t>{0xffffffff81000200});
  EXPECT_EQ(sample.user_callers, (std::vector<std::uint64_t>{0x401000, 0x402000}));
  ASSERT_TRUE(sample.registers.has_value());
  EXPECT_EQ(sample.registers->count, 100U);
  EXPECT_EQ(sample.registers->source, 0x2000U);
  EXPECT_EQ(sample.registers->destination, 0x3008U);
}

TEST(SampleRecord, MayHaveNoRegistersAndNoCallers) {
  Record record(false);
  record.head(0x401000).chain({in_user, 0x401000}).number(PERF_SAMPLE_REGS_ABI_NONE);
  const auto parsed = parse_sample_record(record.bytes());
  ASSERT_TRUE(parsed && parsed->sample);
  EXPECT_FALSE(parsed->sample->registers.has_value());
  EXPECT_FALSE(parsed->sample->kernel);
  EXPECT_TRUE(parsed->sample->user_callers.empty());
}

TEST(SampleRecord, RefusesEveryCutAndCountsThatCannotBe) {
  Record record(false);
  record.head(0x401000).chain({in_user, 0x401000}).number(PERF_SAMPLE_REGS_ABI_64);
  record.number(1).number(2).number(3);
  const auto whole = record.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_sample_record(whole.first(size)).has_value()) << size;
  Record endless(false);
  endless.head(0x401000).number(UINT64_MAX);
  EXPECT_FALSE(parse_sample_record(endless.bytes()).has_value());
}

TEST(SampleRecord, TellsThrottlingFromSamples) {
  const perf_event_header header{.type = PERF_RECORD_THROTTLE, .misc = 0, .size = sizeof header};
  const auto parsed = parse_sample_record(std::as_bytes(std::span(&header, 1)));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->throttled);
  EXPECT_FALSE(parsed->sample.has_value());
}

TEST(SampleEvent, AsksForTheKernelsHalfOnlyWhereItMayBe) {
  const auto both = sample_event({.user_only = false, .user_callers = true}, 999);
  EXPECT_EQ(both.attributes.exclude_kernel, 0U);
  EXPECT_EQ(both.attributes.exclude_callchain_user, 0U);
  EXPECT_EQ(both.attributes.sample_freq, 999U);
  EXPECT_EQ(fault_event(false, 61).attributes.sample_type & PERF_SAMPLE_PERIOD, 0U)
      << "or every fault would be written down";
  const auto user = sample_event({.user_only = true}, 999);
  EXPECT_EQ(user.attributes.exclude_kernel, 1U);
  EXPECT_EQ(user.attributes.exclude_callchain_kernel, 1U);
  EXPECT_EQ(user.attributes.exclude_callchain_user, 1U);
}

}  // namespace
}  // namespace bytepath::sampling
