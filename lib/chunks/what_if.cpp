#include "chunks/what_if.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "base/descriptor.h"
#include "chunks/what_if_erasure.h"
#include "chunks/what_if_starts.h"
#include "chunks/worker_source.h"
#include "mounts/trace_file.h"
#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using result::Document;
using result::whole;

// What AWS Lambda uses ("On-demand Container Loading in AWS Lambda", USENIX ATC 2023).
constexpr std::uint64_t usual_chunk = 512U << 10U;
// Where nothing is known of the cache: 99.9 % is what Lambda's has, a young one has less.
constexpr double usual_hit_ratio = 0.99;

// A file that cannot be read is none: whoever reads it next says why.
bool is_recorded(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, mounts::trace_magic.size()> begin{};
  return file && pread(file.get(), begin.data(), begin.size(), 0) == std::ssize(begin) &&
         std::string_view(begin.data(), begin.size()) == mounts::trace_magic;
}

Result<> check_nodes(const WhatIfOptions& options) {
  const Nodes& nodes = options.nodes;
  if (nodes.dead > nodes.all) {
    return fail(ErrorKind::usage,
                fmt::format("--dead: {} nodes cannot die of {}", nodes.dead, nodes.all),
                "give at most as many as --nodes");
  }
  for (const ErasureCode& code : options.codes) {
    if (code.stored <= nodes.all) continue;
    return fail(ErrorKind::usage,
                fmt::format("--nodes: {} cannot hold the {} shards of {}", nodes.all, code.stored,
                            code.name()),
                "each shard is on a node of its own: give more nodes");
  }
  return {};
}

void say_what_is_missing(Document& document, const mounts::MountTrace& trace,
                         const std::string& path) {
  const mounts::Losses& losses = trace.losses;
  std::vector<std::string> reasons;
  if (!trace.whole) reasons.emplace_back("its end is missing");
  if (trace.damaged_blocks > 0) {
    reasons.push_back(fmt::format("{} of its blocks are damaged", trace.damaged_blocks));
  }
  if (losses.requests + losses.stalls + losses.files > 0) {
    reasons.push_back(fmt::format("{} events were lost while it was recorded",
                                  losses.requests + losses.stalls + losses.files));
  }
  if (reasons.empty()) return;
  document.not_measured.push_back(
      {.what = "all of " + path,
       .reason = fmt::format("{}: what is told here rests on the {} requests that could be read",
                             fmt::join(reasons, ", "), trace.requests.size()),
       .remedy = "record it again"});
  auto& count = document.parameters["incomplete_traces"];
  const auto* before = std::get_if<std::int64_t>(&count);
  count = (before == nullptr ? 0 : *before) + 1;
}

class RecordedWhatIf {
 public:
  RecordedWhatIf(const WhatIfOptions& options, Document& document, const Progress& progress)
      : options_(options), document_(document), progress_(progress) {}

  Result<> run() {
    if (auto read = read_starts(); !read) return read;
    BYTEPATH_TRY(tiers, parse_tiers(options_.latencies, options_.rates, latencies()));
    l2_ = tiers.l2.latency;
    if (auto answered = answer_starts(tiers); !answered) return answered;
    if (!document_.complete) return {};
    return answer_caches();
  }
  const LatencyModel& l2() const { return l2_; }
  std::optional<double> l2_hit_ratio() const { return caches_.best_lower_hit_ratio; }

 private:
  Result<> read_starts() {
    for (const auto& path : options_.traces) {
      BYTEPATH_TRY(trace, mounts::read_trace(path));
      BYTEPATH_TRY(start, start_reads(trace, path));
      say_what_is_missing(document_, trace, path);
      starts_.push_back(std::move(start));
    }
    return {};
  }

  std::vector<double> latencies() const {
    std::vector<double> latencies;
    for (const auto& start : starts_) {
      const auto more = read_latencies(start);
      latencies.insert(latencies.end(), more.begin(), more.end());
    }
    return latencies;
  }

  Result<> answer_starts(const Tiers& tiers) {
    std::vector<mounts::FileRange> list;
    if (!options_.prefetch.empty()) {
      BYTEPATH_TRY(read, mounts::read_ranges(options_.prefetch));
      list = std::move(read);
      say_unknown(list);
    }
    std::vector<FetchSource> sources = {{.name = "l2", .tier = tiers.l2, .code = {}}};
    for (const ErasureCode& code : options_.codes) {
      if (code.stored > 1) {
        sources.push_back({.name = "l2-" + code.name(), .tier = tiers.l2, .code = code});
      }
    }
    sources.push_back({.name = "l3", .tier = tiers.l3, .code = {}});
    document_.parameters["runs"] = whole(options_.runs);
    document_.parameters["parallel"] = whole(options_.parallel);
    document_.complete = add_starts(document_, starts_,
                                    {.grids = options_.grids,
                                     .hit = tiers.l1.latency,
                                     .sources = std::move(sources),
                                     .parallel = options_.parallel,
                                     .runs = options_.runs,
                                     .seed = options_.seed,
                                     .prefetch = options_.prefetch.empty() ? nullptr : &list},
                                    progress_);
    return {};
  }

  void say_unknown(const std::vector<mounts::FileRange>& list) {
    const std::size_t unknown = unknown_ranges(starts_, list);
    document_.parameters["prefetch"] = options_.prefetch;
    document_.parameters["prefetch_ranges"] = whole(list.size());
    document_.parameters["prefetch_unknown_ranges"] = whole(unknown);
    if (unknown == 0) return;
    document_.not_measured.push_back(
        {.what = fmt::format("{} of the {} ranges of {}", unknown, list.size(), options_.prefetch),
         .reason = "no file of the mount that was recorded has their path",
         .remedy = "paths are those below the deepest FUSE mount, as report shows them"});
  }

