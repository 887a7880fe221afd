#include "chase/cpu_survey.h"

#include <algorithm>

#include "base/units.h"
#include "chase/chain.h"
#include "chase/cpu_document.h"
#include "chase/memory_room.h"
#include "chase/size_plan.h"
#include "host/cpuid_live.h"
#include "host/sysfs_caches.h"
#include "measure/pages.h"
#include "result/document_parts.h"

namespace bytepath::chase {
namespace {

using result::Document;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr unsigned per_octave = 6;
constexpr std::uint64_t rounds_of_laps = 3;  // a lap of 256 MiB takes half a second
// Laps of more take so long that others take lines away meanwhile.
constexpr std::uint64_t most_of_short_laps = 4 * mib;
// What takes so long to read through that a survey would be one of minutes.
constexpr std::uint64_t most_by_itself = 512 * mib;

CacheClaims read_claims(int cpu, Document& document) {
  const auto live = host::read_live_cpuid();
  const auto sysfs = host::read_sysfs_caches({}, static_cast<unsigned>(std::max(cpu, 0)));
  if (!live) {
    document.not_measured.push_back({.what = "what CPUID says of the caches",
                                     .reason = live.error().message,
                                     .remedy = live.error().hint});
    return claims_of({}, sysfs);
  }
  const auto facts = host::decode(*live);
  const host::CpuIdentity* identity = &facts.classes.front().identity;
  for (const auto& each : facts.classes) {
    const auto number = static_cast<std::uint32_t>(std::max(cpu, 0));
    if (std::ranges::find(each.cpus, number) != each.cpus.end()) identity = &each.identity;
  }
  return claims_of(*identity, sysfs);
}

std::uint64_t lap_limit(const CacheClaims& claims) {
  const auto second = claims.caches.size() > 1 ? claims.caches[1].cpuid : std::nullopt;
  return std::clamp<std::uint64_t>(2 * second.value_or(mib), group_bytes, most_of_short_laps);
}

std::string people_size(std::uint64_t bytes) {
  return format_quantity(static_cast<double>(bytes), "B");
}

// What is needed beside the sizes themselves: a group, the places of laps, the pages of the TLB.
struct Needs {
  std::uint64_t most_bytes = 0;
  std::uint64_t in_all = 0;
};

Result<Needs> needs_of(const CpuOptions& options, const CacheClaims& claims) {
  const auto last = claims.caches.empty() ? std::nullopt : claims.caches.back().of_one;
  Needs needs{.most_bytes = options.most_bytes};
  const auto room = memory_room({});
  if (needs.most_bytes == 0) {
    needs.most_bytes = std::clamp<std::uint64_t>(2 * last.value_or(0), 256 * mib, most_by_itself);
    // A quarter of what is free is plenty of a host that does other things too.
    if (room) needs.most_bytes = std::min(needs.most_bytes, std::max(*room / 4, 64 * mib));
  }
  const std::uint64_t laps =
      options.method == Method::reuse ? most_of_short_laps : needs.most_bytes;
  needs.in_all = needs.most_bytes + needs.most_bytes / 4 + laps + 2 * mib;
  if (room && needs.in_all > *room) {
    return fail(
        ErrorKind::usage,
        fmt::format("--size: {} would take {} of memory, of which there are {}",
                    people_size(needs.most_bytes), people_size(needs.in_all), people_size(*room)),
        fmt::format("give at most {}", people_size(*room / 4)));
  }
  return needs;
}

// One after the other, each adding what it measured to the document.
class CpuSurvey {
 public:
  CpuSurvey(const CpuOptions& options, CacheClaims claims, std::vector<int> cpus,
            const Progress& progress)
      : options_(options),
        claims_(std::move(claims)),
        cpus_(std::move(cpus)),
        progress_(progress),
        random_(options.seed),
        clock_(measure::Clock::calibrate()) {}

  Result<> run(const Needs& needs, int cpu, Document& document);

 private:
  bool wants(std::string_view part) const {
    return options_.parts.empty() ||
           std::ranges::find(options_.parts, part) != options_.parts.end();
  }
  void warm_up() const;
  Progress within_budget() const;
  void measure_sizes(const Needs& needs, Document& document);
  void measure_laps(Document& document);
  void measure_bandwidth(Document& document);
  void measure_tlb(Document& document);
  void measure_other_cpus(int cpu, Document& document);
  std::vector<int> others_than(int cpu) const;

