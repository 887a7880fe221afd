#include "chunks/live_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "chunks/page_accesses.h"
#include "chunks/stall_shares.h"
#include "mounts/reads.h"
#include "stats/histogram.h"

namespace bytepath::chunks {
namespace {

constexpr double ns_per_second = 1e9;

std::string rate(std::uint64_t count, double seconds) {
  return format_number(seconds > 0 ? static_cast<double>(count) / seconds : 0);
}

std::string byte_rate(std::uint64_t bytes, double seconds) {
  return format_quantity(static_cast<double>(bytes) / seconds, "B");
}

std::string latency(double nanoseconds) {
  return nanoseconds > 0 ? format_duration(nanoseconds) : "-";
}

}  // namespace

LiveFigures live_figures(const mounts::MountTrace& interval) {
  LiveFigures figures;
  figures.seconds =
      static_cast<double>(interval.end_ns - std::min(interval.begin_ns, interval.end_ns)) /
      ns_per_second;
  stats::Histogram latencies;
  for (const auto& request : interval.requests) {
    figures.errors += request.error != 0 ? 1 : 0;
    if (request.opcode != mounts::read_opcode) {
      ++figures.other_requests;
      continue;
    }
    ++figures.reads;
    figures.read_bytes += request.error == 0 ? request.replied : 0;
    latencies.add(request.end_ns - std::min(request.begin_ns, request.end_ns));
  }
  figures.read_p50_ns = latencies.quantile(0.5);
  figures.read_most_ns = static_cast<double>(latencies.max());
  const auto accesses = page_accesses(interval);
  for (const auto& mount : interval.mounts) {
    const auto at = accesses.find(mount.device);
    if (at == accesses.end()) continue;
    figures.pages = at->second.accessed;
    figures.missed = at->second.missed();
    break;
  }
  figures.stall_ns = static_cast<double>(stall_shares(interval).all_ns);
  for (const auto& transfer : interval.transfers) {
    if (transfer.direction == mounts::Transfer::received) figures.received += transfer.bytes;
  }
  return figures;
}

std::string live_head() {
  return fmt::format("{:>9} {:>10} {:>8} {:>8} {:>9} {:>9} {:>9} {:>7} {:>9} {:>10}\n", "READ/s",
                     "read/s", "other/s", "errors", "p50", "most", "pages/s", "missed", "stalled",
                     "fetched/s");
}

std::string live_line(const LiveFigures& figures) {
  const double seconds = std::max(figures.seconds, 1e-3);
  const double missed = figures.pages > 0 ? 100 * static_cast<double>(figures.missed) /
                                                static_cast<double>(figures.pages)
                                          : 0;
  return fmt::format(
      "{:>9} {:>10} {:>8} {:>8} {:>9} {:>9} {:>9} {:>6.1f}% {:>8.1f}% {:>10}\n",
      rate(figures.reads, seconds), byte_rate(figures.read_bytes, seconds),
      rate(figures.other_requests, seconds), figures.errors, latency(figures.read_p50_ns),
      latency(figures.read_most_ns), rate(figures.pages, seconds), missed,
      100 * figures.stall_ns / ns_per_second / seconds, byte_rate(figures.received, seconds));
}

}  // namespace bytepath::chunks
