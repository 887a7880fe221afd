#include <linux/fuse.h>

#include <algorithm>
#include <map>
#include <set>

#include "chunks/opcode_name.h"
#include "chunks/report_parts.h"
#include "mounts/mount_choice.h"
#include "mounts/reads.h"
#include "result/document_parts.h"
#include "result/percentiles.h"
#include "stats/histogram.h"

namespace bytepath::chunks {

using mounts::Request;
using result::Better;
using result::Document;
using result::single_metric;
using result::Value;
using result::whole;

namespace {

struct Group {
  stats::Histogram latencies;
  std::uint64_t bytes = 0;
  std::uint64_t errors = 0;
  std::uint64_t background = 0;
};

// READs that the program waited for one after the other: each begins when the one before has ended.
std::uint64_t serial_rounds(const mounts::MountTrace& trace) {
  std::vector<const Request*> reads;
  for (const auto& request : trace.requests) {
    if (request.opcode == FUSE_READ) reads.push_back(&request);
  }
  std::ranges::sort(reads, {}, &Request::begin_ns);
  std::uint64_t rounds = 0;
  std::uint64_t busy_until = 0;
  for (const auto* read : reads) {
    if (read->begin_ns >= busy_until) {
      ++rounds;
      busy_until = read->end_ns;
    }
  }
  return rounds;
}

void add_sizes(Document& document, const ReportContext& context) {
  stats::Histogram sizes;
  for (const auto& request : context.trace.requests) {
    if (request.opcode == FUSE_READ && request.size > 0) sizes.add(request.size);
  }
  if (sizes.count() == 0) return;
  result::Table table{.name = "read_sizes",
                      .title = "Sizes of the READs",
                      .columns = {{"from", "B"}, {"to", "B"}, {"requests", ""}},
                      .rows = {}};
  for (const auto& bucket : sizes.octaves())
    table.rows.push_back({whole(bucket.first), whole(bucket.last), whole(bucket.count)});
  document.tables.push_back(std::move(table));
}

}  // namespace

void add_requests(Document& document, const ReportContext& context) {
  const auto& trace = context.trace;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Group> groups;
  for (const auto& request : trace.requests) {
    Group& group = groups[{request.device, request.opcode}];
    group.latencies.add(request.end_ns - std::min(request.begin_ns, request.end_ns));
    group.bytes += request.error == 0 && request.opcode == FUSE_READ ? request.replied : 0;
    group.errors += request.error != 0 ? 1 : 0;
    group.background += (request.flags & Request::background) != 0 ? 1 : 0;
  }
  if (groups.empty()) return;
  result::Table table{
      .name = "requests",
      .title = "Requests to the daemon, and how long their answers took (n/a: too few requests)",
      .columns = {{"request", ""},
                  {"mount", ""},
                  {"count", ""},
                  {"background", ""},
                  {"errors", ""},
                  {"bytes", "B"}},
      .rows = {}};
  result::add_percentile_columns(table);
  for (const auto& [key, group] : groups) {
    const std::string opcode = opcode_name(key.second);
    std::vector<Value> row{opcode,
                           mounts::mount_name(trace, key.first),
                           whole(group.latencies.count()),
                           whole(group.background),
                           whole(group.errors),
                           key.second == FUSE_READ ? whole(group.bytes) : Value()};
    result::add_percentiles(row, group.latencies);
    table.rows.push_back(std::move(row));
    document.metrics.push_back(single_metric("requests", {{"request", opcode}},
                                             static_cast<double>(group.latencies.count()), "",
                                             Better::lower));
  }
  document.metrics.push_back(single_metric(
      "serial_rounds", {}, static_cast<double>(serial_rounds(trace)), "", Better::lower));
  document.tables.push_back(std::move(table));
  add_sizes(document, context);
}

namespace {

struct Opens {
  std::uint64_t all = 0;
  std::uint64_t drops = 0;
  std::uint64_t direct = 0;
  std::uint64_t passthrough = 0;
  std::uint64_t read_again = 0;  // bytes that were read before such an open, and after it
};

// Counts opens and what they cost; takes the requests in the order in which they began.
class OpenCounts {
 public:
  void opened(const Request& request, const mounts::FileId& file) {
    // FOPEN_PASSTHROUGH, linux/fuse.h of Linux 6.9.
    constexpr std::uint32_t passthrough = 1U << 7U;
    Opens& counts = opens_[request.device];
    ++counts.all;
    counts.direct += (request.open_flags & FOPEN_DIRECT_IO) != 0 ? 1 : 0;
    counts.passthrough += (request.open_flags & passthrough) != 0 ? 1 : 0;
    if ((request.open_flags & (FOPEN_KEEP_CACHE | FOPEN_DIRECT_IO | passthrough)) != 0) return;
    ++counts.drops;
    dropped_.insert(file);
  }

  void read(const Request& request, const mounts::FileId& file) {
    auto& ranges = read_[file];
    const auto range = mounts::range_of(request);
    if (dropped_.contains(file)) {
      for (const auto& part : ranges.within(range))
        opens_[request.device].read_again += part.bytes();
    }
    ranges.insert(range);
  }

  const std::map<std::uint64_t, Opens>& by_device() const { return opens_; }

 private:
  std::map<std::uint64_t, Opens> opens_;
  std::map<mounts::FileId, mounts::ByteRanges> read_;
  std::set<mounts::FileId> dropped_;
};

}  // namespace

void add_opens(Document& document, const ReportContext& context) {
  std::vector<const Request*> requests;
  requests.reserve(context.trace.requests.size());
  for (const auto& request : context.trace.requests) requests.push_back(&request);
  std::ranges::stable_sort(requests, {}, &Request::begin_ns);
  OpenCounts counted;
  for (const auto* request : requests) {
    if (request->error != 0) continue;
    const mounts::FileId file = context.files.id_of(*request);
    if (request->opcode == FUSE_OPEN) counted.opened(*request, file);
    if (request->opcode == FUSE_READ) counted.read(*request, file);
  }
  if (counted.by_device().empty()) return;
  result::Table table{.name = "opens",
                      .title = "What the daemon answers to opens",
                      .columns = {{"mount", ""},
                                  {"opens", ""},
                                  {"drop_the_cache", ""},
                                  {"direct", ""},
                                  {"passthrough", ""},
                                  {"read_again", "B"}},
                      .rows = {}};
  for (const auto& [device, counts] : counted.by_device()) {
    table.rows.push_back({mounts::mount_name(context.trace, device), whole(counts.all),
                          whole(counts.drops), whole(counts.direct), whole(counts.passthrough),
                          whole(counts.read_again)});
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::chunks
