#include "faults/fault_ledger.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "support/fault_events.h"

namespace bytepath::faults {
namespace {

using test::added;
using test::fault_at;
using test::mapping_of;

// A file of 64 pages, watched in pieces of 16 pages.
struct Ledger : testing::Test {
  Ledger() : path(folder.write("weights.bin", std::string(64 * test::page, 'w'))) {
    auto opened = WatchedFiles::open({path}, 16 * test::page);
    if (!opened) ADD_FAILURE() << opened.error().message;
    watched = *opened;
  }
  const WatchedFile& file() { return watched.files().at(0); }

  test::TemporaryFolder folder;
  std::string path;
  WatchedFiles watched;
};

TEST_F(Ledger, AttributesAFaultToItsPagesRange) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  ledger.fault(fault_at(17, 500), &mapping);
  ledger.fault(fault_at(63, 700), &mapping);
  const auto& record = ledger.records().at(0);
  ASSERT_EQ(record.ranges.size(), 4U);
  EXPECT_EQ(record.ranges[1].faults.all_faults(), 1U);
  EXPECT_EQ(record.ranges[3].faults.all_ns(), 700U);
  EXPECT_EQ(record.faults.all_ns(), 1200U);
  EXPECT_EQ(ledger.longest_thread_ns(), 1200U);
}

TEST_F(Ledger, TakesTheOffsetOfTheMappingIntoAccount) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file(), 48 * test::page);
  ledger.fault(fault_at(0), &mapping);
  EXPECT_EQ(ledger.records()[0].ranges[3].faults.all_faults(), 1U);
}

TEST_F(Ledger, TellsAReadaheadHitByThePagesThatCameDuringTheRun) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto first = fault_at(0);
  first.pages_added = 32;
  ledger.pages_added(added(file(), 0, 32));
  ledger.fault(first, &mapping);
  ledger.fault(fault_at(16), &mapping);
  ledger.fault(fault_at(40), &mapping);
  const auto& faults = ledger.records()[0].faults.faults;
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::disk_read)], 1U);
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::readahead_hit)], 1U);
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::cache_hit)], 1U);
}

TEST_F(Ledger, DealsAFolioOutToTheRangesItSpans) {
  FaultLedger ledger(watched, true);
  ledger.pages_added(added(file(), 8, 32));  // pages 8..39
  const auto& record = ledger.records()[0];
  EXPECT_EQ(record.pages_read, 32U);
  EXPECT_EQ(record.ranges[0].pages_read, 8U);
  EXPECT_EQ(record.ranges[1].pages_read, 16U);
  EXPECT_EQ(record.ranges[2].pages_read, 8U);
  EXPECT_EQ(record.ranges[3].pages_read, 0U);
  EXPECT_EQ(record.read->count(), 32U);
}

TEST_F(Ledger, CountsAPageThatComesTwiceTwice) {
  FaultLedger ledger(watched, true);
  ledger.pages_added(added(file(), 0, 16));
  ledger.pages_added(added(file(), 8, 16));
  EXPECT_EQ(ledger.records()[0].pages_read, 32U);
  EXPECT_EQ(ledger.records()[0].read->count(), 24U);
}

TEST_F(Ledger, WithoutCausesAsksWhatWasCachedBefore) {
  FaultLedger ledger(watched, false);
  pages::PageSet cached(64);
  cached.insert(0, 8);
  ledger.set_cached_before(0, cached);
  const auto mapping = mapping_of(file());
  ledger.fault(fault_at(4), &mapping);
  ledger.fault(fault_at(8), &mapping);
  const auto& faults = ledger.records()[0].faults.faults;
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::cache_hit)], 1U);
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::readahead_hit)], 1U);
  EXPECT_FALSE(ledger.records()[0].read);
}

TEST_F(Ledger, KeepsFaultsElsewhereApart) {
  FaultLedger ledger(watched, true);
  trace::Mapping anonymous{.start = test::mapped_at, .end = test::mapped_at + test::page};
  trace::Mapping other = anonymous;
  other.file = {.device = 1, .inode = 1};
  other.path = "/nowhere/library.so";
  ledger.fault(fault_at(0, 10), &anonymous);
  ledger.fault(fault_at(0, 20), &other);
  auto by_kernel = fault_at(0, 30);
  by_kernel.from_kernel = 1;
  ledger.fault(by_kernel, nullptr);
  EXPECT_EQ(ledger.anonymous().ns, 10U);
  EXPECT_EQ(ledger.other_files().ns, 20U);
  EXPECT_EQ(ledger.unknown().ns, 30U);
  EXPECT_EQ(ledger.from_kernel().faults, 1U);
  EXPECT_EQ(ledger.all_faults(), 3U);
  EXPECT_EQ(ledger.records()[0].faults.all_faults(), 0U);
}

