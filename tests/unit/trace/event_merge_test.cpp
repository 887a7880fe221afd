#include "trace/event_merge.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include <string>

namespace bytepath::trace {
namespace {

constexpr std::uint32_t process = 100;

// Writes down what it is given: "fault 10 a".
class Diary : public FaultSink {
 public:
  void fault(const bytepath_fault& fault, const Mapping* mapping) override {
    write("fault", fault.time_ns, mapping);
  }
  void pages_added(const bytepath_pages_added& added) override {
    write("added", added.time_ns, nullptr);
    device = added.device;
  }
  void call(const bytepath_call& call, const Mapping* mapping) override {
    write("call", call.time_ns, mapping);
    device = call.device;
  }
  void mapping_changed(const MappingChange& change) override {
    write("change", change.time_ns, &change.mapping);
    last_change = change;
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
  std::uint64_t device = 0;
  MappingChange last_change;

 private:
  void write(const char* what, std::uint64_t time, const Mapping* mapping) {
    lines.push_back(fmt::format("{} {} {}", what, time, mapping == nullptr ? "-" : mapping->path));
  }
};

bytepath_fault fault_at(std::uint64_t time, std::uint64_t address, std::uint64_t duration = 1) {
  return {.kind = bytepath_event_fault,
          .process = process,
          .time_ns = time,
          .duration_ns = duration,
          .address = address};
}

bytepath_call call_at(std::uint16_t call, std::uint64_t time, std::uint64_t duration,
                      std::uint64_t address, std::uint64_t length) {
  return {.kind = bytepath_event_call,
          .call = call,
          .process = process,
          .time_ns = time,
          .duration_ns = duration,
          .address = address,
          .length = length};
}

MappingChange mapped(std::uint64_t time, std::uint64_t start, std::uint64_t end, const char* path) {
  return {.time_ns = time,
          .process = process,
          .mapping = {.start = start, .end = end, .file = {.device = 1, .inode = 2}, .path = path}};
}

using Lines = std::vector<std::string>;

TEST(EventMerge, GivesEachFaultTheMappingOfItsMoment) {
  EventMerge merge;
  Diary diary;
  merge.add(fault_at(40, 0x1000));
  merge.add(fault_at(20, 0x1000));
  merge.add(fault_at(5, 0x1000));
  merge.changes() = {mapped(30, 0x1000, 0x2000, "b"), mapped(20, 0x1000, 0x2000, "a"),
                     mapped(50, 0x1000, 0x2000, "c")};
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.take(),
            (Lines{"fault 5 -", "change 20 a", "fault 20 a", "change 30 b", "fault 40 b"}));
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.take(), Lines{}) << "a later change waits for an event";
  merge.add(fault_at(45, 0x1000));
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.take(), Lines{"fault 45 b"});
  merge.hand_over(diary, true);
  EXPECT_EQ(diary.take(), Lines{"change 50 c"});
}

TEST(EventMerge, UnmapsAtTheBeginningOfTheCall) {
  EventMerge merge;
  Diary diary;
  merge.changes() = {mapped(1, 0x1000, 0x4000, "a"),
                     mapped(15, 0x1000, 0x2000, "other thread's")};  // while munmap still runs
  merge.add(call_at(bytepath_call_munmap, 10, 20, 0x1000, 0x1001));
  merge.add(fault_at(16, 0x1000));
  merge.add(fault_at(40, 0x2fff));  // munmap(2) takes whole pages
  merge.add(fault_at(41, 0x3000));
  merge.hand_over(diary, true);
  EXPECT_EQ(diary.take(),
            (Lines{"change 1 a", "call 10 a", "change 10 ", "change 15 other thread's",
                   "fault 16 other thread's", "fault 40 -", "fault 41 a"}));
}

TEST(EventMerge, MovesWithMremap) {
  EventMerge merge;
  Diary diary;
  merge.changes() = {mapped(1, 0x1000, 0x4000, "a")};
  auto call = call_at(bytepath_call_mremap, 10, 5, 0x9000, 0x2000);
  call.argument = 0x2000;
  call.old_length = 0xfff;
  merge.add(call);
  merge.add(fault_at(20, 0xafff));
  merge.add(fault_at(21, 0x2000));
  merge.add(fault_at(22, 0x1000));
  merge.hand_over(diary, true);
  EXPECT_EQ(diary.take(), (Lines{"change 1 a", "change 10 a", "call 10 a", "fault 20 a",
                                 "fault 21 -", "fault 22 a"}));
  EXPECT_EQ(diary.last_change.kind, MappingChange::Kind::moved);
  EXPECT_EQ(diary.last_change.old_start, 0x2000U);
  EXPECT_EQ(diary.last_change.mapping.file_offset, 0x1000U);
  EXPECT_EQ(diary.last_change.mapping.file.inode, 2U);
}

TEST(EventMerge, AFailedMremapMovesNothing) {
  EventMerge merge;
  Diary diary;
  merge.changes() = {mapped(1, 0x1000, 0x4000, "a")};
  auto call = call_at(bytepath_call_mremap, 10, 5, static_cast<std::uint64_t>(-12), 0x2000);
  call.argument = 0x1000;
  call.old_length = 0x3000;
  merge.add(call);
  merge.add(fault_at(20, 0x1000));
  merge.hand_over(diary, true);
  EXPECT_EQ(diary.take(), (Lines{"change 1 a", "call 10 -", "fault 20 a"}));
}

TEST(EventMerge, FindsTheMappingThatACallOfMmapMade) {
  EventMerge merge;
  Diary diary;
  merge.changes() = {mapped(12, 0x1000, 0x2000, "a"), mapped(14, 0x8000, 0x9000, "b")};
  merge.add(call_at(bytepath_call_mmap, 10, 5, 0x1000, 0x1000));
  merge.add(call_at(bytepath_call_madvise, 13, 5, 0x1000, 0x1000));
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.take(), (Lines{"change 12 a", "call 13 a", "change 14 b", "call 10 a"}));
}

TEST(EventMerge, SaysDevicesAsStatDoes) {
  EventMerge merge;
  Diary diary;
  constexpr std::uint64_t kernel_device = 259U << 20 | 3;
  merge.add(bytepath_pages_added{.time_ns = 7, .device = kernel_device, .inode = 1});
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.take(), Lines{"added 7 -"});
  EXPECT_EQ(diary.device, makedev(259, 3));
  auto call = call_at(bytepath_call_read, 8, 1, 0, 0);
  call.device = kernel_device;
  merge.add(call);
  diary.device = 0;
  merge.hand_over(diary, false);
  EXPECT_EQ(diary.device, makedev(259, 3));
}

}  // namespace
}  // namespace bytepath::trace
