#include "chunks/what_if.h"

#include <algorithm>

#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> traces;
  std::vector<std::string> policies;
  std::vector<std::uint64_t> capacities;
  std::uint64_t sizes = 20;
};

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const auto policy : simulation::all_policies) names.emplace_back(name(policy));
  return names;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (options.traces.size() != 1) {
    return fail(ErrorKind::usage,
                fmt::format("one trace is simulated at a time, not {}", options.traces.size()),
                "run whatif once for each");
  }
  auto capacities = options.capacities;
  std::ranges::sort(capacities);
  const auto [first, last] = std::ranges::unique(capacities);
  capacities.erase(first, last);
  chunks::WhatIfOptions wanted{
      .trace = options.traces.front(), .capacities = std::move(capacities), .sizes = options.sizes};
  for (const auto& name : options.policies) {
    if (const auto policy = simulation::policy_named(name)) wanted.policies.push_back(*policy);
  }
  BYTEPATH_TRY(document, chunks::what_if(wanted, context.progress));
  return with_host(std::move(document));
}

}  // namespace

void add_what_if(cli::Probe& probe) {
  static Options options;
  probe
      .command("whatif", "what caches of other policies and sizes would make of a trace",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("trace", options.traces, "a trace in libCacheSim's oracleGeneral form", true)
      .names("--policies", options.policies, "simulate these only", policy_names())
      .sizes("--capacity", options.capacities, "sizes of the cache")
      .number("--sizes", options.sizes, "without --capacity: so many, up to all objects", 1, 1000);
}

}  // namespace bytepath::chunk_probe