TEST_F(Ledger, SumsUpCallsOnTheFileByNameAndByMapping) {
  FaultLedger ledger(watched, true);
  bytepath_call read{};
  read.call = bytepath_call_read;
  read.duration_ns = 5;
  read.length = 4096;
  read.device = file().id.device;
  read.inode = file().id.inode;
  ledger.call(read, nullptr);
  ledger.call(read, nullptr);
  bytepath_call advice{};
  advice.call = bytepath_call_madvise;
  advice.argument = MADV_WILLNEED;
  advice.duration_ns = 7;
  const auto mapping = mapping_of(file());
  ledger.call(advice, &mapping);
  ASSERT_EQ(ledger.calls().size(), 2U);
  EXPECT_EQ(ledger.calls().at({0, "read"}).bytes, 8192U);
  EXPECT_EQ(ledger.calls().at({0, "madvise willneed"}).ns, 7U);
}

TEST_F(Ledger, KnowsThatAFileWasMappedWithoutAnyFault) {
  FaultLedger ledger(watched, true);
  EXPECT_FALSE(ledger.records()[0].was_mapped);
  trace::MappingChange change{.kind = trace::MappingChange::Kind::mapped, .process = 42};
  change.mapping = mapping_of(file());
  ledger.mapping_changed(change);
  EXPECT_TRUE(ledger.records()[0].was_mapped);
}

TEST_F(Ledger, FindsAFileWhoseMappingShowsOtherNumbersByItsPath) {
  FaultLedger ledger(watched, true);
  auto mapping = mapping_of(file());
  mapping.file = {.device = 9999, .inode = 1234567};  // as btrfs and overlayfs do
  ledger.fault(fault_at(3), &mapping);
  EXPECT_EQ(ledger.records()[0].faults.all_faults(), 1U);
  // From then on also by the numbers alone.
  auto event = added(file(), 0, 4);
  event.device = 9999;
  event.inode = 1234567;
  ledger.pages_added(event);
  EXPECT_EQ(ledger.records()[0].pages_read, 4U);
}

// As on overlayfs: pages of the lower file system's file come within a fault on the upper one's.
bytepath_pages_added added_below(const WatchedFile& file, const bytepath_fault& fault) {
  auto event = added(file, 0, 16);
  event.device = 5;
  event.inode = 6;
  event.in_fault = 1;
  event.thread = fault.thread;
  event.time_ns = fault.time_ns + fault.duration_ns / 2;
  return event;
}

TEST_F(Ledger, LearnsTheNumbersOfThePageCacheFromAFaultThatReads) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto reading = fault_at(0);
  reading.pages_added = 16;
  auto event = added_below(file(), reading);
  ledger.fault(reading, &mapping);
  ledger.pages_added(event);
  EXPECT_EQ(ledger.records()[0].pages_read, 16U);
  event.first_page = 16;
  event.in_fault = 0;
  ledger.pages_added(event);
  EXPECT_EQ(ledger.records()[0].pages_read, 32U);
}

TEST_F(Ledger, LearnsTheNumbersAlsoWhenTheFaultIsToldLast) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto reading = fault_at(20);
  reading.pages_added = 32;
  auto before_the_page = added_below(file(), reading);
  before_the_page.time_ns = reading.time_ns + 1;
  auto with_the_page = added_below(file(), reading);
  with_the_page.first_page = 16;
  ledger.pages_added(before_the_page);
  ledger.pages_added(with_the_page);
  EXPECT_EQ(ledger.records()[0].pages_read, 0U);
  ledger.fault(reading, &mapping);
  EXPECT_EQ(ledger.records()[0].pages_read, 32U);
}

// Threads share the readahead window of the file that both have open.
TEST_F(Ledger, LearnsTheNumbersFromThreadsThatReadForEachOther) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto first = fault_at(0);
  first.pages_added = 16;
  auto second = fault_at(20);
  second.thread = first.thread + 1;
  second.time_ns = first.time_ns;
  second.pages_added = 16;
  auto of_the_second = added_below(file(), first);
  of_the_second.first_page = 16;
  auto of_the_first = added_below(file(), second);
  ledger.fault(first, &mapping);
  ledger.fault(second, &mapping);
  ledger.pages_added(of_the_second);
  ledger.pages_added(of_the_first);
  EXPECT_EQ(ledger.records()[0].pages_read, 32U);
}

