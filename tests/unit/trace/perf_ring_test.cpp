#include "trace/perf_ring.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

// The rings are files in memory that the tests write as the kernel would.
namespace bytepath::trace {
namespace {

constexpr std::size_t page = 4096;

class WrittenRing : public testing::Test {
 protected:
  void SetUp() override {
    file_ = Descriptor(::memfd_create("ring", MFD_CLOEXEC));
    ASSERT_TRUE(file_);
    ASSERT_EQ(::ftruncate(file_.get(), 2 * page), 0);
    base_ = static_cast<std::byte*>(
        ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0));
    ASSERT_NE(base_, MAP_FAILED);
  }
  void TearDown() override { ::munmap(base_, 2 * page); }

  perf_event_mmap_page& control() { return *reinterpret_cast<perf_event_mmap_page*>(base_); }

  void start_at(std::uint64_t position) {
    control().data_head = position;
    control().data_tail = position;
  }

  void write(std::uint32_t type, const std::vector<std::uint64_t>& body, int size = -1) {
    perf_event_header header{.type = type, .misc = 0, .size = 0};
    header.size = static_cast<std::uint16_t>(size >= 0 ? static_cast<std::size_t>(size)
                                                       : sizeof header + 8 * body.size());
    std::vector<std::byte> bytes(sizeof header + 8 * body.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    if (!body.empty()) std::memcpy(bytes.data() + sizeof header, body.data(), 8 * body.size());
    for (const std::byte each : bytes) base_[page + control().data_head++ % page] = each;
  }

  // The first number of each record's body.
  std::vector<std::uint64_t> drain(PerfRing& ring) {
    std::vector<std::uint64_t> seen;
    ring.drain([&](const perf_event_header& header, std::span<const std::byte> record) {
      EXPECT_EQ(record.size(), header.size);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(record.data()) % alignof(perf_event_header), 0U);
      std::uint64_t first = 0;
      if (record.size() >= 16) std::memcpy(&first, record.data() + 8, sizeof first);
      seen.push_back(first);
    });
    EXPECT_EQ(control().data_tail, control().data_head);
    return seen;
  }

  Descriptor file_;
  std::byte* base_ = nullptr;
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(WrittenRing, HandsOverEachRecordOnce) {
  auto ring = PerfRing::map(file_, 1).value();
  write(PERF_RECORD_SAMPLE, {1});
  write(PERF_RECORD_SAMPLE, {2, 3, 4});
  EXPECT_EQ(drain(ring), (Numbers{1, 2}));
  EXPECT_EQ(drain(ring), Numbers{});
  write(PERF_RECORD_SAMPLE, {5});
  PerfRing other = std::move(ring);
  EXPECT_EQ(drain(other), Numbers{5});
  EXPECT_EQ(other.lost(), 0U);
}

TEST_F(WrittenRing, JoinsARecordAcrossTheEnd) {
  auto ring = PerfRing::map(file_, 1).value();
  for (const std::uint64_t before_end : {8U, 16U, 24U}) {
    start_at(7 * page - before_end);
    write(PERF_RECORD_SAMPLE, {11, 12, 13, 14});
    write(PERF_RECORD_SAMPLE, {15});
    EXPECT_EQ(drain(ring), (Numbers{11, 15})) << before_end;
  }
}

TEST_F(WrittenRing, CountsWhatTheKernelLost) {
  auto ring = PerfRing::map(file_, 1).value();
  write(PERF_RECORD_LOST, {4711, 30});
  write(PERF_RECORD_SAMPLE, {1});
  write(PERF_RECORD_LOST, {4711, 12});
  EXPECT_EQ(drain(ring), Numbers{1});
  EXPECT_EQ(ring.lost(), 42U);
}

TEST_F(WrittenRing, GivesUpAtASizeThatCannotBe) {
  auto ring = PerfRing::map(file_, 1).value();
  std::uint64_t lost = 0;
  for (const int size : {0, 7, 12, 32, 0xfff8}) {
    write(PERF_RECORD_SAMPLE, {1});
    write(PERF_RECORD_SAMPLE, {2}, size);
    EXPECT_EQ(drain(ring), Numbers{1}) << size;
    EXPECT_EQ(ring.lost(), ++lost) << size;
  }
  write(PERF_RECORD_SAMPLE, {1});
  control().data_head += 3 * page;  // more than fits
  EXPECT_EQ(drain(ring), Numbers{});
  EXPECT_EQ(ring.lost(), ++lost);
  write(PERF_RECORD_SAMPLE, {3});
  EXPECT_EQ(drain(ring), Numbers{3}) << "and goes on after it";
}

TEST(PerfRing, SaysWhyItCannotBeMapped) {
  const auto ring = PerfRing::map(Descriptor(), 4);
  ASSERT_FALSE(ring);
  EXPECT_NE(ring.error().message.find("16 KiB"), std::string::npos) << ring.error().message;
}

}  // namespace
}  // namespace bytepath::trace