  // Caches hold chunks: of one size, the usual one where there are several.
  Result<> answer_caches() {
    if (options_.caches.capacities.empty() && !options_.worker) return {};
    const Grid* grid = nullptr;
    const auto distance = [](const Grid& each) {
      return std::abs(
          std::log2(static_cast<double>(each.chunk_bytes) / static_cast<double>(usual_chunk)));
    };
    for (const Grid& each : options_.grids) {
      if (each.unit != Unit::block) continue;
      if (grid == nullptr || distance(each) < distance(*grid)) grid = &each;
    }
    if (grid == nullptr) {
      return fail(ErrorKind::usage, "caches hold chunks, and --unit names none",
                  "add block to --unit");
    }
    document_.parameters["cache_chunk"] = whole(grid->chunk_bytes);
    std::vector<GridParts> parts;
    parts.reserve(starts_.size());
    for (const auto& start : starts_) parts.emplace_back(start, *grid);
    BYTEPATH_TRY(source, source_of(parts));
    if (!options_.write.empty()) {
      BYTEPATH_TRY(written, write_source(source, options_.write, progress_));
      document_.complete = written;
      if (!written) return {};
    }
    BYTEPATH_TRY(answer, add_caches(document_, source, options_.caches, progress_));
    caches_ = answer;
    document_.complete = answer.complete;
    return {};
  }

  Result<RequestSource> source_of(const std::vector<GridParts>& parts) {
    if (!options_.worker) return source_of_starts(parts);
    const WorkerOptions& worker = *options_.worker;
    std::vector<std::vector<CachedChunk>> recorded;
    recorded.reserve(parts.size());
    for (const auto& each : parts) recorded.push_back(first_touches(each));
    document_.parameters["functions"] = whole(worker.functions);
    document_.parameters["starts"] = whole(worker.starts);
    document_.parameters["zipf"] = worker.zipf;
    document_.parameters["private_share"] = worker.private_share;
    document_.parameters["cron_every"] = whole(worker.cron_every);
    document_.parameters["cron_functions"] = whole(worker.cron_functions);
    const auto& policies = options_.caches.policies;
    const bool future = !options_.write.empty() || policies.empty() ||
                        std::ranges::find(policies, simulation::Policy::belady) != policies.end();
    return source_of_worker(std::make_shared<WorkerTrace>(std::move(recorded), worker), future);
  }

  const WhatIfOptions& options_;
  Document& document_;
  const Progress& progress_;
  std::vector<StartReads> starts_;
  LatencyModel l2_;
  CacheAnswer caches_;
};

// What makes no sense without a recorded start, as the user wrote it; empty: nothing.
std::string needs_recorded(const WhatIfOptions& options) {
  if (!options.prefetch.empty()) return "--prefetch";
  if (options.worker) return "--functions";
  if (!options.write.empty()) return "--write";
  return "";
}

Result<> answer_requests(const WhatIfOptions& options, Document& document, CacheAnswer& caches,
                         const Progress& progress) {
  const std::string& path = options.traces.front();
  if (options.traces.size() > 1) {
    return fail(
        ErrorKind::usage,
        fmt::format("one trace of requests is simulated at a time, not {}", options.traces.size()),
        "run whatif once for each; of traces of chunk-probe record it takes several");
  }
  if (const auto option = needs_recorded(options); !option.empty()) {
    return fail(ErrorKind::usage, fmt::format("{}: {} is no trace of a mount", option, path),
                "chunk-probe record makes one");
  }
  BYTEPATH_TRY(reader, simulation::OracleReader::open(path));
  BYTEPATH_TRY(answer, add_caches(document, source_of_file(path, reader.records()), options.caches,
                                  progress));
  caches = answer;
  document.complete = answer.complete;
  return {};
}

}  // namespace

Result<Document> what_if(const WhatIfOptions& options, const Progress& progress) {
  if (auto checked = check_nodes(options); !checked) return std::unexpected(checked.error());
  const auto recorded =
      static_cast<std::size_t>(std::ranges::count_if(options.traces, is_recorded));
  Document document;
  document.parameters["mode"] = std::string("whatif");
  document.parameters["trace"] = fmt::format("{}", fmt::join(options.traces, " "));
  document.parameters["seed"] = whole(options.seed);
  LatencyModel l2;
  std::optional<double> simulated;
  if (recorded == options.traces.size()) {
    RecordedWhatIf what_if(options, document, progress);
    if (auto done = what_if.run(); !done) return std::unexpected(done.error());
    l2 = what_if.l2();
    simulated = what_if.l2_hit_ratio();
  } else {
    BYTEPATH_TRY(tiers, parse_tiers(options.latencies, options.rates, {}));
    l2 = tiers.l2.latency;
    CacheAnswer caches;
    if (auto done = answer_requests(options, document, caches, progress); !done) {
      return std::unexpected(done.error());
    }
    simulated = caches.best_lower_hit_ratio;
  }
  if (options.codes.empty()) return document;
  const double hit_ratio = options.l2_hit_ratio.value_or(simulated.value_or(usual_hit_ratio));
  document.parameters["nodes"] = whole(options.nodes.all);
  document.parameters["dead"] = whole(options.nodes.dead);
  document.parameters["l2_hits_percent"] = result::percent * hit_ratio;
  add_erasure(
      document,
      {.codes = options.codes, .nodes = options.nodes, .shard = l2, .hit_ratio = hit_ratio});
  return document;
}

}  // namespace bytepath::chunks