TEST(LedgerOfAPattern, CountsWhatWasReadBeforeTheFileWasMapped) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("weights.bin", std::string(64 * test::page, 'w'));
  const auto given = WatchedFiles::open({path}, test::page);
  auto watched = WatchedFiles::open({"*.bin"}, test::page);
  ASSERT_TRUE(given && watched);
  const WatchedFile& file = given->files()[0];
  FaultLedger ledger(*watched, true);
  ledger.pages_added(added(file, 0, 64));
  bytepath_call read{};
  read.call = bytepath_call_read;
  read.length = 64 * test::page;
  read.device = file.id.device;
  read.inode = file.id.inode;
  ledger.call(read, nullptr);
  ASSERT_TRUE(ledger.records().empty());
  const auto mapping = mapping_of(file);
  ledger.fault(fault_at(3), &mapping);
  ASSERT_EQ(ledger.records().size(), 1U);
  EXPECT_EQ(ledger.records()[0].pages_read, 64U);
  EXPECT_EQ(ledger.calls().at({0, "read"}).bytes, 64 * test::page);
  const auto& faults = ledger.records()[0].faults.faults;
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::readahead_hit)], 1U);
}

TEST_F(Ledger, DoesNotCountWrittenPagesAsRead) {
  FaultLedger ledger(watched, true);
  ledger.set_cached_before(0, pages::PageSet(64));
  auto written = added(file(), 0, 64);
  written.written = 1;
  ledger.pages_added(written);
  const auto mapping = mapping_of(file());
  ledger.fault(fault_at(3), &mapping);
  EXPECT_EQ(ledger.records()[0].pages_read, 0U);
  const auto& faults = ledger.records()[0].faults.faults;
  EXPECT_EQ(faults[static_cast<std::size_t>(FaultClass::cache_hit)], 1U);
}

TEST_F(Ledger, TakesAnAdviceOfNoLengthAsOneToTheEnd) {
  FaultLedger ledger(watched, true);
  bytepath_call advice{};
  advice.call = bytepath_call_fadvise;
  advice.argument = POSIX_FADV_DONTNEED;
  advice.offset = 16 * test::page;
  advice.device = file().id.device;
  advice.inode = file().id.inode;
  ledger.call(advice, nullptr);
  EXPECT_EQ(ledger.calls().at({0, "fadvise dontneed"}).bytes, 48 * test::page);
}

TEST_F(Ledger, ForgetsPagesOfAFaultThatWasNeverTold) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto lost = fault_at(0);
  lost.time_ns = 1000;
  ledger.pages_added(added_below(file(), lost));
  auto reading = fault_at(1);
  reading.pages_added = 1;
  ledger.fault(reading, &mapping);
  EXPECT_EQ(ledger.records()[0].pages_read, 0U);
}

TEST_F(Ledger, DoesNotTakeAnotherFilesPagesForTheWatchedFiles) {
  FaultLedger ledger(watched, true);
  const auto mapping = mapping_of(file());
  auto reading = fault_at(0);
  reading.pages_added = 16;
  ledger.fault(reading, &mapping);
  auto later = added_below(file(), reading);
  later.time_ns = reading.time_ns + reading.duration_ns + 1;
  ledger.pages_added(later);
  auto elsewhere = added_below(file(), reading);
  elsewhere.thread = reading.thread + 1;
  ledger.pages_added(elsewhere);
  // The file system reads where the file lies: blocks of the disk, within the same fault.
  auto of_the_disk = added_below(file(), reading);
  of_the_disk.inode = 1;
  of_the_disk.first_page = 32;
  ledger.pages_added(of_the_disk);
  auto far = fault_at(60);
  far.pages_added = 16;
  ledger.fault(far, &mapping);
  auto not_the_page = added_below(file(), far);  // but 0..15
  not_the_page.inode = 9;
  ledger.pages_added(not_the_page);
  auto by_a_call = added_below(file(), reading);
  by_a_call.in_fault = 0;
  ledger.pages_added(by_a_call);
  auto hit = fault_at(1);
  hit.thread = 77;
  ledger.fault(hit, &mapping);  // brings nothing in
  auto not_its = added_below(file(), hit);
  ledger.pages_added(not_its);
  EXPECT_EQ(ledger.records()[0].pages_read, 0U);
}

TEST(CallName, SaysWhatMatters) {
  bytepath_call call{};
  call.call = bytepath_call_mmap;
  EXPECT_EQ(call_name(call), "mmap");
  call.argument = MAP_SHARED | MAP_POPULATE;
  EXPECT_EQ(call_name(call), "mmap populate");
  call.call = bytepath_call_fadvise;
  call.argument = POSIX_FADV_SEQUENTIAL;
  EXPECT_EQ(call_name(call), "fadvise sequential");
  call.call = bytepath_call_madvise;
  call.argument = 4711;
  EXPECT_EQ(call_name(call), "madvise 4711");
}

}  // namespace
}  // namespace bytepath::faults
