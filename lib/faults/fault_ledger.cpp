#include "faults/fault_ledger.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace bytepath::faults {

using pages::page_bytes;

namespace {

// Of a thread, until a fault tells whose they are: what a few faults bring in.
constexpr std::size_t most_unknown = 4096;

void count(FaultLedger::Others& others, const bytepath_fault& fault) {
  ++others.faults;
  others.ns += fault.duration_ns;
}

std::string advice_name(std::string_view call, std::uint64_t advice,
                        std::span<const std::pair<int, std::string_view>> known) {
  for (const auto& [number, name] : known) {
    if (static_cast<std::uint64_t>(number) == advice) return fmt::format("{} {}", call, name);
  }
  return fmt::format("{} {}", call, advice);
}

std::string madvise_name(std::uint64_t advice) {
  static constexpr std::array<std::pair<int, std::string_view>, 12> known = {{
      {MADV_NORMAL, "normal"},
      {MADV_RANDOM, "random"},
      {MADV_SEQUENTIAL, "sequential"},
      {MADV_WILLNEED, "willneed"},
      {MADV_DONTNEED, "dontneed"},
      {MADV_HUGEPAGE, "hugepage"},
      {MADV_NOHUGEPAGE, "nohugepage"},
      {MADV_COLD, "cold"},
      {MADV_PAGEOUT, "pageout"},
      {MADV_POPULATE_READ, "populate-read"},
      {MADV_POPULATE_WRITE, "populate-write"},
      {MADV_DONTDUMP, "dontdump"},
  }};
  return advice_name("madvise", advice, known);
}

std::string fadvise_name(std::uint64_t advice) {
  static constexpr std::array<std::pair<int, std::string_view>, 6> known = {{
      {POSIX_FADV_NORMAL, "normal"},
      {POSIX_FADV_RANDOM, "random"},
      {POSIX_FADV_SEQUENTIAL, "sequential"},
      {POSIX_FADV_WILLNEED, "willneed"},
      {POSIX_FADV_DONTNEED, "dontneed"},
      {POSIX_FADV_NOREUSE, "noreuse"},
  }};
  return advice_name("fadvise", advice, known);
}

}  // namespace

std::string call_name(const bytepath_call& call) {
  switch (call.call) {
    case bytepath_call_mmap:
      return (call.argument & MAP_POPULATE) != 0 ? "mmap populate" : "mmap";
    case bytepath_call_madvise:
      return madvise_name(call.argument);
    case bytepath_call_mlock:
      return "mlock";
    case bytepath_call_fadvise:
      return fadvise_name(call.argument);
    case bytepath_call_readahead:
      return "readahead";
    case bytepath_call_read:
      return "read";
    case bytepath_call_munmap:
      return "munmap";
    case bytepath_call_mremap:
      return "mremap";
    default:
      return fmt::format("call {}", call.call);
  }
}

FaultLedger::FaultLedger(WatchedFiles& watched, bool knows_causes)
    : watched_(watched), knows_causes_(knows_causes) {
  grow();
}

void FaultLedger::grow() {
  const auto& files = watched_.files();
  while (records_.size() < files.size()) {
    const WatchedFile& file = files[records_.size()];
    const std::uint64_t pages = pages::pages_of(file.size);
    records_.emplace_back(file);
    records_.back().counts_faults = true;
    if (knows_causes_) records_.back().read.emplace(pages);
    faulted_.emplace_back(pages);
    cached_before_.emplace_back();
  }
}

FileRecord& FaultLedger::record(std::size_t index) {
  grow();
  return records_[index];
}

void FaultLedger::set_cached_before(std::size_t index, pages::PageSet cached) {
  grow();
  cached_before_[index] = std::move(cached);
}

std::size_t FaultLedger::file_of(const bytepath_fault& fault, const trace::Mapping* mapping) {
  if (mapping == nullptr || mapping->file.inode == 0) return WatchedFiles::none;
  const std::size_t index = watched_.find(mapping->file, mapping->path, fault.process);
  if (index != WatchedFiles::none) grow();
  return index;
}

FaultClass FaultLedger::class_of(const bytepath_fault& fault, std::size_t file,
                                 std::uint64_t page) const {
  PageBefore before = PageBefore::unknown;
  const auto& cached = cached_before_[file];
  if (records_[file].read && records_[file].read->contains(page)) {
    before = PageBefore::came_during_run;
  } else if (cached && page < cached->size()) {
    before = cached->contains(page) ? PageBefore::cached_before_run : PageBefore::came_during_run;
  }
  return classify(fault, knows_causes_, before);
}

void FaultLedger::fault(const bytepath_fault& fault, const trace::Mapping* mapping) {
  ++all_faults_;
  if (fault.from_kernel != 0) count(from_kernel_, fault);
  const std::size_t index = file_of(fault, mapping);
  forget_before(fault);
  if (mapping == nullptr) return count(unknown_, fault);
  if (mapping->file.inode == 0) return count(anonymous_, fault);
  if (index == WatchedFiles::none) return count(other_files_, fault);
  const std::uint64_t offset = mapping->file_offset + (fault.address - mapping->start);
  watched_fault(index, fault, offset / page_bytes);
}

