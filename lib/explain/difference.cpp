#include "explain/difference.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace bytepath::explain {
namespace {

using sampling::Entry;
using sampling::HotPlace;

bool is_slow(std::uint16_t distance) {
  return distance >= first_slow_distance && distance <= last_slow_distance;
}

std::uint64_t slow_samples(const HotPlace& place) {
  std::uint64_t slow = 0;
  for (const auto& [distance, samples] : place.distances) slow += is_slow(distance) ? samples : 0;
  return slow;
}

struct Key {
  Cause cause = Cause::function;
  std::string image;
  std::string what;
  auto operator<=>(const Key&) const = default;
};

Key key_of(const HotPlace& place) {
  switch (place.entry.entry) {
    case Entry::user:
      return {.cause = Cause::function,
              .image = place.place.image,
              .what = place.place.function.empty() ? symbols::place_text(place.place)
                                                   : place.place.function};
    case Entry::system_call:
      return {.cause = Cause::system_calls, .image = "[kernel]", .what = place.entry.system_call};
    case Entry::page_fault:
      return {.cause = Cause::page_faults, .image = "[kernel]", .what = {}};
    case Entry::interrupt:
      return {.cause = Cause::interrupts, .image = "[kernel]", .what = {}};
    case Entry::kernel:
      break;
  }
  return {.cause = Cause::kernel, .image = "[kernel]", .what = place.place.function};
}

// Samples of one kind, of the slower and of the faster command.
struct Counted {
  double slower = 0;
  double faster = 0;
  const HotPlace* hottest = nullptr;
  std::map<std::uint16_t, std::uint64_t> distances;
};

class Parts {
 public:
  // whole: the difference that parts are shares of.
  Parts(const RunCost& slower, const RunCost& faster, double whole)
      : slower_(slower), faster_(faster), whole_(whole) {}

  void count() {
    for (const auto& place : slower_.hot.places) add(place, true);
    for (const auto& place : faster_.hot.places) add(place, false);
  }

  std::vector<Part> take() const {
    std::vector<Part> parts;
    parts.reserve(counted_.size());
    for (const auto& [key, counted] : counted_) parts.push_back(part_of(key, counted));
    return parts;
  }

  // All of one cause together.
  Part total(Cause cause) const {
    Counted all;
    for (const auto& [key, counted] : counted_) {
      if (key.cause != cause) continue;
      all.slower += counted.slower;
      all.faster += counted.faster;
      if (counted.hottest != nullptr &&
          (all.hottest == nullptr || counted.hottest->samples > all.hottest->samples))
        all.hottest = counted.hottest;
    }
    return part_of({.cause = cause, .image = {}, .what = {}}, all);
  }

 private:
  void add(const HotPlace& place, bool slower) {
    const auto samples = static_cast<double>(place.samples);
    Counted& counted = counted_[key_of(place)];
    (slower ? counted.slower : counted.faster) += samples;
    if (slower && (counted.hottest == nullptr || place.samples > counted.hottest->samples))
      counted.hottest = &place;
    const std::uint64_t slow = place.is_rep_movsb ? slow_samples(place) : 0;
    if (slow == 0) return;
    Counted& copy = counted_[{.cause = Cause::copy_in_slow_class,
                              .image = place.place.image,
                              .what = place.place.function}];
    (slower ? copy.slower : copy.faster) += static_cast<double>(slow);
    if (!slower) return;
    if (copy.hottest == nullptr || place.samples > copy.hottest->samples) copy.hottest = &place;
    for (const auto& [distance, count] : place.distances) copy.distances[distance] += count;
  }

  Part part_of(const Key& key, const Counted& counted) const {
    Part part{.cause = key.cause, .what = key.what, .image = key.image};
    part.slower_seconds = counted.slower * slower_.sample_seconds;
    part.faster_seconds = counted.faster * faster_.sample_seconds;
    part.difference = part.slower_seconds - part.faster_seconds;
    part.share = whole_ > 0 ? part.difference / whole_ : 0;
    // Samples are counted: their number has its own square root as error.
    const double error = std::hypot(std::sqrt(counted.slower) * slower_.sample_seconds,
                                    std::sqrt(counted.faster) * faster_.sample_seconds);
    part.sigma = error > 0 ? part.difference / error : 0;
    part.samples = static_cast<std::uint64_t>(counted.slower + counted.faster);
    part.distances = counted.distances;
    if (counted.hottest != nullptr) {
      part.instruction = counted.hottest->instruction;
      part.source = counted.hottest->place.source;
    }
    if (key.cause == Cause::page_faults)
      part.count_difference = slower_.page_faults - faster_.page_faults;
    return part;
  }

