#include "chase/cpu_survey.h"

#include "commands.h"

namespace bytepath::tier_probe {
namespace {

struct Options {
  chase::CpuOptions survey;
  std::string method = "reuse";
  std::string pages = "thp";
  std::optional<std::uint64_t> cpu;
  std::optional<std::uint64_t> rounds;
  std::optional<std::chrono::nanoseconds> budget;
};

Result<result::Document> run(Options options, const cli::Context& context) {
  if (options.method == "lap") options.survey.method = chase::Method::lap;
  if (options.method == "both") options.survey.method = chase::Method::both;
  BYTEPATH_TRY(pages, chase::page_kind(options.pages));
  options.survey.pages = pages;
  if (options.cpu) options.survey.cpu = static_cast<int>(*options.cpu);
  // Whoever asks for a number of rounds gets them.
  if (options.rounds) options.survey.budget = {};
  if (options.budget) options.survey.budget = *options.budget;
  options.survey.rounds = options.rounds.value_or(options.survey.rounds);
  BYTEPATH_TRY(document, chase::survey_cpu(options.survey, context.progress));
  return with_host(std::move(document));
}

void add_options(cli::Command command, Options& options) {
  constexpr std::uint64_t most_cpus = 8191;
  constexpr std::uint64_t least_size = std::uint64_t{8} << 20;
  constexpr std::uint64_t most_rounds = 1000;
  command
      .choice("--method", options.method, "reuse: after so many other bytes; lap: lap after lap",
              {"reuse", "lap", "both"})
      .choice("--pages", options.pages, "the memory's pages", {"4k", "thp", "hugetlb"})
      .size("-s,--size", options.survey.most_bytes, "the most memory that is read again and again",
            least_size, std::uint64_t{1} << 40)
      .names("--parts", options.survey.parts, "only these beside the latencies",
             chase::part_names())
      .number("--rounds", options.rounds, "over all sizes", 2, most_rounds)
      .duration("--budget", options.budget, "measure no further size after this time")
      .number("--cpu", options.cpu, "measure on this CPU", 0, most_cpus)
      .number("--seed", options.survey.seed, "of the order of lines", 0, UINT64_MAX);
}

}  // namespace

void add_cpu(cli::Probe& probe) {
  static Options by_default;
  static Options options;
  add_options(probe.main([](const cli::Context& context) { return run(by_default, context); }),
              by_default);
  add_options(probe.command("cpu", "the caches and the memory (what is done without a command)",
                            [](const cli::Context& context) { return run(options, context); }),
              options);
}

}  // namespace bytepath::tier_probe
