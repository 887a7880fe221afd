#include "faults/heat_reader.h"

#include <fcntl.h>

#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
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
  BYTEPATH_TRY(text, read_file(fmt::format("/proc/{}/maps", process_)));
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
  Mapped mapped;
  for (const auto& mapping : all) {
    const std::size_t file =
        files_.find(mapping.file, mapping.path, static_cast<std::uint32_t>(process_));
    if (file == WatchedFiles::none) continue;
    auto& heat = found[file];
    auto& now = mapped[file];
    const std::uint64_t size = pages_of_file(files_.files()[file], mapping);
    make_room(now, size);
    make_room(heat.touched, size);
    heat.file = file;
    if (auto walked = walk(mapping, heat, now, mapped_[file]); !walked)
      return std::unexpected(std::move(walked).error());
  }
  for (auto& [file, heat] : found) {
    heat.present = mapped[file].count();
    heat.touched_bytes = heat.touched.count() * pages::page_bytes;
  }
  mapped_ = std::move(mapped);
  return found;
}

Result<> HeatReader::walk(const trace::Mapping& mapping, FileHeat& heat, pages::PageSet& mapped,
                          const pages::PageSet& mapped_before) {
  const std::uint64_t first = mapping.file_offset / pages::page_bytes;
  BYTEPATH_TRY(
      counts, walker_->walk(process_, mapping.start, mapping.end, [&](const trace::MappedRun& run) {
        const std::uint64_t page = first + run.first;
        mapped.insert(page, run.count);
        if (run.accessed) {
          const auto before = mapped_before.count(page, run.count);
          heat.touched.insert(page, run.count);
          heat.fresh += run.count - before;
        }
      }));
  heat.huge += counts.huge;
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
