#include "trace/fault_record.h"

#include <gtest/gtest.h>

#include <vector>

namespace bytepath::trace {
namespace {

struct Seen final : FaultSink {
  void fault(const bytepath_fault& fault, const Mapping*) override { faults.push_back(fault); }
  void pages_added(const bytepath_pages_added& page) override { added.push_back(page); }
  void call(const bytepath_call& call, const Mapping*) override { calls.push_back(call); }
  void mapping_changed(const MappingChange&) override {}
  std::vector<bytepath_fault> faults;
  std::vector<bytepath_pages_added> added;
  std::vector<bytepath_call> calls;
};

template <class Event>
std::span<const std::byte> bytes_of(const Event& event) {
  return std::as_bytes(std::span(&event, 1));
}

TEST(FaultRecord, IsTakenAsWhatItsKindSays) {
  const bytepath_fault fault{.kind = bytepath_event_fault, .address = 0x1234, .switches = 7};
  const bytepath_pages_added added{.kind = bytepath_event_pages_added, .pages = 16, .inode = 9};
  const bytepath_call call{
      .kind = bytepath_event_call, .call = bytepath_call_madvise, .old_length = 5};
  EventMerge merge;
  EXPECT_TRUE(add_record(bytes_of(fault), merge));
  EXPECT_TRUE(add_record(bytes_of(added), merge));
  EXPECT_TRUE(add_record(bytes_of(call), merge));
  Seen seen;
  merge.hand_over(seen, true);
  ASSERT_EQ(seen.faults.size(), 1U);
  EXPECT_EQ(seen.faults[0].address, 0x1234U);
  EXPECT_EQ(seen.faults[0].switches, 7U);
  ASSERT_EQ(seen.added.size(), 1U);
  EXPECT_EQ(seen.added[0].pages, 16U);
  EXPECT_EQ(seen.added[0].inode, 9U);
  ASSERT_EQ(seen.calls.size(), 1U);
  EXPECT_EQ(seen.calls[0].call, bytepath_call_madvise);
  EXPECT_EQ(seen.calls[0].old_length, 5U);
}

TEST(FaultRecord, IsRefusedWhereItsSizeIsAnother) {
  const bytepath_fault fault{.kind = bytepath_event_fault};
  const bytepath_call as_call{.kind = bytepath_event_fault};
  const bytepath_fault unknown{.kind = 4};
  EventMerge merge;
  for (std::size_t size = 0; size < sizeof fault; ++size)
    EXPECT_FALSE(add_record(bytes_of(fault).first(size), merge)) << size;
  EXPECT_FALSE(add_record(bytes_of(as_call), merge));
  EXPECT_FALSE(add_record(bytes_of(unknown), merge));
  Seen seen;
  merge.hand_over(seen, true);
  EXPECT_TRUE(seen.faults.empty());
  EXPECT_TRUE(seen.calls.empty());
}

}  // namespace
}  // namespace bytepath::trace
