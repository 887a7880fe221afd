#include "faults/process_looks.h"

#include "base/file.h"
#include "pages/process_pages.h"

namespace bytepath::faults {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds interval{1};
constexpr int share_of_time = 20;

}  // namespace

void ProcessLooks::look_if_due() {
  const auto begin = Clock::now();
  if (begin < next_) return;
  look();
  const auto took = Clock::now() - begin;
  next_ = std::max(begin + interval, begin + share_of_time * took);
}

void ProcessLooks::look() {
  std::erase_if(processes_, [&](std::uint32_t process) { return !look_at(process); });
}

bool ProcessLooks::look_at(std::uint32_t process) {
  const auto maps = read_file(fmt::format("/proc/{}/maps", process));
  const auto table = pages::PageTable::open(static_cast<pid_t>(process));
  if (!maps || maps->empty() || !table) return false;
  trace::MappingTable mappings;
  mappings.add_process(process, *maps);
  for (const auto& [start, mapping] : *mappings.of_process(process)) {
    const std::size_t index = watched_.find(mapping, process);
    if (index == WatchedFiles::none) continue;
    auto& record = ledger_.record(index);
    record.was_mapped = true;
    if (!record.mapped) record.mapped.emplace(pages::pages_of(record.file.size));
    const std::uint64_t first_page = mapping.file_offset / pages::page_bytes;
    const auto read =
        table->mapped(mapping.start, mapping.end, [&](std::uint64_t first, std::uint64_t count) {
          record.mapped->insert(first_page + first, count);
        });
    if (!read) return false;
  }
  return true;
}

}  // namespace bytepath::faults