void FaultLedger::watched_fault(std::size_t index, const bytepath_fault& fault,
                                std::uint64_t page) {
  FileRecord& record = records_[index];
  record.was_mapped = true;
  const FaultClass fault_class = class_of(fault, index, page);
  record.faults.add(fault_class, fault.duration_ns);
  latencies_[static_cast<std::size_t>(fault_class)].add(fault.duration_ns);
  Thread& thread = threads_[fault.thread];
  thread.fault_ns += fault.duration_ns;
  if (fault.pages_added > 0) {
    thread.last_reading = {.file = index,
                           .page = page,
                           .begin_ns = fault.time_ns,
                           .end_ns = fault.time_ns + fault.duration_ns};
    learn_numbers(thread);
  }
  if (!record.ranges.empty()) {
    record.ranges[range_of_page(record.file.ranges(), page)].faults.add(fault_class,
                                                                        fault.duration_ns);
  }
  curve_.add(fault.time_ns, faulted_[index].insert(page) * page_bytes);
}

void FaultLedger::pages_added(const bytepath_pages_added& added) {
  const trace::FileId id{.device = added.device, .inode = added.inode};
  const std::size_t index = watched_.find(id);
  if (index != WatchedFiles::none) return count_read(index, added);
  if (added.in_fault == 0 || watched_.knows(id)) return;
  Thread& thread = threads_[added.thread];
  if (thread.unknown.size() == most_unknown) return;
  thread.unknown.push_back(added);
  learn_numbers(thread);
}

// What came in before this fault was of an earlier one, which told nothing.
void FaultLedger::forget_before(const bytepath_fault& fault) {
  const auto at = threads_.find(fault.thread);
  if (at == threads_.end() || at->second.unknown.empty()) return;
  std::erase_if(at->second.unknown,
                [&](const auto& added) { return added.time_ns < fault.time_ns; });
}

void FaultLedger::learn_numbers(Thread& thread) {
  const Reading& reading = thread.last_reading;
  const auto the_page = std::ranges::find_if(thread.unknown, [&](const auto& added) {
    return added.time_ns >= reading.begin_ns && added.time_ns <= reading.end_ns &&
           reading.page >= added.first_page && reading.page < added.first_page + added.pages;
  });
  if (the_page == thread.unknown.end()) return;
  const trace::FileId id{.device = the_page->device, .inode = the_page->inode};
  watched_.add_numbers(id, reading.file);
  for (const auto& added : std::exchange(thread.unknown, {})) {
    if (added.device == id.device && added.inode == id.inode) count_read(reading.file, added);
  }
}

void FaultLedger::count_read(std::size_t index, const bytepath_pages_added& added) {
  grow();
  FileRecord& record = records_[index];
  record.pages_read += added.pages;
  if (record.read) record.read->insert(added.first_page, added.pages);
  const auto ranges = record.file.ranges();
  if (ranges.empty()) return;
  // A folio of 2 MiB may span several ranges.
  const std::uint64_t end = added.first_page + added.pages;
  for (std::size_t i = range_of_page(ranges, added.first_page); i < ranges.size(); ++i) {
    const pages::PageRun run = pages_of_range(ranges, i);
    if (run.first >= end) break;
    const std::uint64_t first = std::max(run.first, added.first_page);
    const std::uint64_t last = std::min(run.first + run.count, end);
    if (last > first) record.ranges[i].pages_read += last - first;
  }
}

std::size_t FaultLedger::file_of(const bytepath_call& call, const trace::Mapping* mapping) {
  std::size_t index = WatchedFiles::none;
  if (call.inode != 0) index = watched_.find({.device = call.device, .inode = call.inode});
  if (index == WatchedFiles::none && mapping != nullptr) {
    index = watched_.find(mapping->file, mapping->path, call.process);
  }
  if (index != WatchedFiles::none) grow();
  return index;
}

void FaultLedger::call(const bytepath_call& call, const trace::Mapping* mapping) {
  if (call.call == bytepath_call_munmap || call.call == bytepath_call_mremap) return;
  const std::size_t index = file_of(call, mapping);
  if (index == WatchedFiles::none) return;
  CallTotals& totals = calls_[{index, call_name(call)}];
  ++totals.count;
  totals.ns += call.duration_ns;
  totals.bytes += call.length;
  totals.pages_read += call.pages_added;
}

void FaultLedger::mapping_changed(const trace::MappingChange& change) {
  if (change.kind != trace::MappingChange::Kind::mapped || change.mapping.file.inode == 0) return;
  const std::size_t index = watched_.find(change.mapping.file, change.mapping.path, change.process);
  if (index == WatchedFiles::none) return;
  grow();
  records_[index].was_mapped = true;
}

std::uint64_t FaultLedger::longest_thread_ns() const {
  std::uint64_t longest = 0;
  for (const auto& [id, thread] : threads_) longest = std::max(longest, thread.fault_ns);
  return longest;
}

}  // namespace bytepath::faults
