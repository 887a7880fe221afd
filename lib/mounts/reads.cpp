#include "mounts/reads.h"

#include <algorithm>
#include <bit>
#include <set>

#include "mounts/mount_choice.h"

namespace bytepath::mounts {
namespace {

// Offsets are loff_t, and 4 GiB is above any request.
constexpr std::uint64_t highest_offset = INT64_MAX - UINT32_MAX;
constexpr std::uint64_t highest_page = highest_offset / page_bytes;
constexpr std::uint64_t highest_chunk = highest_offset / heat_bytes;

bool is_wanted(const Access& access, const ReadChoice& choice) {
  return choice.everyone || (access.flags & by_target) != 0;
}

std::unexpected<Error> nothing_read(std::string_view name, const char* what, bool others) {
  return fail(ErrorKind::usage, fmt::format("{}: the target made no {}", name, what),
              others ? "--all takes those of others" : "was the mount cold when it was recorded?");
}

// The mounts whose depth is least.
std::set<std::uint64_t> topmost(const MountTrace& trace, const std::set<std::uint64_t>& devices) {
  std::set<std::uint64_t> top;
  std::uint32_t least = UINT32_MAX;
  for (const Mount& mount : trace.mounts) {
    if (!devices.contains(mount.device) || mount.depth > least) continue;
    if (mount.depth < least) top.clear();
    least = mount.depth;
    top.insert(mount.device);
  }
  return top.empty() ? devices : top;
}

ByteRange pages_range(std::uint64_t page, std::uint64_t pages, const File* file) {
  ByteRange range{.first = page * page_bytes, .end = (page + pages) * page_bytes};
  // The last page is not all of it the file's.
  if (file != nullptr && file->bytes != 0) range.end = std::min(range.end, file->bytes);
  return range;
}

void add_heat(const Heat& heat, const File* file, std::vector<Touch>& touches) {
  for (std::uint64_t half = 0; half < heat.touched.size(); ++half) {
    std::uint64_t bits = heat.touched[half] | heat.mapped[half];
    std::uint64_t page = heat.chunk * heat_pages + half * 64;
    while (bits != 0) {
      const auto skipped = static_cast<unsigned>(std::countr_zero(bits));
      bits >>= skipped;
      page += skipped;
      const auto run = static_cast<unsigned>(std::countr_one(bits));
      const ByteRange range = pages_range(page, run, file);
      if (range.first < range.end) {
        touches.push_back({.file = {.device = heat.device, .inode = heat.inode},
                           .range = range,
                           .time_ns = heat.first_ns});
      }
      bits = run == 64 ? 0 : bits >> run;
      page += run;
    }
  }
}

void add_accesses(const MountTrace& trace, const ReadChoice& choice, const FileTable& files,
                  Touches& all) {
  for (const Access& access : trace.accesses) {
    if (access.device != all.device || !is_wanted(access, choice)) continue;
    const FileId id{.device = access.device, .inode = access.inode};
    if (access.page > highest_page) {
      ++all.impossible;
      continue;
    }
    const ByteRange range = pages_range(access.page, access.pages, files.find(id));
    if (range.first < range.end) {
      all.touches.push_back(
          {.file = id, .range = range, .time_ns = access.time_ns, .waited = true});
    }
  }
  for (const Heat& heat : trace.heat) {
    // Without a first access of the target its bits are nobody's.
    if (heat.device != all.device || heat.first_ns == 0) continue;
    if (heat.chunk > highest_chunk) {
      ++all.impossible;
      continue;
    }
    add_heat(heat, files.find(FileId{.device = heat.device, .inode = heat.inode}), all.touches);
  }
  std::ranges::stable_sort(all.touches, {}, &Touch::time_ns);
}

// All that may be chosen from, by the time they were sent.
Reads wanted_reads(const MountTrace& trace, const ReadChoice& choice) {
  Reads reads;
  for (const Request& request : trace.requests) {
    if (request.opcode != read_opcode) continue;
    if (!choice.everyone && (request.flags & Request::target) == 0) {
      ++reads.others;
    } else if (request.offset > highest_offset) {
      ++reads.impossible;
    } else {
      reads.requests.push_back(&request);
    }
  }
  std::ranges::stable_sort(reads.requests, {}, &Request::begin_ns);
  return reads;
}

std::set<std::uint64_t> devices_of(const Reads& reads) {
  std::set<std::uint64_t> devices;
  for (const Request* request : reads.requests) devices.insert(request->device);
  return devices;
}

void keep_device(Reads& reads, std::uint64_t device) {
  std::erase_if(reads.requests, [&](const Request* request) { return request->device != device; });
}

}  // namespace

ByteRange range_of(const Request& request) {
  return {.first = request.offset,
          .end = request.offset + (request.error == 0 ? request.replied : 0)};
}

Result<Reads> reads_of(const MountTrace& trace, const ReadChoice& choice, bool several,
                       std::string_view name) {
  Reads reads = wanted_reads(trace, choice);
  const auto devices = devices_of(reads);
  if (devices.empty()) return nothing_read(name, "request to read", reads.others > 0);
  if (several && choice.mount.empty()) return reads;
  BYTEPATH_TRY(device, choose_mount(trace, devices, choice.mount, "a request to read", name));
  keep_device(reads, device);
  return reads;
}

std::vector<Touch> touches_of(const Reads& reads, const FileTable& files) {
  std::vector<Touch> touches;
  touches.reserve(reads.requests.size());
  for (const Request* request : reads.requests) {
    const ByteRange range = range_of(*request);
    if (range.first == range.end) continue;
    touches.push_back({.file = files.id_of(*request),
                       .range = range,
                       .time_ns = request->begin_ns,
                       .waited = true});
  }
  return touches;
}

Result<Touches> touches_of(const MountTrace& trace, const ReadChoice& choice,
                           std::string_view name) {
  Reads reads = wanted_reads(trace, choice);
  const auto asked = devices_of(reads);
  auto used = asked;
  bool others = reads.others > 0;
  for (const Access& access : trace.accesses) {
    if (is_wanted(access, choice)) {
      used.insert(access.device);
    } else {
      others = true;
    }
  }
  for (const Heat& heat : trace.heat) {
    if (heat.first_ns != 0) used.insert(heat.device);
  }
  if (used.empty()) return nothing_read(name, "access to a file", others);
  const auto candidates = choice.mount.empty() ? topmost(trace, used) : used;
  BYTEPATH_TRY(device, choose_mount(trace, candidates, choice.mount, "an access to a file", name));
  Touches all{.touches = {}, .device = device, .by_requests = asked.contains(device)};
  const FileTable files(trace);
  if (all.by_requests) {
    keep_device(reads, device);
    all.touches = touches_of(reads, files);
    all.impossible = reads.impossible;
  } else {
    add_accesses(trace, choice, files, all);
  }
  return all;
}

}  // namespace bytepath::mounts