  const CpuOptions& options_;
  CacheClaims claims_;
  std::vector<int> cpus_;
  const Progress& progress_;
  stats::Random random_;
  measure::Clock clock_;
  Arena arena_;
  Arena laps_;
  Groups groups_;
  std::vector<std::uint64_t> sizes_;
  Staircase staircase_;
};

// A core that was idle takes some tens of milliseconds to reach its clock.
void CpuSurvey::warm_up() const {
  constexpr double enough_ns = 50e6;
  const std::uint64_t from = clock_.now();
  while (clock_.nanoseconds(from, clock_.now()) < enough_ns) (void)cycle_time(clock_);
}

Progress CpuSurvey::within_budget() const {
  if (options_.budget.count() == 0) return progress_;
  const auto end = std::chrono::steady_clock::now() + options_.budget;
  return [this, end](std::size_t done, std::size_t total, std::string_view what) {
    // Two rounds at least: one cannot tell what was disturbed.
    const bool late = done >= 2 && std::chrono::steady_clock::now() > end;
    return progress_(done, total, what) && !late;
  };
}

void CpuSurvey::measure_sizes(const Needs& needs, Document& document) {
  sizes_ = sizes_to(needs.most_bytes, per_octave);
  const bool by_laps = options_.method == Method::lap;
  const SweepPlan plan{.sizes = sizes_,
                       .rounds = by_laps ? rounds_of_laps : options_.rounds,
                       .most_of_laps = by_laps ? UINT64_MAX : lap_limit(claims_),
                       .most_read_twice = 2 * lap_limit(claims_)};
  const Sweep swept = sweep(clock_, groups_, laps_, plan, random_, within_budget());
  staircase_ = staircase_of(swept, claims_.caches.size());
  add_staircase(document, staircase_, claims_);
  add_checks(document, staircase_, swept.flushed);
}

void CpuSurvey::measure_laps(Document& document) {
  const SweepPlan plan{.sizes = sizes_, .rounds = rounds_of_laps, .most_of_laps = UINT64_MAX};
  add_lap_staircase(document, staircase_of(sweep(clock_, groups_, laps_, plan, random_, progress_),
                                           claims_.caches.size()));
}

void CpuSurvey::measure_bandwidth(Document& document) {
  std::vector<TierBandwidth> tiers;
  double before = 0;
  for (const auto& tier : staircase_.tiers) {
    if (!progress_(tiers.size(), staircase_.tiers.size(), "bandwidth")) break;
    // Well inside of the tier: half of it, but more than the one before holds.
    const double half = tier.capacity ? std::max(*tier.capacity / 2, 1.5 * before)
                                      : static_cast<double>(arena_.size());
    const auto bytes = static_cast<std::uint64_t>(half) / 4096 * 4096;
    tiers.push_back(
        {.tier = tier.name, .bytes = bytes, .gb_s = read_bandwidth(clock_, arena_, bytes)});
    before = tier.capacity.value_or(before);
  }
  add_bandwidth(document, tiers);
}

void CpuSurvey::measure_tlb(Document& document) {
  constexpr std::size_t most_pages = 16'384;
  constexpr std::size_t page = 4096;
  TlbCurves curves;
  auto spread = Arena::map(most_pages * page, PageKind::small);
  auto packed = Arena::map(most_pages * line_bytes, PageKind::small);
  if (!spread || !packed) return;
  curves.small = tlb_curve(clock_, *spread, *packed, random_, progress_);
  // What was mapped for the sizes: the chains in it are no longer needed.
  if (options_.pages != PageKind::small) {
    if (arena_.huge_bytes() >= most_pages * page) {
      curves.huge = tlb_curve(clock_, arena_, *packed, random_, progress_);
    } else {
      document.not_measured.push_back(
          {.what = "the reach of the TLB with huge pages",
           .reason = "the kernel gave too few of them",
           .remedy = "see /sys/kernel/mm/transparent_hugepage/enabled"});
    }
  }
  add_tlb(document, curves, claims_);
}

std::vector<int> CpuSurvey::others_than(int cpu) const {
  std::vector<int> others = cpus_;
  std::erase(others, cpu);
  return others;
}

void CpuSurvey::measure_other_cpus(int cpu, Document& document) {
  constexpr std::size_t most_pairs = 16;
  constexpr std::size_t most_threads = 16;
  auto others = others_than(cpu);
  if (others.empty() || cpu < 0) {
    document.not_measured.push_back({.what = "core to core, threads of a core, latency under load",
                                     .reason = "this process may run on one CPU only",
                                     .remedy = "give it more: taskset, or the container's cpuset"});
    return;
  }
  if (wants("loaded")) {
    others.resize(std::min(others.size(), most_threads));
    add_loaded(document, loaded_latency(clock_, groups_, arena_, others, random_, progress_),
               others.size());
  }
  if (wants("cores"))
    add_pairs(document, measure_pairs(clock_, pairs_of(cpus_, cpu, most_pairs), progress_));
}

Result<> CpuSurvey::run(const Needs& needs, int cpu, Document& document) {
  auto arena = Arena::map(needs.most_bytes + needs.most_bytes / 4, options_.pages);
  if (!arena) return std::unexpected(arena.error());
  auto laps = Arena::map(options_.method == Method::reuse ? most_of_short_laps : needs.most_bytes,
                         options_.pages);
  if (!laps) return std::unexpected(laps.error());
  arena_ = std::move(*arena);
  laps_ = std::move(*laps);
  groups_ = Groups(arena_, random_);
  warm_up();
  const NoiseWatch noise;
  measure_sizes(needs, document);
  if (options_.method == Method::both) measure_laps(document);
  if (wants("retention") && !staircase_.tiers.empty()) {
    add_retention(document, retention_curve(clock_, groups_, random_, progress_),
                  staircase_.tiers.back().ns.median);
  }
  if (wants("bandwidth")) measure_bandwidth(document);
  if (wants("loaded") || wants("cores")) measure_other_cpus(cpu, document);
  if (wants("tlb")) measure_tlb(document);
  add_noise(document, noise.until_now());
  return {};
}

}  // namespace

std::vector<std::string> part_names() {
  return {"tlb", "retention", "cores", "bandwidth", "loaded"};
}

Result<Document> survey_cpu(const CpuOptions& options, const Progress& progress) {
  Document document;
  auto claims = read_claims(options.cpu, document);
  BYTEPATH_TRY(needs, needs_of(options, claims));
  const auto cpus = measure::usable_cpus();
  BYTEPATH_TRY(pinned, measure::Pinned::to(options.cpu));
  document.parameters = {{"mode", std::string("cpu")},
                         {"pages", std::string(name(options.pages))},
                         {"most_bytes", result::whole(needs.most_bytes)},
                         {"rounds", result::whole(options.rounds)},
                         {"cpu", std::int64_t{pinned.cpu()}}};
  CpuSurvey survey(options, std::move(claims), cpus, progress);
  if (auto ran = survey.run(needs, pinned.cpu(), document); !ran)
    return std::unexpected(ran.error());
  return document;
}

}  // namespace bytepath::chase
