#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/units.h"
#include "host/cgroup_limits.h"
#include "host/damon.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

// These rows ask whether a file that was read stays in memory until the probe looks again.

Judgement damon(const Situation& situation) {
  if (!has_path(situation, "/sys/kernel")) {
    return {.state = State::unknown,
            .evidence = "no /sys/kernel",
            .remedy = "sudo mount -t sysfs sysfs /sys"};
  }
  std::string evidence;
  bool evicts = false;
  for (const auto& scheme : find_damon_schemes(situation.root)) {
    evidence += fmt::format("{}kdamond {}: {} on {}", evidence.empty() ? "" : "; ", scheme.daemon,
                            scheme.action, scheme.operations);
    evicts = evicts || scheme.evicts();
  }
  if (evidence.empty() && damon_is_hidden(situation.root)) {
    return {.state = State::unknown,
            .evidence = "/sys/kernel/mm/damon is there, but its state is open to root only",
            .remedy = "sudo cat /sys/kernel/mm/damon/admin/kdamonds/*/state"};
  }
  if (evidence.empty()) {
    return {.state = State::available, .evidence = "no running DAMON scheme is visible"};
  }
  if (!evicts) return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy =
              "whoever runs this host started it, so leave it: warm the cache right before "
              "each measurement; on a host of your own: echo off | sudo tee "
              "/sys/kernel/mm/damon/admin/kdamonds/0/state"};
}

Judgement memory_limit(const Situation& situation) {
  if (!situation.has_proc) {
    return {.state = State::unknown, .evidence = "no /proc/self/cgroup", .remedy = "see host.proc"};
  }
  const auto limits = read_cgroup_limits(situation.root);
  if (!limits.memory_bytes) {
    return {.state = State::available, .evidence = "no memory limit of a control group is visible"};
  }
  return {.state = State::degraded,
          .evidence = fmt::format("{}: {}", limits.memory_file, format_size(*limits.memory_bytes)),
          .remedy =
              "measure files well below it, or raise it where the group was made "
              "(systemd: MemoryMax=, containers: --memory)"};
}

Judgement swappiness(const Situation& situation) {
  const auto value = setting(situation, "/proc/sys/vm/swappiness");
  if (!value) return {.state = State::unknown, .evidence = "no /proc/sys/vm/swappiness"};
  const auto swaps = read_line_or(situation.root.at("/proc/swaps"), "");
  const bool has_swap = swaps.find('\n') != std::string::npos;  // one line is the heading
  return {.state = State::available,
          .evidence =
              fmt::format("vm.swappiness = {}, {}", *value, has_swap ? "with swap" : "no swap")};
}

bool has_balloon(const Situation& situation) {
  std::error_code ignored;
  const std::filesystem::directory_iterator devices(
      situation.root.at("/sys/bus/virtio/drivers/virtio_balloon"), ignored);
  for (const auto& entry : devices) {
    if (entry.path().filename().string().starts_with("virtio")) return true;
  }
  return false;
}

// The host takes back what the guest does not use; the next touch faults in the host as well.
Judgement balloon(const Situation& situation) {
  if (!has_balloon(situation)) {
    return {.state = State::available, .evidence = "no virtio balloon device is visible"};
  }
  const auto order =
      setting(situation, "/sys/module/page_reporting/parameters/page_reporting_order");
  return {.state = State::degraded,
          .evidence = order
                          ? fmt::format("virtio balloon; free pages reported from order {}", *order)
                          : "virtio balloon",
          .remedy = "nothing in this guest: touch memory once before timing its first use"};
}

Judgement cache_statistics(const Situation& situation) {
  if (auto common = judge_common(situation, "memory.cachestat", "cap_sys_admin")) return *common;
  return {.state = State::unsupported,
          .evidence = attempt_evidence(situation, "memory.cachestat"),
          .remedy = "boot Linux 6.5 or newer (mincore(2) is used meanwhile)"};
}

constexpr std::array rows = {
    Row{"page-cache.cachestat", "cachestat(2)",
        "fault-probe and chunk-probe: cached and recently evicted pages of a file",
        cache_statistics},
    Row{"page-cache.damon", "page cache that no DAMON daemon takes away",
        "fault-probe and tier-probe: a warm file stays warm", damon},
    Row{"page-cache.memory-limit", "page cache without a memory limit",
        "fault-probe and tier-probe: a warm file stays warm", memory_limit},
    Row{"page-cache.swappiness", "preference of the page cache over swap",
        "fault-probe: what goes first when memory is short", swappiness},
    Row{"page-cache.balloon", "memory that the host does not take back",
        "fault-probe: the first touch of a page costs a fault in the host too", balloon},
};

}  // namespace

std::span<const Row> page_cache_rows() { return rows; }

}  // namespace bytepath::host
