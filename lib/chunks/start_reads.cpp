#include "chunks/start_reads.h"

#include <algorithm>
#include <map>
#include <set>

#include "simulation/object_numbers.h"

namespace bytepath::chunks {
namespace {

using mounts::File;
using mounts::FileId;
using mounts::Mount;
using mounts::MountTrace;
using mounts::Request;

constexpr std::uint32_t fuse_read = 15;  // FUSE_READ of linux/fuse.h
// A READ is at most 65535 pages (fs.fuse.max_pages_limit): what claims more is damaged.
constexpr std::uint64_t most_read_bytes = 65535 * mounts::page_bytes;

bool is_answered_read(const Request& request) {
  return request.opcode == fuse_read && request.error == 0 && request.size > 0;
}

bool is_fuse(const Mount& mount) { return mount.type.starts_with("fuse"); }

// Mixes the text's bytes in: FNV-1a, then finished well.
std::uint64_t mixed(std::uint64_t state, std::string_view text) {
  for (const char letter : text) {
    state = (state ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  }
  return simulation::ObjectNumbers::hash(state);
}

// A device's number is another one after each mount, so a file that has a path is known by what is
// mounted, its path and its size.
std::uint64_t name_of(const Mount* mount, const File& file) {
  constexpr std::uint64_t begin = 0xcbf29ce484222325U;
  if (file.path.empty() || mount == nullptr) {
    return mixed(begin ^ file.id.device, fmt::format("{}", file.id.inode));
  }
  return mixed(mixed(begin ^ file.bytes, mount->type + mount->source), file.path);
}

class Collector {
 public:
  Collector(const MountTrace& trace, const std::string& name) : trace_(trace) {
    start_.trace = name;
  }

  Result<StartReads> collect() {
    choose_devices();
    add_files();
    add_reads();
    if (start_.reads.empty()) {
      return fail(ErrorKind::usage,
                  fmt::format("{} has no READ request to a FUSE mount", start_.trace),
                  "record the start with the level fuse, of a mount whose pages are not cached");
    }
    finish_sizes();
    mark_waited();
    sum_up();
    return std::move(start_);
  }

 private:
  // Those of the FUSE mounts with READs that lie deepest; without any, as of a trace of which the
  // mounts are lost, all that have READs.
  void choose_devices() {
    std::set<std::uint64_t> read;
    for (const auto& request : trace_.requests) {
      if (is_answered_read(request)) read.insert(request.device);
    }
    std::uint32_t deepest = 0;
    for (const auto& mount : trace_.mounts) {
      if (is_fuse(mount) && read.contains(mount.device)) deepest = std::max(deepest, mount.depth);
    }
    for (const auto& mount : trace_.mounts) {
      if (!is_fuse(mount) || !read.contains(mount.device) || mount.depth != deepest) continue;
      if (!layers_.emplace(mount.device, start_.layer_bytes.size()).second) continue;
      mounts_.emplace(mount.device, &mount);
      start_.layer_bytes.push_back(mount.bytes);
    }
    if (!layers_.empty()) return;
    for (const std::uint64_t device : read) {
      layers_.emplace(device, start_.layer_bytes.size());
      start_.layer_bytes.push_back(0);
    }
  }

  std::uint32_t add_file(const File& file) {
    const auto [place, is_new] =
        files_.emplace(file.id, static_cast<std::uint32_t>(start_.files.size()));
    if (!is_new) return place->second;
    const auto mount = mounts_.find(file.id.device);
    start_.files.push_back({.name = name_of(mount == mounts_.end() ? nullptr : mount->second, file),
                            .bytes = file.bytes,
                            .size_known = file.bytes > 0,
                            .layer = static_cast<std::uint32_t>(layers_.at(file.id.device)),
                            .path = file.path});
    return place->second;
  }

  void add_files() {
    for (const auto& file : trace_.files) {
      if (!layers_.contains(file.id.device)) continue;
      add_file(file);
      if (file.node != 0) nodes_.emplace(FileId{file.id.device, file.node}, file);
    }
  }

  // A request of which the inode is not known has the daemon's number of the file.
  std::uint32_t file_of(const Request& request) {
    if (request.inode == 0) {
      const auto known = nodes_.find({request.device, request.node});
      if (known != nodes_.end()) return add_file(known->second);
    }
    const std::uint64_t inode = request.inode != 0 ? request.inode : request.node;
    return add_file({.id = {request.device, inode}, .path = {}});
  }

  void add_reads() {
    for (const auto& request : trace_.requests) {
      if (!is_answered_read(request) || !layers_.contains(request.device)) continue;
      const std::uint32_t number = file_of(request);
      StartFile& file = start_.files[number];
      std::uint64_t bytes = std::min<std::uint64_t>(request.size, most_read_bytes);
      if (file.size_known) {
        bytes = request.offset < file.bytes ? std::min(bytes, file.bytes - request.offset) : 0;
      } else {
        // It may end within the request; where nothing came it does not reach there.
        bytes = std::min<std::uint64_t>(bytes, request.replied);
        if (request.offset > UINT64_MAX / 2) bytes = 0;
      }
      if (bytes == 0) continue;
      if (!file.size_known) file.bytes = std::max(file.bytes, request.offset + bytes);
      const std::uint64_t begin = since_begin(request.begin_ns);
      start_.reads.push_back({.file = number,
                              .offset = request.offset,
                              .bytes = bytes,
                              .begin_ns = begin,
                              .end_ns = std::max(begin + 1, since_begin(request.end_ns)),
                              .waited = (request.flags & Request::background) == 0});
    }
    std::ranges::stable_sort(start_.reads, {}, &StartRead::begin_ns);
  }

  std::uint64_t since_begin(std::uint64_t time) const {
    return time < trace_.begin_ns ? 0 : time - trace_.begin_ns;
  }

  // A mount with one file is that file's.
  void finish_sizes() {
    std::vector<std::uint32_t> count(start_.layer_bytes.size());
    for (const auto& file : start_.files) ++count[file.layer];
    for (auto& file : start_.files) {
      const std::uint64_t bytes = start_.layer_bytes[file.layer];
      if (file.size_known || count[file.layer] != 1 || bytes < file.bytes) continue;
      file.bytes = bytes;
      file.size_known = true;
    }
  }

  void mark_waited() {
    if (trace_.stalls.empty()) {
      for (auto& read : start_.reads) read.waited = true;
      return;
    }
    std::vector<std::pair<std::uint64_t, std::size_t>> ends;
    ends.reserve(start_.reads.size());
    for (std::size_t i = 0; i < start_.reads.size(); ++i) {
      ends.emplace_back(start_.reads[i].end_ns, i);
    }
    std::ranges::sort(ends);
    for (const auto& stall : trace_.stalls) {
      const auto after =
          std::ranges::upper_bound(ends, std::pair(since_begin(stall.end_ns), SIZE_MAX));
      if (after == ends.begin()) continue;
      const auto last = std::prev(after);
      if (last->first > since_begin(stall.begin_ns)) start_.reads[last->second].waited = true;
    }
  }

  void sum_up() {
    const std::uint64_t recorded = since_begin(trace_.end_ns);
    std::uint64_t reached = 0;
    for (const auto& read : start_.reads) {
      start_.read_bytes += read.bytes;
      start_.duration_ns = std::max(start_.duration_ns, read.end_ns);
      if (!read.waited) continue;
      if (read.end_ns > reached) start_.stall_ns += read.end_ns - std::max(reached, read.begin_ns);
      reached = std::max(reached, read.end_ns);
    }
    start_.duration_ns = std::max(start_.duration_ns, recorded);
    start_.unique_bytes = unique_bytes();
    std::map<std::uint32_t, std::uint64_t> stalled;
    for (const auto& stall : trace_.stalls) {
      if ((stall.flags & mounts::by_target) == 0 || stall.end_ns < stall.begin_ns) continue;
      auto& thread = stalled[stall.thread];
      thread += stall.end_ns - stall.begin_ns;
      start_.longest_stalled_thread_ns = std::max(start_.longest_stalled_thread_ns, thread);
    }
  }

  std::uint64_t unique_bytes() const {
    std::vector<std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>> ranges;
    ranges.reserve(start_.reads.size());
    for (const auto& read : start_.reads) {
      ranges.emplace_back(read.file, read.offset, read.offset + read.bytes);
    }
    std::ranges::sort(ranges);
    std::uint64_t bytes = 0;
    std::uint64_t reached = 0;
    std::uint32_t file = UINT32_MAX;
    for (const auto& [of, begin, end] : ranges) {
      if (of != file) reached = 0;
      file = of;
      if (end > reached) bytes += end - std::max(reached, begin);
      reached = std::max(reached, end);
    }
    return bytes;
  }

  const MountTrace& trace_;
  StartReads start_;
  std::map<std::uint64_t, std::size_t> layers_;  // by device
  std::map<std::uint64_t, const Mount*> mounts_;
  std::map<FileId, std::uint32_t> files_;
  std::map<FileId, File> nodes_;  // by the daemon's number
};

}  // namespace

std::vector<double> read_latencies(const StartReads& start) {
  std::vector<double> latencies;
  latencies.reserve(start.reads.size());
  for (const auto& read : start.reads) {
    latencies.push_back(static_cast<double>(read.end_ns - read.begin_ns));
  }
  return latencies;
}

Result<StartReads> start_reads(const MountTrace& trace, const std::string& name) {
  return Collector(trace, name).collect();
}

}  // namespace bytepath::chunks
