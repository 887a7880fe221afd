#include "storage/io_document.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "result/document_parts.h"
#include "result/percentiles.h"
#include "storage/document_notes.h"
#include "tiers/tier_times.h"

namespace bytepath::storage {
namespace {

using result::Better;
using result::Labels;
using result::share;
using result::single_metric;
using result::whole;

Labels labels_of(const ReadRun& run) { return {{"engine", run.engine}, {"state", run.state}}; }

std::vector<tiers::TierTimes> tier_times(const ReadRun& run, bool response) {
  std::vector<tiers::TierTimes> rows;
  for (Tier tier = 0; tier < bytepath_tier_count; ++tier) {
    const TierReads& reads = run.tiers.at(static_cast<std::size_t>(tier));
    rows.push_back({.tier = tier_name(tier),
                    .evidence = run.evidence,
                    .times = response ? reads.response : reads.service,
                    .bytes = reads.service.count() * run.block_bytes,
                    .in_order = response ? std::vector<float>() : reads.in_order});
  }
  return rows;
}

void add_run(result::Document& document, const ReadRun& run) {
  const std::string what = fmt::format("{}, {}", run.engine, run.state);
  Labels service = labels_of(run);
  service["time"] = "service";
  add_tier_times(document,
                 {.name = fmt::format("tiers_{}_{}", run.engine, run.state),
                  .title = run.rate ? what + ": from the begin of each access" : what,
                  .labels = service},
                 tier_times(run, false));
  if (!run.rate) return;
  Labels response = labels_of(run);
  response["time"] = "response";
  add_tier_times(document,
                 {.name = fmt::format("waits_{}_{}", run.engine, run.state),
                  .title = what + ": from when each access was meant to begin",
                  .labels = response},
                 tier_times(run, true));
  const double reached = run.seconds > 0 ? static_cast<double>(run.accesses) / run.seconds : 0;
  document.metrics.push_back(
      single_metric("reached_rate", labels_of(run), reached, "1/s", Better::higher));
}

void add_agreement(result::Document& document, const ReadRun& run, const char* with,
                   const std::optional<Agreement>& agreement) {
  if (!agreement || agreement->asked == 0) return;
  Labels labels = labels_of(run);
  labels["with"] = with;
  document.metrics.push_back(single_metric("label_agreement", labels,
                                           share(agreement->agreed, agreement->asked), "percent",
                                           Better::higher));
  document.metrics.push_back(single_metric(
      "labels_compared", labels, static_cast<double>(agreement->asked), "", Better::none));
}

// How the time of an access falls into the device's, the daemon's and the rest.
result::Table parts_table(const std::vector<ReadRun>& runs) {
  result::Table table{.name = "parts",
                      .title = "What the time went to",
                      .columns = {{"engine", ""},
                                  {"state", ""},
                                  {"tier", ""},
                                  {"accesses", ""},
                                  {"device", "percent"},
                                  {"daemon", "percent"},
                                  {"software", "percent"},
                                  {"device_p50", "ns"},
                                  {"software_p50", "ns"}},
                      .rows = {}};
  for (const auto& run : runs) {
    for (Tier tier = 0; tier < bytepath_tier_count; ++tier) {
      const TierReads& reads = run.tiers.at(static_cast<std::size_t>(tier));
      if (reads.device_ns + reads.daemon_ns == 0) continue;
      const std::uint64_t all = reads.device_ns + reads.daemon_ns + reads.software_ns;
      table.rows.push_back({run.engine, run.state, tier_name(tier), whole(reads.service.count()),
                            share(reads.device_ns, all), share(reads.daemon_ns, all),
                            share(reads.software_ns, all), reads.device.quantile(0.5),
                            reads.software.quantile(0.5)});
    }
  }
  return table;
}

void add_parameters(result::Document& document, const IoOptions& options,
                    const IoMeasurement& measured) {
  auto& parameters = document.parameters;
  const TargetFile& target = measured.target;
  parameters["mode"] = "io";
  parameters["path"] = target.path;
  parameters["file_system"] = target.file_system;
  parameters["file_bytes"] = whole(target.bytes);
  parameters["read_bytes"] = whole(target.region);
  parameters["block"] = whole(options.target.block);
  parameters["accesses"] = whole(options.accesses);
  parameters["pattern"] = options.pattern == Pattern::random ? "random" : "sequential";
  parameters["direct"] = target.direct;
  parameters["seed"] = whole(options.seed);
  parameters["cpu"] = static_cast<std::int64_t>(measured.cpu);
  parameters["caches_dropped"] = options.drop_caches;
  parameters["loop"] = options.rate ? "open" : "closed";
  if (options.rate) {
    parameters["rate"] = options.rate->per_second;
    parameters["spacing"] = options.rate->poisson ? "poisson" : "even";
  }
  parameters["damon"] = fmt::format("{}", fmt::join(measured.evicting.damon, ", "));
  if (measured.evicting.pressure_us)
    parameters["memory_pressure_us"] = whole(*measured.evicting.pressure_us);
}

}  // namespace

result::Document io_document(const IoOptions& options, const IoMeasurement& measured) {
  result::Document document;
  document.complete = !measured.interrupted && !measured.error;
  add_parameters(document, options, measured);
  for (const auto& run : measured.runs) {
    if (run.accesses == 0) {
      document.not_measured.push_back({.what = fmt::format("{}, {}", run.engine, run.state),
                                       .reason = "there was no time left",
                                       .remedy = "a larger --budget, or a smaller --size"});
      continue;
    }
    add_run(document, run);
    if (run.resident)
      document.metrics.push_back(single_metric("resident_before", labels_of(run),
                                               result::percent * *run.resident, "percent",
                                               Better::none));
    if (run.border_ns > 0)
      document.metrics.push_back(single_metric(
          "guess_border", labels_of(run), static_cast<double>(run.border_ns), "ns", Better::none));
    add_agreement(document, run, "mincore", run.with_truth);
    add_agreement(document, run, "backing", run.second_hop);
  }
  if (auto parts = parts_table(measured.runs); !parts.rows.empty())
    document.tables.push_back(std::move(parts));
  add_missing(document, measured.missing);
  add_losses(document, measured.losses);
  if (measured.evicting.damon_hidden)
    document.not_measured.push_back({.what = "whether DAMON takes pages out of the page cache",
                                     .reason = "only root may read /sys/kernel/mm/damon/admin",
                                     .remedy = "run as root"});
  return document;
}

}  // namespace bytepath::storage
