#include "chunks/what_if.h"

#include <algorithm>
#include <bit>

#include "commands.h"
#include "what_if_options.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> traces;
  std::vector<std::string> policies;
  std::vector<std::uint64_t> l1;
  std::vector<std::uint64_t> l2;
  std::uint64_t sizes = 20;
  std::vector<std::uint64_t> chunks;
  std::vector<std::string> units = {"block", "file", "layer"};
  std::string latency;
  std::string rate;
  std::uint64_t parallel = 8;
  std::uint64_t runs = 200;
  std::uint64_t seed = 1;
  std::vector<std::string> codes;
  std::uint64_t nodes = 20;
  std::uint64_t dead = 0;
  std::optional<double> l2_hits;
  std::string prefetch;
  std::optional<std::uint64_t> functions;
  std::uint64_t starts = 3000;
  std::string zipf = "0.9";
  std::string private_share = "0.2";
  std::string cron;
  std::string write;
};

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const auto policy : simulation::all_policies) names.emplace_back(name(policy));
  return names;
}

std::vector<std::uint64_t> ascending(std::vector<std::uint64_t> sizes) {
  std::ranges::sort(sizes);
  const auto [first, last] = std::ranges::unique(sizes);
  sizes.erase(first, last);
  return sizes;
}

Result<std::vector<chunks::Grid>> grids_of(const Options& options) {
  const auto has = [&](std::string_view unit) {
    return std::ranges::find(options.units, unit) != options.units.end();
  };
  for (const std::uint64_t bytes : options.chunks) {
    if (std::has_single_bit(bytes) && bytes >= chunks::least_grid_chunk &&
        bytes <= chunks::largest_grid_chunk) {
      continue;
    }
    return fail(ErrorKind::usage,
                fmt::format("--chunk: {} is no power of two from 4 KiB to 4 MiB", bytes),
                "chunk sizes such as 64K,512K,4M");
  }
  std::vector<chunks::Grid> grids;
  for (std::uint64_t bytes = chunks::least_grid_chunk;
       has("block") && bytes <= chunks::largest_grid_chunk; bytes *= 2) {
    if (options.chunks.empty() || std::ranges::find(options.chunks, bytes) != options.chunks.end())
      grids.push_back({.unit = chunks::Unit::block, .chunk_bytes = bytes});
  }
  if (has("file")) grids.push_back({.unit = chunks::Unit::file, .chunk_bytes = 0});
  if (has("layer")) grids.push_back({.unit = chunks::Unit::layer, .chunk_bytes = 0});
  return grids;
}

Result<std::optional<chunks::WorkerOptions>> worker_of(const Options& options) {
  if (!options.functions) return std::nullopt;
  BYTEPATH_TRY(zipf, number_between("--zipf", options.zipf, 0, 10));
  BYTEPATH_TRY(private_share, number_between("--private-share", options.private_share, 0, 1));
  BYTEPATH_TRY(cron, parse_cron(options.cron));
  return chunks::WorkerOptions{.functions = static_cast<std::uint32_t>(*options.functions),
                               .starts = options.starts,
                               .zipf = zipf,
                               .private_share = private_share,
                               .cron_every = cron.every,
                               .cron_functions = cron.functions,
                               .seed = options.seed};
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(grids, grids_of(options));
  BYTEPATH_TRY(worker, worker_of(options));
  chunks::WhatIfOptions wanted{.traces = options.traces,
                               .caches = {.policies = {},
                                          .capacities = ascending(options.l1),
                                          .sizes = options.sizes,
                                          .lower = ascending(options.l2)},
                               .grids = std::move(grids),
                               .latencies = options.latency,
                               .rates = options.rate,
                               .parallel = options.parallel,
                               .runs = options.runs,
                               .seed = options.seed,
                               .prefetch = options.prefetch,
                               .worker = worker,
                               .write = options.write,
                               .codes = {},
                               .nodes = {.all = static_cast<std::uint32_t>(options.nodes),
                                         .dead = static_cast<std::uint32_t>(options.dead)},
                               .l2_hit_ratio = {}};
  if (options.l2_hits) wanted.l2_hit_ratio = *options.l2_hits / 100;
  for (const auto& name : options.policies) {
    if (const auto policy = simulation::policy_named(name)) {
      wanted.caches.policies.push_back(*policy);
    }
  }
  for (const auto& text : options.codes) {
    BYTEPATH_TRY(codes, parse_codes(text));
    wanted.codes.insert(wanted.codes.end(), codes.begin(), codes.end());
  }
  if (wanted.codes.empty() && wanted.nodes.dead > 0) wanted.codes.emplace_back();
  BYTEPATH_TRY(document, chunks::what_if(wanted, context.progress));
  return with_host(std::move(document));
}

}  // namespace

void add_what_if(cli::Probe& probe) {
  static Options options;
  probe
      .command("whatif", "what other chunk sizes, lists, caches and codes would make of a trace",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("trace", options.traces,
                   "traces of chunk-probe record, or one in libCacheSim's oracleGeneral form", true)
      .sizes("--chunk", options.chunks, "chunk sizes instead of 4 KiB to 4 MiB")
      .names("--unit", options.units, "what is fetched at once: chunks, whole files, whole mounts",
             {"block", "file", "layer"})
      .text("--latency", options.latency, "LIST",
            "l1=50us,l2=lognormal:550us:0.617,l3=lognormal:36ms:0.512, or recorded")
      .text("--rate", options.rate, "LIST", "bytes per second of a fetch: l2=1G,l3=90M")
      .number("--parallel", options.parallel, "fetches at once for one request, or for the list", 1,
              1024)
      .number("--runs", options.runs, "draws of all latencies, for the interval", 1, 100'000)
      .number("--seed", options.seed, "of all draws", 0, UINT64_MAX)
      .text("--prefetch", options.prefetch, "LIST",
            "fetch this from the begin on: lines of path, offset, length")
      .names("--policies", options.policies, "simulate these only", policy_names())
      .sizes("--l1,--capacity", options.l1, "sizes of the cache")
      .sizes("--l2", options.l2, "sizes of a second cache, asked for what the first misses")
      .number("--sizes", options.sizes, "without --l1: so many, up to all objects", 1, 1000)
      .texts("--ec", options.codes, "K/N",
             "the second cache keeps N shards of each chunk, of which K are needed")
      .number("--nodes", options.nodes, "that the second cache is spread over", 1, 100'000)
      .number("--dead", options.dead, "of the nodes", 0, 100'000)
      .percent("--l2-hits", options.l2_hits, "hit ratio of the second cache with all nodes alive")
      .number("--functions", options.functions,
              "compose a worker's trace of so many functions, each like one of the traces", 1,
              1'000'000)
      .number("--starts", options.starts, "of the functions", 1, 1'000'000'000)
      .text("--zipf", options.zipf, "S", "the k-th function starts in proportion to 1 / k^S")
      .text("--private-share", options.private_share, "PART",
            "of a function's chunks, which no other function has")
      .text("--cron", options.cron, "EVERY:FUNCTIONS",
            "after so many starts each, so many functions that nobody else starts")
      .text("--write", options.write, "FILE", "write the composed trace as oracleGeneral")
      .needs("--starts", "--functions")
      .needs("--zipf", "--functions")
      .needs("--private-share", "--functions")
      .needs("--cron", "--functions")
      .needs("--write", "--functions");
}

}  // namespace bytepath::chunk_probe
