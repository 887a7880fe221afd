#include "faults/what_if.h"

#include <algorithm>

#include "base/text.h"
#include "faults/policy_name.h"
#include "options.h"

namespace bytepath::fault_probe {
namespace {

Result<benchmark::FailureRule> failures_of(const std::string& text) {
  benchmark::FailureRule rule{.any = text == all_failures, .codes = {}};
  if (text.empty() || rule.any) return rule;
  for (const auto word : split(text, ',')) {
    const auto code = parse_unsigned(std::string(trim(word)));
    constexpr std::uint64_t largest = 255;  // of exit(3), and 128 + a signal
    if (!code || *code > largest) {
      return fail(ErrorKind::usage,
                  fmt::format("--ignore-failure: '{}' is no exit status of 0 to 255", word),
                  "give -i for all, or some as in -i=1,2");
    }
    rule.codes.push_back(static_cast<int>(*code));
  }
  return rule;
}

}  // namespace

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

  BYTEPATH_TRY(failures, failures_of(options.ignore_failure));
  chosen.failures = std::move(failures);

  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.models, options.grid));
  BYTEPATH_TRY(command, command_of(options, context));
  BYTEPATH_TRY(answer, faults::what_if(std::move(watched), command, chosen, context.progress));
  if (answer.error) *context.late_error = answer.error;
  return with_host(std::move(answer.document));
}

}  // namespace bytepath::fault_probe
