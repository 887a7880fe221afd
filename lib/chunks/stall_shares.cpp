#include "chunks/stall_shares.h"

#include <algorithm>

#include "mounts/reads.h"

namespace bytepath::chunks {
namespace {

using mounts::Stall;

// A request to read that no access of the mount itself asked for is of the mount above it: what it
// has to know of its image (folders, inodes) before it can serve anything.
bool is_data(const Stall& stall, const mounts::MountTrace& trace) {
  if (stall.cause != Stall::request) return true;
  if (stall.opcode != mounts::read_opcode) return false;
  return std::ranges::any_of(trace.mounts, [&](const mounts::Mount& mount) {
    return mount.depth == 0 && mount.device == stall.device;
  });
}

}  // namespace

StallShares stall_shares(const mounts::MountTrace& trace) {
  StallShares shares;
  shares.wall_ns = trace.end_ns - std::min(trace.begin_ns, trace.end_ns);
  std::map<std::uint32_t, std::vector<const Stall*>> by_thread;
  for (const auto& stall : trace.stalls) {
    if ((stall.flags & mounts::by_target) != 0 && stall.end_ns > stall.begin_ns)
      by_thread[stall.thread].push_back(&stall);
  }
  std::map<mounts::FileId, StallShares::File> files;
  for (auto& [thread, stalls] : by_thread) {
    std::ranges::sort(stalls, {}, &Stall::begin_ns);
    std::uint64_t seen_ns = 0;
    std::uint64_t all = 0;
    std::uint64_t data = 0;
    for (const auto* stall : stalls) {
      const std::uint64_t begin = std::max(stall->begin_ns, seen_ns);
      if (stall->end_ns <= begin) continue;
      const std::uint64_t ns = stall->end_ns - begin;
      seen_ns = stall->end_ns;
      all += ns;
      ++shares.stalls;
      shares.by_process[stall->process] += ns;
      if (stall->cause == Stall::request) shares.by_opcode[stall->opcode] += ns;
      if (!is_data(*stall, trace)) continue;
      data += ns;
      auto& file = files[{stall->device, stall->inode}];
      file.id = {stall->device, stall->inode};
      file.ns += ns;
      ++file.stalls;
    }
    shares.all_ns += all;
    shares.data_ns += data;
    if (all > shares.longest_ns) {
      shares.longest_ns = all;
      shares.longest_thread = thread;
      shares.longest_data_ns = data;
    }
  }
  shares.metadata_ns = shares.all_ns - shares.data_ns;
  for (const auto& [id, file] : files) shares.files.push_back(file);
  std::ranges::stable_sort(shares.files, std::ranges::greater(), &StallShares::File::ns);
  return shares;
}

}  // namespace bytepath::chunks