  const RunCost& slower_;
  const RunCost& faster_;
  double whole_;
  std::map<Key, Counted> counted_;
};

const SystemCallCost* find_call(const RunCost& cost, std::string_view name) {
  if (!cost.system_calls) return nullptr;
  const auto found = std::ranges::find(*cost.system_calls, name, &SystemCallCost::name);
  return found == cost.system_calls->end() ? nullptr : &*found;
}

struct CallDifference {
  std::string name;
  double calls = 0;
  double seconds = 0;
};

std::vector<CallDifference> call_differences(const RunCost& slower, const RunCost& faster) {
  std::vector<CallDifference> differences;
  if (!slower.system_calls || !faster.system_calls) return differences;
  for (const auto& call : *slower.system_calls) {
    const auto* other = find_call(faster, call.name);
    differences.push_back({.name = call.name,
                           .calls = call.calls - (other != nullptr ? other->calls : 0),
                           .seconds = call.seconds - (other != nullptr ? other->seconds : 0)});
  }
  std::ranges::sort(differences, std::ranges::greater(), &CallDifference::seconds);
  return differences;
}

// Who waits for a child or for a thread's end waits for what that one does.
bool waits_for_others(std::string_view call) {
  return call == "wait4" || call == "waitid" || call == "rt_sigsuspend";
}

// What the wall clock saw and no CPU did. Threads that run side by side make it less than nothing.
Part waiting_part(const RunCost& slower, const RunCost& faster) {
  Part part{.cause = Cause::waiting, .what = {}, .image = {}};
  part.slower_seconds = std::max(0.0, slower.wall - slower.cpu);
  part.faster_seconds = std::max(0.0, faster.wall - faster.cpu);
  part.difference = (slower.wall - faster.wall) - (slower.cpu - faster.cpu);
  part.count_difference = slower.blocked - faster.blocked;
  constexpr double once_in_most_runs = 0.9;
  if (part.count_difference < once_in_most_runs) {
    part.cause = Cause::waiting_for_cpu;
    return part;
  }
  // getrusage and the clock measure: no error of sampling.
  part.sigma = part.difference > 0 ? least_sigma : 0;
  for (const auto& call : call_differences(slower, faster)) {
    if (waits_for_others(call.name)) continue;
    if (call.seconds < part.difference / 2) break;
    part.what = call.name;
    part.count_difference = call.calls;
    break;
  }
  return part;
}

// The call that takes the most time more, for a class whose samples mostly lie in the way in and
// out that all calls share.
void name_calls(const RunCost& slower, const RunCost& faster, Part& part) {
  const auto differences = call_differences(slower, faster);
  const auto most = std::ranges::max_element(differences, {}, &CallDifference::calls);
  if (most == differences.end() || !(most->calls > 0)) return;
  part.what = most->name;
  part.count_difference = most->calls;
}

bool explains(const Part& part) { return part.share >= least_share && part.sigma >= least_sigma; }

// Of the slower command's samples in this instruction nearly all are slow ones, of the faster one's
// part nearly none (share of the slower's).
bool is_copy_verdict(const Part& part) {
  constexpr double nearly_all = 0.9;
  constexpr double nearly_none = 0.1;
  std::uint64_t slow = 0;
  std::uint64_t all = 0;
  for (const auto& [distance, samples] : part.distances) {
    all += samples;
    slow += is_slow(distance) ? samples : 0;
  }
  return explains(part) && static_cast<double>(slow) >= nearly_all * static_cast<double>(all) &&
         part.faster_seconds <= nearly_none * part.slower_seconds;
}

std::optional<Part> verdict_of(const std::vector<Part>& parts, const std::vector<Part>& classes) {
  for (const auto& part : parts)
    if (part.cause == Cause::copy_in_slow_class && is_copy_verdict(part)) return part;
  for (const auto& part : classes)
    if (explains(part)) return part;
  for (const auto& part : parts)
    if (part.cause != Cause::copy_in_slow_class && explains(part)) return part;
  return std::nullopt;
}

}  // namespace

std::string_view name(Cause cause) {
  switch (cause) {
    case Cause::copy_in_slow_class:
      return "copy";
    case Cause::page_faults:
      return "page faults";
    case Cause::system_calls:
      return "system calls";
    case Cause::waiting:
      return "waiting";
    case Cause::waiting_for_cpu:
      return "waiting for a CPU";
    case Cause::function:
      return "function";
    case Cause::kernel:
      return "kernel";
    case Cause::interrupts:
      return "interrupts";
  }
  return "kernel";
}

Difference explain_difference(const RunCost& first, const RunCost& second) {
  const bool first_is_slower = first.wall >= second.wall;
  const RunCost& slower = first_is_slower ? first : second;
  const RunCost& faster = first_is_slower ? second : first;
  Difference result{.slower = slower.command,
                    .faster = faster.command,
                    .slower_wall = slower.wall,
                    .faster_wall = faster.wall,
                    .parts = {},
                    .verdict = {}};
  if (!(slower.wall > faster.wall)) return result;
  Part waiting = waiting_part(slower, faster);
  double whole = slower.wall - faster.wall;
  if (waiting.cause == Cause::waiting_for_cpu) whole -= std::max(0.0, waiting.difference);
  waiting.share = whole > 0 ? waiting.difference / whole : 0;
  Parts parts(slower, faster, whole);
  parts.count();
  result.parts = parts.take();
  Part calls = parts.total(Cause::system_calls);
  name_calls(slower, faster, calls);
  result.parts.push_back(waiting);
  std::ranges::stable_sort(result.parts, std::ranges::greater(), &Part::difference);
  result.verdict =
      verdict_of(result.parts, {parts.total(Cause::page_faults), waiting, std::move(calls)});
  return result;
}

}  // namespace bytepath::explain
