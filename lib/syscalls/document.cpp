#include "syscalls/document.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "result/document_parts.h"
#include "result/percentiles.h"
#include "trace/syscall_names.h"

namespace bytepath::syscalls {
namespace {

using result::Better;
using result::percentile_of;
using result::share;
using result::single_metric;
using result::Value;
using result::whole;

std::vector<const trace::SyscallTotal*> by_time(std::span<const trace::SyscallTotal> totals) {
  std::vector<const trace::SyscallTotal*> sorted;
  for (const auto& total : totals) sorted.push_back(&total);
  std::ranges::stable_sort(sorted, std::greater(),
                           [](const auto* total) { return total->total_ns; });
  return sorted;
}

std::vector<Value> row_of(const trace::SyscallTotal& total, std::uint64_t all_ns) {
  const bool came_back = total.latency.count() > 0;
  return {total.name,
          whole(total.calls),
          whole(total.errors),
          static_cast<double>(total.total_ns),
          share(total.total_ns, all_ns),
          percentile_of(total.latency, 0.5),
          percentile_of(total.latency, 0.99),
          came_back ? Value(static_cast<double>(total.max_ns)) : Value(),
          trace::moves_bytes(total.number) ? whole(total.bytes) : Value()};
}

void add_losses(result::Document& document, const trace::SyscallLosses& losses) {
  const auto note = [&](std::uint64_t count, const char* what, const char* reason,
                        const char* remedy) {
    if (count > 0)
      document.not_measured.push_back(
          {.what = fmt::format("{} {}", count, what), .reason = reason, .remedy = remedy});
  };
  note(losses.calls, "system calls", "the kernel had no memory for the threads that made them",
       "free memory, and run again");
  note(losses.processes, "processes, with their system calls",
       "more ran at once than the tracer has room for", "trace a part of them");
  note(losses.times, "times of system calls in the percentiles",
       "they differ more than the tracer has room for; counts and sums hold them", "");
  note(losses.compat, "system calls of 32-bit programs, by name", "their numbers are others", "");
  note(losses.unpaired, "times of system calls",
       "only their end was seen: a seccomp filter refused them, or they began before", "");
}

}  // namespace

void add_syscalls(result::Document& document, const SyscallTable& table,
                  std::span<const trace::SyscallTotal> totals, const trace::SyscallLosses& losses) {
  std::uint64_t calls = 0;
  std::uint64_t all_ns = 0;
  for (const auto& total : totals) {
    calls += total.calls;
    all_ns += total.total_ns;
  }
  result::Table rows{.name = table.name,
                     .title = table.title,
                     .columns = {{"name", ""},
                                 {"calls", ""},
                                 {"errors", ""},
                                 {"time", "ns"},
                                 {"share", "percent"},
                                 {"p50", "ns"},
                                 {"p99", "ns"},
                                 {"most", "ns"},
                                 {"bytes", "B"}},
                     .rows = {}};
  for (const auto* total : by_time(totals)) {
    rows.rows.push_back(row_of(*total, all_ns));
    if (total->latency.count() == 0) continue;
    result::Labels labels = table.labels;
    labels["syscall"] = total->name;
    document.histograms.push_back({.name = "syscall_latency",
                                   .labels = std::move(labels),
                                   .unit = "ns",
                                   .histogram = total->latency});
  }
  document.tables.push_back(std::move(rows));
  document.metrics.push_back(
      single_metric("syscalls", table.labels, static_cast<double>(calls), "", Better::none));
  document.metrics.push_back(single_metric("syscall_time", table.labels,
                                           static_cast<double>(all_ns), "ns", Better::lower));
  add_losses(document, losses);
}

void add_syscalls_refusal(result::Document& document, const Error& error) {
  document.not_measured.push_back(
      {.what = "system calls", .reason = error.message, .remedy = error.hint});
}

}  // namespace bytepath::syscalls
