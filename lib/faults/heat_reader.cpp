#include "faults/heat_reader.h"

#include <fcntl.h>

#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/process_error.h"
#include "pages/process_pages.h"

namespace bytepath::faults {
namespace {

// How many pages a file has; of one whose size is not known what a mapping shows of it.
std::uint64_t pages_of_file(const WatchedFile& file, const trace::Mapping& mapping) {
  if (file.size > 0) return pages::pages_of(file.size);
  return pages::pages_of(mapping.file_offset + (mapping.end - mapping.start));
}

void make_room(pages::PageSet& set, std::uint64_t pages) {
  if (set.size() >= pages) return;
  pages::PageSet larger(pages);
  larger.insert(set);
  set = std::move(larger);
}

}  // namespace

void add_run(const trace::MappedRun& run, std::uint64_t first_page, SeenPages& seen,
             FileHeat& heat) {
  const std::uint64_t page = first_page + run.first;
  seen.mapped.insert(page, run.count);
  if (run.huge) seen.huge.insert(page, run.count);
  if (run.accessed) heat.touched.insert(page, run.count);
}

void sum_up(FileHeat& heat, const SeenPages& seen, const pages::PageSet& before,
            std::uint64_t file_bytes) {
  const auto& touched = heat.touched;
  heat.present = seen.mapped.count();
  heat.huge = seen.huge.count();
  pages::PageSet known(touched.size());
  known.insert(before);
  heat.fresh = known.insert(touched);
  heat.touched_bytes = touched.count() * pages::page_bytes;
  heat.fresh_bytes = heat.fresh * pages::page_bytes;
  const std::uint64_t beyond =
      file_bytes % pages::page_bytes == 0 ? 0 : pages::page_bytes - file_bytes % pages::page_bytes;
  const std::uint64_t last_page = file_bytes / pages::page_bytes;
  if (beyond == 0 || !touched.contains(last_page)) return;
  heat.touched_bytes -= beyond;
  if (!before.contains(last_page)) heat.fresh_bytes -= beyond;
}

Result<> clear_accessed(pid_t process) {
  if (auto cleared = pages::clear_referenced(process); !cleared) return cleared;
  const std::string path = fmt::format("/proc/{}/clear_refs", process);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, "cannot open {}", path);
  return write_all(file.get(), "4", path);
}

HeatReader::HeatReader(pid_t process, bool totals_only, WatchedFiles& files)
    : process_(process), files_(files) {
  if (totals_only) {
    no_accessed_bits_ = Error{.kind = ErrorKind::unsupported, .message = "totals were asked for"};
    return;
  }
  auto walker = trace::PageTableWalker::open();
  if (walker) {
    walker_ = *std::move(walker);
  } else {
    no_accessed_bits_ = std::move(walker).error();
  }
}

Result<std::vector<trace::Mapping>> HeatReader::mappings() const {
  const auto maps = read_file(fmt::format("/proc/{}/maps", process_));
  if (!maps) return process_error(process_, maps.error());
  const std::string& text = *maps;
  return trace::parse_maps(text);
}

Result<std::vector<FileHeat>> HeatReader::read() {
  Result<ByFile> found = ByFile{};
  if (walker_) {
    found = accessed_pages();
    if (!found && found.error().kind == ErrorKind::unsupported) {
      no_accessed_bits_ = std::move(found).error();
      walker_.reset();
    }
  }
  if (!walker_) found = totals();
  if (!found) return std::unexpected(std::move(found).error());
  std::vector<FileHeat> heats;
  for (auto& [file, heat] : *found) heats.push_back(std::move(heat));
  return heats;
}

Result<HeatReader::ByFile> HeatReader::accessed_pages() {
  BYTEPATH_TRY(all, mappings());
  ByFile found;
  Seen seen;
  for (const auto& mapping : all) {
    const std::size_t file =
        files_.find(mapping.file, mapping.path, static_cast<std::uint32_t>(process_));
    if (file == WatchedFiles::none) continue;
    auto& heat = found[file];
    auto& now = seen[file];
    const std::uint64_t size = pages_of_file(files_.files()[file], mapping);
    make_room(now.mapped, size);
    make_room(now.huge, size);
    make_room(heat.touched, size);
    heat.file = file;
    if (auto walked = walk(mapping, heat, now); !walked)
      return std::unexpected(std::move(walked).error());
  }
  for (auto& [file, heat] : found)
    sum_up(heat, seen[file], seen_[file].mapped, files_.files()[file].size);
  seen_ = std::move(seen);
  return found;
}

Result<> HeatReader::walk(const trace::Mapping& mapping, FileHeat& heat, SeenPages& seen) {
  const std::uint64_t first = mapping.file_offset / pages::page_bytes;
  BYTEPATH_TRY(
      counts, walker_->walk(process_, mapping.start, mapping.end,
                            [&](const trace::MappedRun& run) { add_run(run, first, seen, heat); }));
  heat.unreadable += counts.unreadable;
  return {};
}

Result<HeatReader::ByFile> HeatReader::totals() {
  BYTEPATH_TRY(all, mappings());
  BYTEPATH_TRY(uses, pages::mapping_use(process_));
  std::map<std::uint64_t, const trace::Mapping*> by_start;
  for (const auto& mapping : all) by_start[mapping.start] = &mapping;
  ByFile found;
  for (const auto& use : uses) {
    // A mapping that is not in both texts came or went between them.
    const auto mapping = by_start.find(use.start);
    if (mapping == by_start.end()) continue;
    const std::size_t file = files_.find(mapping->second->file, mapping->second->path,
                                         static_cast<std::uint32_t>(process_));
    if (file == WatchedFiles::none) continue;
    auto& heat = found[file];
    heat.file = file;
    heat.touched_bytes += use.referenced;
    heat.present += use.resident / pages::page_bytes;
    heat.huge += use.huge_mapped / pages::page_bytes;
  }
  return found;
}

}  // namespace bytepath::faults
