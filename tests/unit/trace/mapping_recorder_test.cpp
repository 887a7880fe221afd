#include "trace/mapping_recorder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace bytepath::trace {
namespace {

// Records of `sh -c '/bin/true; :'` on Linux 6.18, Debian 12.
const std::string exec_of_sh = "0300000000202000fd4e0000fd4e00007368000000000000383e5175990c0000";
const std::string data_of_dash =
    "0a00000002206000fd4e0000fd4e000000a02207e855000000600000000000000070010000000000fe000000000000"
    "00bec5030000000000000000000000000001000000020000002f7573722f62696e2f646173680000000f935275990c"
    "0000";
const std::string stack =
    "0a00000002205800fd4e0000fd4e000000f01cf6ff7f0000001002000000000000e0fdffff7f000000000000000000"
    "000000000000000000000000000000000003000000020000005b737461636b5d007f4a5275990c0000";
const std::string anonymous =
    "0a00000002205800fd4e0000fd4e000000302307e8550000002000000000000000302307e855000000000000000000"
    "000000000000000000000000000000000003000000020000002f2f616e6f6e0000954f5375990c0000";
const std::string fork_of_true =
    "0700000000002800fe4e0000fd4e0000fe4e0000fd4e000015bf0476990c000038be0476990c0000";
const std::string exit_of_true =
    "0400000000002800fe4e0000fd4e0000fe4e0000fd4e000008c59676990c00005fc29676990c0000";

std::vector<std::uint8_t> bytes(const std::string& hex) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return out;
}

MappingChange parsed(const std::vector<std::uint8_t>& record) {
  MappingChange change;
  EXPECT_TRUE(parse_mapping_record(record.data(), record.size(), change));
  return change;
}

bool refused(const std::vector<std::uint8_t>& record) {
  MappingChange change;
  return !parse_mapping_record(record.data(), record.size(), change);
}

TEST(MappingRecord, OfAFile) {
  const MappingChange change = parsed(bytes(data_of_dash));
  EXPECT_EQ(change.kind, MappingChange::Kind::mapped);
  EXPECT_EQ(change.time_ns, 0x0c997552930fU);
  EXPECT_EQ(change.process, 0x4efdU);
  EXPECT_EQ(change.mapping.start, 0x55e80722a000U);
  EXPECT_EQ(change.mapping.end, 0x55e807230000U);
  EXPECT_EQ(change.mapping.file_offset, 0x17000U);
  EXPECT_EQ(change.mapping.file, (FileId{.device = makedev(254, 0), .inode = 0x3c5be}));
  EXPECT_EQ(change.mapping.path, "/usr/bin/dash");
}

TEST(MappingRecord, OfMemoryWithoutAFile) {
  EXPECT_EQ(parsed(bytes(stack)).mapping.path, "[stack]");
  EXPECT_EQ(parsed(bytes(anonymous)).mapping.path, "");
  EXPECT_EQ(parsed(bytes(anonymous)).mapping.file, FileId{});
}

TEST(MappingRecord, OfProcesses) {
  EXPECT_EQ(parsed(bytes(exec_of_sh)).kind, MappingChange::Kind::executed);
  EXPECT_EQ(parsed(bytes(exec_of_sh)).process, 0x4efdU);
  const MappingChange forked = parsed(bytes(fork_of_true));
  EXPECT_EQ(forked.kind, MappingChange::Kind::forked);
  EXPECT_EQ(forked.process, 0x4efeU);
  EXPECT_EQ(forked.parent, 0x4efdU);
  EXPECT_EQ(forked.time_ns, 0x0c997604be38U) << "that of the sample, not the body's";
  EXPECT_EQ(parsed(bytes(exit_of_true)).kind, MappingChange::Kind::exited);
}

TEST(MappingRecord, ABuildIdIsNotTakenForTheFile) {
  auto record = bytes(data_of_dash);
  record[5] |= PERF_RECORD_MISC_MMAP_BUILD_ID >> 8;
  EXPECT_EQ(parsed(record).mapping.file, FileId{});
  EXPECT_EQ(parsed(record).mapping.path, "/usr/bin/dash");
}

TEST(MappingRecord, AChangedNameIsNoExec) {
  auto record = bytes(exec_of_sh);
  record[5] = 0;
  EXPECT_TRUE(refused(record));
}

