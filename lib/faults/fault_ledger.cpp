#include "faults/fault_ledger.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

namespace bytepath::faults {

using pages::page_bytes;

namespace {

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
  return find(*mapping, fault.process);
}

std::size_t FaultLedger::find(const trace::Mapping& mapping, std::uint32_t process) {
  const std::size_t index = watched_.find(mapping, process);
  if (index == WatchedFiles::none) return index;
  grow();
  if (!pending_.empty()) catch_up(mapping.file, index);
  return index;
}

// What was told of the file before it was known.
void FaultLedger::catch_up(const trace::FileId& file, std::size_t index) {
  const auto events = pending_.take(file);
  for (const auto& added : events.pages) count_read(index, added);
  for (const auto& call : events.calls) count_call(index, call);
}

FaultClass FaultLedger::class_of(const bytepath_fault& fault, std::size_t file,
                                 std::uint64_t page) const {
  PageBefore before = PageBefore::unknown;
  const auto& cached = cached_before_[file];
  const auto& read = records_[file].read;
  if (read && read->contains(page)) {
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
  if (mapping == nullptr) {
    count(unknown_, fault);
  } else if (mapping->file.inode == 0) {
    count(anonymous_, fault);
  } else if (index == WatchedFiles::none) {
    count(other_files_, fault);
  } else {
    const std::uint64_t offset = mapping->file_offset + (fault.address - mapping->start);
    watched_fault(index, fault, offset / page_bytes);
  }
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
  if (fault.pages_added > 0 && record.pages_read == 0) {
    thread.reading = {.file = index,
                      .thread = fault.thread,
                      .page = page,
                      .begin_ns = fault.time_ns,
                      .end_ns = fault.time_ns + fault.duration_ns};
    learn_numbers(thread.reading);
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
  if (index != WatchedFiles::none) count_read(index, added);
  if (watched_.knows(id)) return;
  pending_.add(id, added);
  for (const auto& [number, thread] : threads_) {
    if (is_within(thread.reading, added)) learn_numbers(thread.reading);
  }
}

void FaultLedger::learn_numbers(const PendingEvents::Reading& reading) {
  const auto file = pending_.file_of(reading);
  if (!file) return;
  watched_.add_numbers(*file, reading.file);
  catch_up(*file, reading.file);
}

void FaultLedger::count_read(std::size_t index, const bytepath_pages_added& added) {
  grow();
  FileRecord& record = records_[index];
  if (added.written != 0) {
    // It came from the program, not from the disk, and is as good as cached for who maps it later.
    auto& cached = cached_before_[index];
    if (cached) cached->insert(added.first_page, added.pages);
    return;
  }
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
  if (index == WatchedFiles::none && mapping != nullptr) return find(*mapping, call.process);
  if (index != WatchedFiles::none) grow();
  return index;
}

void FaultLedger::call(const bytepath_call& call, const trace::Mapping* mapping) {
  if (call.call == bytepath_call_munmap || call.call == bytepath_call_mremap) return;
  const std::size_t index = file_of(call, mapping);
  const trace::FileId id{.device = call.device, .inode = call.inode};
  if (index != WatchedFiles::none) {
    count_call(index, call);
  } else if (id.inode != 0 && !watched_.knows(id)) {
    pending_.add(id, call);
  }
}

void FaultLedger::count_call(std::size_t index, const bytepath_call& call) {
  const std::uint64_t size = records_[index].file.size;
  // posix_fadvise(2): a length of 0 means up to the end of the file.
  const bool to_the_end = call.call == bytepath_call_fadvise && call.length == 0;
  CallTotals& totals = calls_[{index, call_name(call)}];
  ++totals.count;
  totals.ns += call.duration_ns;
  totals.bytes += to_the_end ? size - std::min(size, call.offset) : call.length;
  totals.pages_read += call.pages_added;
}

void FaultLedger::mapping_changed(const trace::MappingChange& change) {
  if (change.kind != trace::MappingChange::Kind::mapped || change.mapping.file.inode == 0) return;
  const std::size_t index = find(change.mapping, change.process);
  if (index != WatchedFiles::none) records_[index].was_mapped = true;
}

std::uint64_t FaultLedger::longest_thread_ns() const {
  std::uint64_t longest = 0;
  for (const auto& [id, thread] : threads_) longest = std::max(longest, thread.fault_ns);
  return longest;
}

}  // namespace bytepath::faults
