#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "support/fault_recording.h"
#include "support/temporary_folder.h"
#include "support/watched_command.h"
#include "trace/copy_census_tracer.h"

// Copies between a program and a file whose alignment the test has chosen.
namespace bytepath::trace {
namespace {

constexpr std::uint64_t block = 65536;
constexpr std::uint64_t count = 100;

struct Chosen {
  const char* name;
  const char* call;
  const char* place;  // of the buffer, from a page's begin
  CopyWay way;
  std::uint32_t offset;  // that is expected
};

class LiveCopyCensus : public testing::TestWithParam<Chosen> {};

TEST_P(LiveCopyCensus, FindsTheChosenOffsetOfAllBytes) {
  const auto& chosen = GetParam();
  const test::TemporaryFolder folder;
  const auto file = folder.write("file", std::string(block, 'x'));
  const auto watched = test::watch_command(
      {BYTEPATH_CALLER, "copies", chosen.call, file, chosen.place, std::to_string(count)},
      {.copies = true});
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto& census = *watched->copies;
  EXPECT_EQ(census.lost.calls, 0U);
  ASSERT_FALSE(census.processes.empty());
  const auto& copies = census.processes.front();
  EXPECT_EQ(copies.name, "caller");
  EXPECT_EQ(copies.way, chosen.way);
  // The dynamic loader reads the heads of libraries, less than one block.
  const auto other = copies.all.bytes - copies.bytes_between(chosen.offset, chosen.offset);
  EXPECT_LT(other, block);
  EXPECT_EQ(copies.offsets.front().offset, chosen.offset);
  EXPECT_GE(copies.offsets.front().amount.bytes, count * block);
  EXPECT_LT(copies.offsets.front().amount.bytes, (count + 1) * block);
}

INSTANTIATE_TEST_SUITE_P(Ways, LiveCopyCensus,
                         testing::Values(Chosen{"PreadAligned", "pread", "0", CopyWay::read, 0},
                                         Chosen{"PreadByEight", "pread", "8", CopyWay::read, 8},
                                         Chosen{"ReadByEight", "read", "8", CopyWay::read, 8},
                                         Chosen{"PwriteByEight", "pwrite", "8", CopyWay::write,
                                                4088},
                                         Chosen{"WriteByEight", "write", "8", CopyWay::write, 4088},
                                         Chosen{"WriteAligned", "write", "0", CopyWay::write, 0}),
                         [](const auto& each) { return each.param.name; });

TEST(LiveCopyCensusOfTree, TellsProcessesApart) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("file", std::string(block, 'x'));
  const std::string copies = std::string(BYTEPATH_CALLER) + " copies pread " + file;
  const auto watched = test::watch_command(
      {"/bin/sh", "-c", copies + " 8 100; " + copies + " 16 200"}, {.copies = true});
  BYTEPATH_SKIP_IF_REFUSED(watched);
  const auto& processes = watched->copies->processes;
  ASSERT_GE(processes.size(), 2U);
  EXPECT_EQ(processes[0].offsets.front().offset, 16U);
  EXPECT_EQ(processes[1].offsets.front().offset, 8U);
  EXPECT_NE(processes[0].process, processes[1].process);
  EXPECT_EQ(processes[0].name, "caller");
}

std::uint64_t bytes_of(const CopyCensus& census, pid_t process) {
  std::uint64_t bytes = 0;
  for (const auto& copies : census.processes)
    if (copies.process == process) bytes += copies.all.bytes;
  return bytes;
}

class LiveCopyCensusOfAll : public testing::Test {
 protected:
  // Where two vectors begin at different places of a page.
  void write_vectors() {
    std::array<iovec, 2> vectors{{{.iov_base = buffer_.data(), .iov_len = 1000},
                                  {.iov_base = buffer_.data() + 8, .iov_len = 2000}}};
    ASSERT_EQ(::pwritev(file_.get(), vectors.data(), 2, 0), 3000);
  }

  const test::TemporaryFolder folder_;
  const Descriptor file_{::open(folder_.at("file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  std::array<char, 4096> buffer_{};
};

TEST_F(LiveCopyCensusOfAll, PlacesEachVector) {
  const auto tracer = CopyCensusTracer::open({.everything = true});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  write_vectors();
  const auto first = static_cast<std::uint32_t>(
      (0 - reinterpret_cast<std::uintptr_t>(buffer_.data())) % BYTEPATH_COPY_OFFSETS);
  const std::uint32_t second = (first + 1000 - 8) % BYTEPATH_COPY_OFFSETS;
  for (const auto& copies : tracer->census().processes) {
    if (copies.process != ::getpid() || copies.way != CopyWay::write) continue;
    EXPECT_EQ(copies.bytes_between(first, first), 1000U);
    EXPECT_EQ(copies.bytes_between(second, second), 2000U);
    return;
  }
  FAIL() << "the process has not been seen";
}

TEST_F(LiveCopyCensusOfAll, BeginsAnewAfterAReset) {
  auto tracer = CopyCensusTracer::open({.everything = true});
  BYTEPATH_SKIP_IF_REFUSED(tracer);
  write_vectors();
  EXPECT_GE(bytes_of(tracer->census(), ::getpid()), 3000U);
  tracer->reset();
  EXPECT_EQ(bytes_of(tracer->census(), ::getpid()), 0U);
}

}  // namespace
}  // namespace bytepath::trace
