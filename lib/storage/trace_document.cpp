#include "storage/trace_document.h"

#include <array>

#include "result/document_parts.h"
#include "storage/document_notes.h"
#include "storage/labels.h"
#include "tiers/tier_times.h"

namespace bytepath::storage {
namespace {

using result::Better;
using result::share;
using result::single_metric;
using result::whole;

constexpr std::array<const char*, bytepath_access_ways> ways = {"read", "fault"};

// A fault on memory that is no file's waits for no tier that a byte of a file comes from.
bool is_of_file(Tier tier) { return tier != bytepath_tier_memory; }

using TierArray = std::array<trace::TierAccesses, bytepath_tier_count>;

std::vector<tiers::TierTimes> tier_times(const TierArray& tiers) {
  std::vector<tiers::TierTimes> rows;
  for (Tier tier = 0; tier < bytepath_tier_count; ++tier) {
    const auto& accesses = tiers.at(static_cast<std::size_t>(tier));
    if (!is_of_file(tier)) continue;
    rows.push_back({.tier = tier_name(tier),
                    .evidence = "bpf",
                    .times = accesses.times,
                    .bytes = accesses.sums.bytes});
  }
  return rows;
}

TierArray together(const trace::TracedAccesses& accesses) {
  TierArray all{};
  for (const auto& way : accesses.tiers) {
    for (std::size_t tier = 0; tier < way.size(); ++tier) {
      all.at(tier).times.add(way.at(tier).times);
      all.at(tier).sums.bytes += way.at(tier).sums.bytes;
    }
  }
  return all;
}

result::Table parts_table(const trace::TracedAccesses& accesses) {
  result::Table table{.name = "parts",
                      .title = "What the time went to",
                      .columns = {{"way", ""},
                                  {"tier", ""},
                                  {"accesses", ""},
                                  {"time", "ns"},
                                  {"device", "percent"},
                                  {"daemon", "percent"},
                                  {"software", "percent"}},
                      .rows = {}};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    for (Tier tier = 0; tier < bytepath_tier_count; ++tier) {
      const auto& [times, sums] = accesses.tiers.at(way).at(static_cast<std::size_t>(tier));
      const std::uint64_t outside =
          std::min(sums.time_ns, std::max(sums.device_ns, sums.daemon_ns));
      if (outside == 0 || !is_of_file(tier)) continue;
      const std::uint64_t device = std::min(sums.device_ns, outside);
      table.rows.push_back({ways.at(way), tier_name(tier), whole(times.count()),
                            static_cast<double>(sums.time_ns), share(device, sums.time_ns),
                            share(outside - device, sums.time_ns),
                            share(sums.time_ns - outside, sums.time_ns)});
    }
  }
  return table;
}

// What reads and faults there were besides those that a tier served.
result::Table beside_table(const TracedProcess& traced) {
  const auto& accesses = traced.accesses;
  const auto& memory =
      accesses.tiers.at(bytepath_access_fault).at(static_cast<std::size_t>(bytepath_tier_memory));
  result::Table table{.name = "beside",
                      .title = "Reads and page faults beside these",
                      .columns = {{"what", ""}, {"count", ""}},
                      .rows = {}};
  const auto add = [&](const char* what, std::uint64_t count) {
    if (count > 0) table.rows.push_back({std::string(what), whole(count)});
  };
  add("page faults on memory that is no file's", memory.times.count());
  add("reads of pipes, sockets, terminals and folders", accesses.other_reads);
  add("reads at the end of a file", accesses.ended_reads);
  add("reads that failed", accesses.failed_reads);
  return table;
}

void add_counts(result::Document& document, const TracedProcess& traced) {
  const auto& accesses = traced.accesses;
  const auto add = [&](const char* name, std::uint64_t count) {
    document.metrics.push_back(
        single_metric(name, {}, static_cast<double>(count), "", Better::none));
  };
  std::uint64_t reads = 0;
  for (const auto& tier : accesses.tiers.at(bytepath_access_read)) reads += tier.times.count();
  add("file_reads", reads);
  add("other_reads", accesses.other_reads);
  add("ended_reads", accesses.ended_reads);
  add("failed_reads", accesses.failed_reads);
  add("major_faults", accesses.major_faults);
  add("minor_faults", accesses.minor_faults);
  document.metrics.push_back(single_metric("wall", {}, traced.wall_ns, "ns", Better::lower));
}

void add_parameters(result::Document& document, const TraceOptions& options,
                    const TracedProcess& traced) {
  auto& parameters = document.parameters;
  parameters["mode"] = "trace";
  if (options.command.empty())
    parameters["process"] = static_cast<std::int64_t>(options.process);
  else
    parameters["command"] = fmt::format("{}", fmt::join(options.command, " "));
  if (traced.outcome) {
    parameters["exit_code"] = static_cast<std::int64_t>(traced.outcome->exit_code());
    parameters["rusage_major_faults"] = whole(traced.outcome->major_faults);
    parameters["rusage_minor_faults"] = whole(traced.outcome->minor_faults);
  }
}

// What the kernel counts and does not tell of one by one.
void add_unseen(result::Document& document, const TracedProcess& traced) {
  if (traced.accesses.compat_reads > 0)
    document.not_measured.push_back(
        {.what = fmt::format("{} reads of 32-bit programs", traced.accesses.compat_reads),
         .reason = "their system calls have other numbers",
         .remedy = ""});
  const std::uint64_t seen = traced.accesses.major_faults;
  if (traced.outcome && traced.outcome->major_faults > seen)
    document.not_measured.push_back(
        {.what = fmt::format("{} page faults with I/O", traced.outcome->major_faults - seen),
         .reason =
             "the kernel made them for itself (MAP_POPULATE, mlock) or before the command began",
         .remedy = ""});
  if (traced.accesses.unseen_calls > 0)
    document.not_measured.push_back(
        {.what = fmt::format("what {} calls read by io_uring, aio, sendfile, splice or "
                             "copy_file_range",
                             traced.accesses.unseen_calls),
         .reason = "they are no reads and no page faults of a thread",
         .remedy = ""});
}

}  // namespace

result::Document trace_document(const TraceOptions& options, const TracedProcess& traced) {
  result::Document document;
  document.complete = !traced.interrupted;
  add_parameters(document, options, traced);
  add_tier_times(document, {.name = "tiers", .title = "Reads and page faults", .labels = {}},
                 tier_times(together(traced.accesses)));
  add_tier_times(document, {.name = "reads", .title = "Reads", .labels = {{"way", "read"}}},
                 tier_times(traced.accesses.tiers.at(bytepath_access_read)));
  add_tier_times(document, {.name = "faults", .title = "Page faults", .labels = {{"way", "fault"}}},
                 tier_times(traced.accesses.tiers.at(bytepath_access_fault)));
  std::erase_if(document.tables, [](const result::Table& table) { return table.rows.empty(); });
  if (auto parts = parts_table(traced.accesses); !parts.rows.empty())
    document.tables.push_back(std::move(parts));
  if (auto beside = beside_table(traced); !beside.rows.empty())
    document.tables.push_back(std::move(beside));
  add_counts(document, traced);
  add_missing(document, traced.missing);
  add_losses(document, traced.accesses.losses);
  add_unseen(document, traced);
  return document;
}

}  // namespace bytepath::storage
