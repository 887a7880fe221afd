#include "storage/io_measurement.h"

#include <algorithm>
#include <utility>

#include "measure/clock.h"
#include "measure/pages.h"
#include "pages/regular_file.h"
#include "storage/engine.h"
#include "storage/labelling.h"

namespace bytepath::storage {
namespace {

using Clock = std::chrono::steady_clock;

// What is read: the engines that work here and were asked for.
Result<std::vector<const EngineKind*>> choose_engines(const IoOptions& options,
                                                      const TargetFile& target,
                                                      std::vector<trace::MissingPart>& missing) {
  std::vector<const EngineKind*> chosen;
  std::optional<Error> refusal;
  for (const auto& engine : engines()) {
    const bool by_name = std::ranges::find(options.engines, engine.name) != options.engines.end();
    if (!options.engines.empty() && !by_name) continue;
    if (target.direct && !engine.with_direct) {
      if (by_name)
        return fail(ErrorKind::usage, "--engine mmap: there is no mapping past the page cache",
                    "leave out --direct or mmap");
      continue;
    }
    auto opened =
        engine.open({.target = &target, .block = options.target.block, .pattern = options.pattern});
    if (opened) {
      chosen.push_back(&engine);
      continue;
    }
    refusal = opened.error();
    missing.push_back({.what = fmt::format("reads by {}", engine.way),
                       .reason = refusal->message,
                       .remedy = refusal->hint});
  }
  if (chosen.empty() && refusal) return std::unexpected(*refusal);
  return chosen;
}

// What a run needs that all of them share.
struct Bench {
  const IoOptions& options;
  const TargetFile& target;
  const Labeller& labeller;
  const measure::Clock& clock;
  const ResidencyProbe* truth;
  const ResidencyProbe* backing;
};

// Without a state of its own: what is read past the page cache finds none.
ReadPlan plan_for(const Bench& bench, CacheStart start, Clock::time_point deadline) {
  const auto& options = bench.options;
  const std::uint64_t blocks = bench.target.region / options.target.block;
  // What was read once is in the page cache: then each block is read once.
  const bool once = start != CacheStart::warm && !bench.target.direct;
  const std::uint64_t count = once ? std::min(blocks, options.accesses) : options.accesses;
  return {.path = bench.target.path,
          .blocks = plan_accesses(options.pattern, blocks, count, options.seed),
          .block_bytes = options.target.block,
          .rate = options.rate,
          .seed = options.seed,
          .deadline = deadline,
          .truth = bench.truth,
          .backing = bench.backing};
}

Result<ReadRun> run_once(const Bench& bench, const EngineKind& kind, CacheStart start,
                         Clock::time_point deadline, IoMeasurement& all, const Progress& progress) {
  if (bench.options.drop_caches && start != CacheStart::warm) {
    if (auto dropped = drop_all_caches(); !dropped) return std::unexpected(dropped.error());
  }
  BYTEPATH_TRY(prepared, prepare_cache(bench.target, start, bench.options.seed, progress));
  all.interrupted = prepared.interrupted;
  if (all.interrupted) return ReadRun{};
  BYTEPATH_TRY(engine, kind.open({.target = &bench.target,
                                  .block = bench.options.target.block,
                                  .pattern = bench.options.pattern}));
  const auto labels = bench.labeller.labels_for(kind.name);
  const auto samples =
      read_all(*engine, *labels, bench.clock, plan_for(bench, start, deadline), progress);
  ReadRun run{.engine = kind.name,
              .state = bench.target.direct ? "direct" : cache_start_name(start),
              .evidence = labels->evidence(),
              .block_bytes = bench.options.target.block,
              .rate = bench.options.rate,
              .resident = prepared.resident};
  std::optional<Tier> miss;
  if (labels->guesses()) miss = tier_of_miss(bench.target.behind);
  add_samples(run, samples, miss);
  if (bench.truth != nullptr && !miss) run.with_truth = compare_with_truth(samples);
  if (bench.backing != nullptr && !miss) run.second_hop = compare_second_hop(samples);
  all.interrupted |= samples.interrupted;
  all.error = samples.error;
  return run;
}

Result<std::optional<ResidencyProbe>> open_truth(const IoOptions& options,
                                                 const TargetFile& target) {
  if (!options.verify && options.backing.empty()) return std::nullopt;
  if (target.direct)
    return fail(ErrorKind::usage, "--verify: what is read by O_DIRECT is in no page cache",
                "leave out --direct or --verify");
  BYTEPATH_TRY(probe, ResidencyProbe::open(target.file, target.region));
  return std::optional<ResidencyProbe>(std::move(probe));
}

Result<std::optional<ResidencyProbe>> open_backing(const IoOptions& options,
                                                   const TargetFile& target) {
  if (options.backing.empty()) return std::nullopt;
  if (target.behind != Behind::fuse)
    return fail(ErrorKind::usage, fmt::format("--backing: {} is not behind FUSE", target.path),
                "leave out --backing");
  BYTEPATH_TRY(opened, pages::open_regular_file(options.backing));
  if (opened.bytes < target.region)
    return fail(ErrorKind::usage,
                fmt::format("--backing: {} is shorter than what is read", options.backing),
                "name the file that the daemon answers from, byte by byte");
  BYTEPATH_TRY(probe, ResidencyProbe::open(opened.file, target.region));
  return std::optional<ResidencyProbe>(std::move(probe));
}

}  // namespace

Result<IoMeasurement> measure_io(const IoOptions& options, const Progress& progress) {
  BYTEPATH_TRY(target, open_target(options.target));
  IoMeasurement all{.target = std::move(target)};
  BYTEPATH_TRY(truth, open_truth(options, all.target));
  BYTEPATH_TRY(backing, open_backing(options, all.target));
  BYTEPATH_TRY(pinned, measure::Pinned::to(options.cpu));
  all.cpu = pinned.cpu();
  BYTEPATH_TRY(chosen, choose_engines(options, all.target, all.missing));
  BYTEPATH_TRY(labeller, Labeller::open(options.labelling, all.target));
  all.missing.insert(all.missing.end(), labeller.missing().begin(), labeller.missing().end());
  const auto clock = measure::Clock::calibrate();
  const EvictionWatch watch({});
  auto states = options.states;
  if (all.target.direct) states = {CacheStart::cold};
  const Bench bench{.options = options,
                    .target = all.target,
                    .labeller = labeller,
                    .clock = clock,
                    .truth = truth ? &*truth : nullptr,
                    .backing = backing ? &*backing : nullptr};
  const auto end = Clock::now() + options.budget;
  std::size_t left = states.size() * chosen.size();
  for (const CacheStart state : states) {
    for (const EngineKind* kind : chosen) {
      const auto now = Clock::now();
      if (all.interrupted || all.error) continue;
      const auto deadline = now + (end - now) / static_cast<std::int64_t>(left--);
      auto run = run_once(bench, *kind, state, deadline, all, progress);
      if (!run)
        all.error = run.error();
      else if (run->accesses > 0 || (!all.interrupted && !all.error))  // else it did not begin
        all.runs.push_back(std::move(*run));
    }
  }
  all.losses = labeller.losses();
  all.evicting = watch.seen();
  if (all.error && all.runs.empty()) return std::unexpected(*all.error);
  return all;
}

}  // namespace bytepath::storage
