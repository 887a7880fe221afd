// chunk-probe: what a mount that loads lazily fetches, and what other chunks and caches would do.
#include <algorithm>
#include <bit>

#include "chunks/dedup.h"
#include "chunks/what_if.h"
#include "cli/probe.h"
#include "describe/host_facts.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> images;  // of dedup
  std::vector<std::uint64_t> grids;
  std::uint64_t most_chunks = 4'000'000;

  std::vector<std::string> traces;  // of whatif, one
  std::vector<std::string> policies;
  std::vector<std::uint64_t> capacities;
  std::uint64_t sizes = 20;
};

result::Document with_host(result::Document document) {
  result::Document unused;  // of what it could not read nothing is about images and traces
  describe::add_host(document, describe::read_identity(unused));
  return document;
}

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

Result<result::Document> dedup(const Options& options, const cli::Context& context) {
  auto grids = options.grids;
  for (const std::uint64_t bytes : grids) {
    if (std::has_single_bit(bytes) && bytes >= chunks::least_chunk) continue;
    return fail(ErrorKind::usage, fmt::format("--grid: {} is no power of two from 4 KiB on", bytes),
                "chunk sizes such as 64K,512K,4M");
  }
  if (grids.empty()) {
    for (std::uint64_t bytes = chunks::least_chunk; bytes <= 4U << 20U; bytes *= 2) {
      grids.push_back(bytes);
    }
  }
  BYTEPATH_TRY(document, chunks::dedup({.images = options.images,
                                        .grids = ascending(std::move(grids)),
                                        .most_chunks = options.most_chunks},
                                       context.progress));
  return with_host(std::move(document));
}

Result<result::Document> whatif(const Options& options, const cli::Context& context) {
  if (options.traces.size() != 1) {
    return fail(ErrorKind::usage,
                fmt::format("one trace is simulated at a time, not {}", options.traces.size()),
                "run whatif once for each");
  }
  chunks::WhatIfOptions wanted{.trace = options.traces.front(),
                               .capacities = ascending(options.capacities),
                               .sizes = options.sizes};
  for (const auto& name : options.policies) {
    if (const auto policy = simulation::policy_named(name)) wanted.policies.push_back(*policy);
  }
  BYTEPATH_TRY(document, chunks::what_if(wanted, context.progress));
  return with_host(std::move(document));
}

}  // namespace
}  // namespace bytepath::chunk_probe

int main(int argc, char** argv) {
  using namespace bytepath;
  chunk_probe::Options options;
  cli::Probe probe(
      {.name = "chunk-probe",
       .summary = "What a lazy mount fetches, and what other chunk sizes and caches would do.",
       .description =
           "dedup reads images and tells for each chunk size which part is zero, unique and "
           "shared, "
           "so that a chunk size can be chosen on what is stored. whatif replays a trace of "
           "requests against caches of several policies and sizes.",
       .examples = {
           {"chunk-probe dedup base.img app-*.img", "which chunk size shares most"},
           {"chunk-probe dedup --grid 64K,512K,4M a.erofs b.erofs", "of these only"},
           {"chunk-probe whatif trace.oracleGeneral", "miss ratios by policy and size"},
           {"chunk-probe whatif --policies lru,s3-fifo --capacity 1G,4G trace.oracleGeneral",
            "of these only"}}});
  probe.main([](const cli::Context&) -> Result<result::Document> {
    return fail(ErrorKind::usage, "which of its commands?", "see chunk-probe --help");
  });
  auto dedup = probe.command(
      "dedup", "which part of images is zero, unique and shared, by chunk size",
      [&](const cli::Context& context) { return chunk_probe::dedup(options, context); });
  dedup.positionals("image", options.images, "image files, devices or pipes", true)
      .sizes("--grid", options.grids, "chunk sizes instead of 4 KiB to 4 MiB")
      .number("--most-chunks", options.most_chunks,
              "remember so many chunks of each size, at 24 bytes each; of more take a sample", 1000,
              1'000'000'000);
  auto whatif = probe.command(
      "whatif", "what caches of other policies and sizes would make of a trace",
      [&](const cli::Context& context) { return chunk_probe::whatif(options, context); });
  whatif.positionals("trace", options.traces, "a trace in libCacheSim's oracleGeneral form", true)
      .names("--policies", options.policies, "simulate these only", chunk_probe::policy_names())
      .sizes("--capacity", options.capacities, "sizes of the cache")
      .number("--sizes", options.sizes, "without --capacity: so many, up to all objects", 1, 1000);
  return probe.execute(argc, argv);
}
