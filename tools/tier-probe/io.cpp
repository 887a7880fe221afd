#include <algorithm>
#include <map>

#include "commands.h"
#include "storage/engine.h"
#include "storage/io_document.h"
#include "storage/io_measurement.h"

namespace bytepath::tier_probe {
namespace {

using storage::CacheStart;
using storage::Labelling;

struct Options {
  std::vector<std::string> paths;
  std::vector<std::string> engines;
  std::vector<std::string> states;
  std::string label = "auto";
  std::string pattern = "random";
  std::uint64_t accesses = 10'000;
  std::uint64_t block = 4096;
  std::uint64_t size = 0;  // 0: the usual part
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> rate;
  bool poisson = false;
  bool direct = false;
  bool drop_caches = false;
  bool verify = false;
  std::string backing;
  std::chrono::nanoseconds budget = std::chrono::seconds(30);
  std::optional<std::uint64_t> cpu;
};

Labelling labelling_of(const std::string& name) {
  static const std::map<std::string, Labelling> known = {{"auto", Labelling::automatic},
                                                         {"bpf", Labelling::bpf},
                                                         {"mincore", Labelling::mincore},
                                                         {"rusage", Labelling::rusage},
                                                         {"latency", Labelling::latency}};
  return known.at(name);
}

std::vector<CacheStart> states_of(const std::vector<std::string>& names) {
  std::vector<CacheStart> states;
  for (const auto start : {CacheStart::cold, CacheStart::mixed, CacheStart::warm}) {
    const bool wanted =
        names.empty() || std::ranges::find(names, storage::cache_start_name(start)) != names.end();
    if (wanted) states.push_back(start);
  }
  return states;
}

Result<storage::IoOptions> measured_options(const Options& options) {
  if (options.paths.size() != 1)
    return fail(ErrorKind::usage, "one file is measured at a time", "run io once for each");
  if (options.direct && !options.states.empty())
    return fail(ErrorKind::usage, "--state: what is read by --direct knows no page cache",
                "leave out one of them");
  storage::IoOptions wanted{
      .target = {.path = options.paths.front(), .block = options.block, .direct = options.direct},
      .engines = options.engines,
      .states = states_of(options.states),
      .accesses = options.accesses,
      .pattern =
          options.pattern == "random" ? storage::Pattern::random : storage::Pattern::sequential,
      .seed = options.seed,
      .labelling = labelling_of(options.label),
      .drop_caches = options.drop_caches,
      .verify = options.verify,
      .backing = options.backing,
      .budget = options.budget};
  if (options.rate)
    wanted.rate = {.per_second = static_cast<double>(*options.rate), .poisson = options.poisson};
  if (options.size != 0) wanted.target.size = options.size;
  if (options.cpu) wanted.cpu = static_cast<int>(*options.cpu);
  return wanted;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(wanted, measured_options(options));
  BYTEPATH_TRY(measured, storage::measure_io(wanted, context.progress));
  if (measured.error && context.late_error != nullptr) *context.late_error = measured.error;
  return with_host(storage::io_document(wanted, measured));
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const auto& engine : storage::engines()) names.emplace_back(engine.name);
  return names;
}

}  // namespace

void add_io(cli::Probe& probe) {
  static Options options;
  constexpr std::uint64_t most_accesses = 10'000'000;
  constexpr std::uint64_t largest_block = std::uint64_t{64} << 20;
  constexpr std::uint64_t most_cpus = 65'535;
  auto command = probe.command("io", "how long reads of a file take, by the tier that served them",
                               [](const cli::Context& context) { return run(options, context); });
  command.positionals("path", options.paths, "a file or a block device", true)
      .names("-e,--engine", options.engines, "ways to read; default: all that work here",
             engine_names())
      .names("--state", options.states,
             "what the page cache has of the file before; default: cold,mixed,warm",
             {"cold", "mixed", "warm"})
      .number("-n,--accesses", options.accesses, "of each engine in each state, at most", 1,
              most_accesses)
      .size("--block", options.block, "bytes of an access", 1, largest_block)
      .size("--size", options.size, "read only so much of the file, from its begin; default: 256M")
      .choice("--pattern", options.pattern, "the order of the accesses", {"random", "sequential"})
      .number("--seed", options.seed, "of the order of the accesses", 0, UINT64_MAX)
      .number("--rate", options.rate, "so many accesses a second, whether they have ended or not",
              1, most_accesses)
      .flag("--poisson", options.poisson, "at random times, with --rate as their mean")
      .needs("--poisson", "--rate")
      .flag("--direct", options.direct, "past the page cache (O_DIRECT)")
      .choice("--label", options.label, "how to tell the tiers",
              {"auto", "bpf", "mincore", "rusage", "latency"})
      .flag("--verify", options.verify, "compare each label with mincore(2)")
      .text("--backing", options.backing, "FILE",
            "what a FUSE daemon answers from: compare the second hop too")
      .flag("--drop-caches", options.drop_caches,
            "drop the caches of the whole host before each run that is not warm")
      .duration("--budget", options.budget, "begin no access after this time")
      .number("--cpu", options.cpu, "stay on this CPU", 0, most_cpus);
}

}  // namespace bytepath::tier_probe
