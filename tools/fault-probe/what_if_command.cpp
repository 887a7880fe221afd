#include "faults/what_if.h"

#include <algorithm>

#include "faults/policy_name.h"
#include "options.h"

namespace bytepath::fault_probe {

Result<result::Document> whatif(const Options& options, const cli::Context& context) {
  faults::WhatIfOptions chosen{
      .pairs = options.pairs, .seed = options.seed, .drop_all = options.drop_all};
  for (const auto& name : faults::policy_names()) {
    const auto& names = options.policies;
    const auto policy = *faults::policy_named(name);
    // What the program does by itself is what the others are compared with.
    const bool wanted = names.empty() || policy == intercept::Policy::as_is ||
                        std::ranges::find(names, name) != names.end();
    if (wanted) chosen.policies.push_back(policy);
  }
  if (options.cache != "warm") chosen.caches.push_back(faults::CacheBefore::cold);
  if (options.cache != "cold") chosen.caches.push_back(faults::CacheBefore::warm);

  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.models, options.grid));
  BYTEPATH_TRY(command, command_of(options, context));
  BYTEPATH_TRY(answer, faults::what_if(std::move(watched), command, chosen, context.progress));
  if (answer.error) *context.late_error = answer.error;
  return with_host(std::move(answer.document));
}

}  // namespace bytepath::fault_probe
