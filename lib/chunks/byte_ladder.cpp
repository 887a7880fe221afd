#include "chunks/byte_ladder.h"

#include <algorithm>
#include <map>

#include "chunks/exchanges.h"
#include "chunks/page_accesses.h"
#include "mounts/mount_choice.h"
#include "mounts/reads.h"

namespace bytepath::chunks {
namespace {

struct ReadBytes {
  std::uint64_t all = 0;
  std::map<std::uint64_t, mounts::ByteRanges> by_file;
};

std::map<std::uint64_t, ReadBytes> read_bytes(const mounts::MountTrace& trace) {
  const mounts::FileTable files(trace);
  std::map<std::uint64_t, ReadBytes> devices;
  for (const auto& request : trace.requests) {
    if (request.opcode != mounts::read_opcode || request.error != 0) continue;
    ReadBytes& bytes = devices[request.device];
    bytes.all += request.replied;
    if (request.offset > UINT64_MAX - request.replied) continue;
    bytes.by_file[files.id_of(request).inode].insert(mounts::range_of(request));
  }
  return devices;
}

std::vector<const mounts::Mount*> by_depth(const mounts::MountTrace& trace) {
  std::vector<const mounts::Mount*> mounts;
  mounts.reserve(trace.mounts.size());
  for (const auto& mount : trace.mounts) mounts.push_back(&mount);
  std::ranges::stable_sort(mounts, {}, &mounts::Mount::depth);
  return mounts;
}

}  // namespace

std::vector<LadderStep> byte_ladder(const mounts::MountTrace& trace) {
  std::vector<LadderStep> steps;
  const auto pages = page_bytes_of(trace);
  const auto reads = read_bytes(trace);
  bool touched = false;  // the program's own is that of the first mount
  for (const auto* mount : by_depth(trace)) {
    const std::string where = mounts::mount_name(trace, mount->device);
    const auto page = pages.find(mount->device);
    if (page != pages.end() && trace.has_level("cache")) {
      if (!touched) {
        steps.push_back({.name = "touched", .where = where, .bytes = page->second.touched});
        steps.push_back({.name = "mapped", .where = where, .bytes = page->second.mapped});
        touched = true;
      }
      steps.push_back({.name = "cached", .where = where, .bytes = page->second.cached});
    }
    const auto read = reads.find(mount->device);
    if (read == reads.end()) continue;
    std::uint64_t unique = 0;
    for (const auto& [inode, ranges] : read->second.by_file) unique += ranges.bytes();
    steps.push_back({.name = "read",
                     .where = where,
                     .bytes = read->second.all,
                     .unique = unique < read->second.all ? std::optional(unique) : std::nullopt});
  }
  if (trace.has_level("upstream") && !trace.transfers.empty()) {
    std::uint64_t received = 0;
    for (const auto& exchange : exchanges_of(trace)) received += exchange.received;
    steps.push_back({.name = "fetched", .where = "upstream", .bytes = received});
  }
  if (!trace.mounts.empty()) {
    const std::uint64_t image = by_depth(trace).front()->bytes;
    steps.push_back({.name = "image",
                     .where = mounts::mount_name(trace, by_depth(trace).front()->device),
                     .bytes = image > 0 ? std::optional(image) : std::nullopt});
  }
  return steps;
}

}  // namespace bytepath::chunks
