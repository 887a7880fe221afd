#include "counters/event.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "counters/libpfm.h"
#include "counters/perf_names.h"
#include "counters/tracepoint.h"

namespace bytepath::counters {
namespace {

// Far above any name in libpfm4's tables with all its masks and modifiers; the search for a near
// name takes the product of the lengths.
constexpr std::size_t longest_name = 256;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char each) { return each > ' ' && each <= '~'; });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& each : lower) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return lower;
}

// The candidate nearest to the word whatever the case of either, or empty. libpfm4's names are in
// capitals, which it does not insist on.
std::string nearest_in_any_case(std::string_view word, const std::vector<std::string>& candidates) {
  std::vector<std::string> lower;
  lower.reserve(candidates.size());
  for (const auto& candidate : candidates) lower.push_back(lower_case(candidate));
  const std::string found = nearest(lower_case(word), lower);
  const auto at = std::ranges::find(lower, found);
  return at == lower.end() ? "" : candidates[static_cast<std::size_t>(at - lower.begin())];
}

// What a name may have been meant to be. libpfm4 takes the events of present PMUs without the PMU
// too, so both forms stand.
std::vector<std::string> candidates(std::string_view pmu) {
  if (!pmu.empty()) return libpfm::event_names(pmu);
  std::vector<std::string> names;
  for (const auto& known : known_events()) {
    names.push_back(known.name);
    const auto separator = known.name.find("::");
    if (separator != std::string::npos) names.push_back(known.name.substr(separator + 2));
  }
  return names;
}

std::string hint_for(std::string_view name) {
  const auto separator = name.find("::");
  const bool has_pmu = separator != std::string_view::npos;
  const std::string_view pmu = has_pmu ? name.substr(0, separator) : "";
  const auto masks = name.find(':', has_pmu ? separator + 2 : 0);
  std::vector<std::string> names = candidates(pmu);
  const bool unknown_pmu = has_pmu && names.empty();
  if (unknown_pmu) names = libpfm::pmu_names();
  const std::string found = nearest_in_any_case(unknown_pmu ? pmu : name.substr(0, masks), names);
  if (found.empty()) return "";
  return fmt::format("did you mean '{}{}'?", found, unknown_pmu ? "::" : "");
}

// Events that getrusage(2) counts too, by what they are and not by who named them.
Event annotated(Event event) {
  if (const auto* known = find_perf_name(event.type, event.config)) {
    event.unit = known->unit;
    event.rusage = known->rusage;
  }
  return event;
}

Result<Event> find_in_libpfm(const std::string& name, const Error* tracefs) {
  auto event = libpfm::encode(name);
  if (event) return annotated(*std::move(event));
  Error error = std::move(event).error();
  // With a hint, libpfm4 knows the event and misses a mask.
  if (!error.hint.empty() || error.kind != ErrorKind::usage) {
    return std::unexpected(std::move(error));
  }
  if (tracefs != nullptr) {
    return fail(ErrorKind::usage, fmt::format("cannot find event '{}'", name),
                fmt::format("if it is a tracepoint: {}: {}", tracefs->message, tracefs->hint));
  }
  error.hint = hint_for(name);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Event> find_event(std::string_view name) {
  if (name.empty()) return fail(ErrorKind::usage, "an event has no name");
  if (name.size() > longest_name) {
    return fail(ErrorKind::usage, fmt::format("unknown event '{}...'", name.substr(0, 40)));
  }
  if (!is_printable(name)) {
    return fail(ErrorKind::usage, fmt::format("unknown event {:?}", name),
                "events have names of printable ASCII characters without spaces");
  }
  std::string_view plain = name;
  const bool user_only = plain.ends_with(":u");
  const bool kernel_only = plain.ends_with(":k");
  if (user_only || kernel_only) plain.remove_suffix(2);
  Event event{.name = std::string(name), .user_only = user_only, .kernel_only = kernel_only};
  if (const auto* known = find_perf_name(plain)) {
    event.type = known->type;
    event.config = known->config;
    return annotated(std::move(event));
  }
  if (!may_be_tracepoint(plain)) return find_in_libpfm(event.name, nullptr);
  const auto tracepoint = find_tracepoint(plain);
  if (!tracepoint) return find_in_libpfm(event.name, &tracepoint.error());
  const auto& config = *tracepoint;
  if (!config) return find_in_libpfm(event.name, nullptr);
  event.type = PERF_TYPE_TRACEPOINT;
  event.config = *config;
  return event;
}

Result<std::vector<Event>> find_events(std::string_view list) {
  std::vector<Event> events;
  std::set<std::string_view> seen;
  for (const auto name : split(list, ',')) {
    if (name.empty()) {
      return fail(ErrorKind::usage, fmt::format("empty entry in the list of events '{}'", list));
    }
    if (!seen.insert(name).second) {
      return fail(ErrorKind::usage, fmt::format("event '{}' is in the list twice", name));
    }
    BYTEPATH_TRY(event, find_event(name));
    events.push_back(std::move(event));
  }
  if (events.empty()) return fail(ErrorKind::usage, "the list of events is empty");
  return events;
}

std::vector<KnownEvent> known_events() {
  std::vector<KnownEvent> known;
  for (const auto& each : perf_names()) {
    known.push_back({.name = std::string(each.name),
                     .kind = each.type == PERF_TYPE_SOFTWARE ? "software" : "hardware",
                     .description = std::string(each.description)});
  }
  for (auto& each : libpfm::present_events()) known.push_back(std::move(each));
  return known;
}

}  // namespace bytepath::counters
