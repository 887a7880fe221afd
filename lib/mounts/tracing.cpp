#include "mounts/tracing.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "base/file.h"
#include "mounts/fuse_daemons.h"
#include "mounts/process_children.h"

namespace bytepath::mounts {
namespace {

// The daemons' children: one may have the content where it answers, and another ask for it.
std::vector<std::uint32_t> helpers_of(const MountStack& stack) {
  std::vector<std::uint32_t> daemons;
  for (const auto& mount : stack) {
    if (!mount.entry.is_fuse()) continue;
    for (const auto& daemon : daemons_of(mount.entry.device, {}).daemons)
      daemons.push_back(daemon.process);
  }
  return daemons.empty() ? daemons : with_children(std::move(daemons), {});
}

}  // namespace

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

trace::MountTracerOptions tracer_options(const RecordOptions& options, const MountStack& stack) {
  trace::MountTracerOptions tracer{.requests = options.levels.requests,
                                   .pages = options.levels.cache,
                                   .sockets = options.levels.upstream,
                                   .daemons = options.daemons,
                                   .ring_bytes = options.ring_bytes};
  for (const auto& mount : stack) tracer.devices.push_back(mount.entry.device);
  if (options.levels.upstream)
    std::ranges::copy(helpers_of(stack), std::back_inserter(tracer.daemons));
  return tracer;
}

// The daemon of a FUSE mount is known once it has answered.
void ask_daemons(const MountStack& stack) {
  for (const auto& mount : stack) {
    struct statvfs status{};
    if (mount.entry.is_fuse()) static_cast<void>(::statvfs(mount.entry.path.c_str(), &status));
  }
}

bool is_mounted(const host::MountEntry& entry) {
  const auto text = read_file("/proc/self/mountinfo");
  if (!text) return true;
  return std::ranges::any_of(host::mounts_from_text(*text), [&](const host::MountEntry& each) {
    return each.device == entry.device && each.path == entry.path;
  });
}

Losses losses_of(const trace::MountTracerLosses& lost) {
  return {.requests = lost.requests,
          .accesses = lost.accesses,
          .stalls = lost.stalls,
          .transfers = lost.transfers + lost.strange,
          .files = lost.files,
          .heat = lost.heat,
          .unmatched = lost.unmatched};
}

}  // namespace bytepath::mounts