TEST(MappingRecord, ACutOneIsRefused) {
  for (const auto& [whole, least] :
       {std::pair{data_of_dash, 72 + 14 + 8}, {exec_of_sh, 16 + 3 + 8}, {fork_of_true, 40}}) {
    const auto record = bytes(whole);
    for (std::size_t size = 0; size < record.size(); ++size) {
      // A copy of exactly that size, so that a sanitizer sees a read beyond it.
      const std::vector<std::uint8_t> cut(record.begin(),
                                          record.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(refused(cut), size < static_cast<std::size_t>(least)) << whole << " " << size;
    }
  }
}

TEST(MappingRecord, RangesThatCannotBeAreRefused) {
  auto record = bytes(data_of_dash);
  std::fill(record.begin() + 24, record.begin() + 32, std::uint8_t{0});  // the length
  EXPECT_TRUE(refused(record));
  std::fill(record.begin() + 24, record.begin() + 32, std::uint8_t{0xff});
  EXPECT_TRUE(refused(record));
}

TEST(MappingRecord, OtherTypesAreRefused) {
  auto record = bytes(data_of_dash);
  for (const unsigned type : {0U, PERF_RECORD_MMAP + 0U, PERF_RECORD_SAMPLE + 0U, 255U}) {
    record[0] = static_cast<std::uint8_t>(type);
    EXPECT_TRUE(refused(record)) << type;
  }
}

class LiveMappings : public testing::Test {
 protected:
  // Runs `work` in a child that stands still until its recorder is there.
  template <class Work>
  void record(Work work) {
    std::array<int, 2> go{};
    ASSERT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) {
      char byte = 0;
      ::close(go[1]);
      if (::read(go[0], &byte, 1) < 0) ::_exit(1);
      work();
      ::_exit(0);
    }
    ::close(go[0]);
    auto recorder = MappingRecorder::open(child_);
    ::close(go[1]);
    int status = -1;
    ::waitpid(child_, &status, 0);
    ASSERT_EQ(status, 0);
    if (!recorder) GTEST_SKIP() << recorder.error().message << " (" << recorder.error().hint << ")";
    recorder->drain(changes_);
    EXPECT_EQ(recorder->lost(), 0U);
    std::vector<MappingChange> more;
    recorder->drain(more);
    EXPECT_TRUE(more.empty());
    EXPECT_TRUE(std::ranges::is_sorted(changes_, {}, &MappingChange::time_ns));
  }
  pid_t child_ = -1;
  std::vector<MappingChange> changes_;
};

TEST_F(LiveMappings, HaveWhatWasThereAndWhatComes) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("weights", std::string(5 * 4096, 'w'));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* before = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file, 4096);
  record([&] { ::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, file, 3 * 4096); });
  if (IsSkipped()) return;
  std::vector<std::uint64_t> offsets;
  std::set<FileId> files;
  for (const auto& change : changes_) {
    if (change.mapping.path != path) continue;
    offsets.push_back(change.mapping.file_offset);
    EXPECT_EQ(change.process, static_cast<std::uint32_t>(child_));
    EXPECT_NE(change.mapping.file.inode, 0U);
    files.insert(change.mapping.file);
  }
  EXPECT_EQ(offsets, (std::vector<std::uint64_t>{4096, 3 * 4096}));
  EXPECT_EQ(files.size(), 1U) << "/proc/PID/maps and perf name the same file";
  ::munmap(before, 4096);
  ::close(file);
}

TEST_F(LiveMappings, FollowChildren) {
  record([] {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      ::execl("/bin/true", "true", nullptr);
      ::_exit(127);
    }
    int status = -1;
    ::waitpid(grandchild, &status, 0);
    if (status != 0) ::_exit(1);
  });
  if (IsSkipped()) return;
  const auto count = [&](MappingChange::Kind kind) {
    return std::ranges::count(changes_, kind, &MappingChange::kind);
  };
  EXPECT_EQ(count(MappingChange::Kind::forked), 1);
  EXPECT_EQ(count(MappingChange::Kind::executed), 1);
  EXPECT_EQ(count(MappingChange::Kind::exited), 2);
  const auto fork = std::ranges::find(changes_, MappingChange::Kind::forked, &MappingChange::kind);
  EXPECT_EQ(fork->parent, static_cast<std::uint32_t>(child_));
  MappingTable table;
  bool saw_program = false;
  for (const auto& change : changes_) {
    table.apply(change);
    saw_program |= change.process == fork->process && change.mapping.path.ends_with("/true");
  }
  EXPECT_TRUE(saw_program);
  EXPECT_EQ(table.of_process(fork->process), nullptr) << "gone with its only thread";
}

TEST(MappingRecorder, SaysThatThereIsNoSuchProcess) {
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const auto recorder = MappingRecorder::open(gone);
  ASSERT_FALSE(recorder);
  EXPECT_EQ(recorder.error().kind, ErrorKind::usage);
  EXPECT_EQ(recorder.error().message, fmt::format("there is no process {}", gone));
}

}  // namespace
}  // namespace bytepath::trace
