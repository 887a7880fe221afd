#include "explain/hot_document.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <tuple>

#include "result/document_parts.h"

namespace bytepath::explain {
namespace {

using result::Document;
using result::share;
using result::Value;
using result::whole;
using sampling::HotPlace;

constexpr std::size_t most_functions = 20;     // of a command
constexpr std::size_t most_instructions = 12;  // of a function
constexpr std::size_t functions_shown_in_full = 3;
constexpr double ns_per_second = 1e9;

struct FunctionCount {
  const HotPlace* first = nullptr;  // the hottest of it
  std::vector<const HotPlace*> places;
  std::uint64_t samples = 0;
  double seconds = 0;
};

std::string function_name(const HotPlace& place) {
  return place.place.function.empty() ? symbols::place_text(place.place) : place.place.function;
}

std::string entry_text(const HotPlace& place) {
  if (!place.entry.system_call.empty()) return "system call " + place.entry.system_call;
  return std::string(sampling::name(place.entry.entry));
}

std::vector<FunctionCount> functions_of(const sampling::HotCode& hot) {
  std::map<std::tuple<std::string, std::string, std::string>, FunctionCount> counts;
  for (const auto& place : hot.places) {
    auto& count = counts[{place.place.image, function_name(place), entry_text(place)}];
    if (count.first == nullptr) count.first = &place;  // places come hottest first
    count.places.push_back(&place);
    count.samples += place.samples;
    count.seconds += place.seconds;
  }
  std::vector<FunctionCount> functions;
  functions.reserve(counts.size());
  for (auto& [key, count] : counts) functions.push_back(std::move(count));
  std::ranges::stable_sort(functions, std::ranges::greater(), &FunctionCount::samples);
  return functions;
}

std::string note_of(const HotPlace& place) {
  if (place.is_rep_movs) return distances_text(place.distances);
  if (!place.kernel && place.entry.entry == sampling::Entry::page_fault)
    return fmt::format("faults here, {} times", place.faults);
  if (place.after_interrupts_off)
    return place.kernel ? "interrupts were off until here: the time is of the code before"
                        : "the way into the kernel and back";
  return "";
}

void add_functions(result::Table& table, const HotCommand& command,
                   const std::vector<FunctionCount>& functions) {
  for (const auto& function : functions) {
    const HotPlace& place = *function.first;
    const double runs = static_cast<double>(std::max<std::uint64_t>(command.runs, 1));
    table.rows.push_back(
        {command.command, function_name(place), place.place.image, entry_text(place),
         whole(function.samples), function.seconds * ns_per_second / runs,
         share(function.samples, command.hot.samples), place.instruction, place.place.source});
  }
}

// The sampled instructions of a function and those around them, by address.
struct Listing {
  std::map<std::uint64_t, const HotPlace*> sampled;
  std::map<std::uint64_t, std::string> nearby;
};

Listing listing_of(const FunctionCount& function) {
  Listing listing;
  for (const auto* place : function.places | std::views::take(most_instructions)) {
    listing.sampled.emplace(place->place.address, place);
    for (const auto& line : place->nearby) listing.nearby.emplace(line.address, line.text);
  }
  // One may have been sampled and be too cold to be among these.
  for (const auto* place : function.places | std::views::drop(most_instructions)) {
    if (listing.nearby.contains(place->place.address))
      listing.sampled.emplace(place->place.address, place);
  }
  for (const auto& [address, place] : listing.sampled)
    listing.nearby.insert_or_assign(address, place->instruction);
  return listing;
}

void add_instructions(result::Table& table, const HotCommand& command,
                      const std::vector<FunctionCount>& functions) {
  for (const auto& function : functions | std::views::take(functions_shown_in_full)) {
    const std::string name = function_name(*function.first);
    const std::uint64_t begin = function.first->place.function_address;
    const Listing listing = listing_of(function);
    for (const auto& [address, text] : listing.nearby) {
      const auto found = listing.sampled.find(address);
      const HotPlace* place = found == listing.sampled.end() ? nullptr : found->second;
      const std::uint64_t samples = place == nullptr ? 0 : place->samples;
      table.rows.push_back({command.command, name, begin == 0 ? Value() : whole(address - begin),
                            text.empty() ? Value() : Value(text), whole(samples),
                            share(samples, command.hot.samples),
                            place == nullptr ? "" : note_of(*place),
                            place == nullptr ? "" : place->place.source});
    }
  }
}

}  // namespace

std::string distances_text(const std::map<std::uint16_t, std::uint64_t>& distances) {
  constexpr std::size_t most = 3;
  std::uint64_t all = 0;
  std::vector<std::pair<std::uint64_t, std::uint16_t>> order;
  for (const auto& [distance, samples] : distances) {
    all += samples;
    order.emplace_back(samples, distance);
  }
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const auto& each) { return each.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) {
    const auto& [samples, distance] = order[i];
    text += fmt::format("{}d = {} in {:.0f} %", i == 0 ? "" : ", ", distance, share(samples, all));
  }
  return text;
}

void add_hot_code(Document& document, const std::vector<HotCommand>& commands) {
  result::Table functions{.name = "hot_functions",
                          .title = "Where the CPU time goes",
                          .columns = {{"command", ""},
                                      {"function", ""},
                                      {"image", ""},
                                      {"entry", ""},
                                      {"samples", ""},
                                      {"time", "ns"},
                                      {"share", "percent"},
                                      {"instruction", ""},
                                      {"source", ""}},
                          .rows = {}};
  result::Table instructions{.name = "hot_instructions",
                             .title = "Instructions of the hottest functions",
                             .columns = {{"command", ""},
                                         {"function", ""},
                                         {"offset", ""},
                                         {"instruction", ""},
                                         {"samples", ""},
                                         {"share", "percent"},
                                         {"note", ""},
                                         {"source", ""}},
                             .rows = {}};
  for (const auto& command : commands) {
    auto found = functions_of(command.hot);
    found.resize(std::min(found.size(), most_functions));
    add_functions(functions, command, found);
    add_instructions(instructions, command, found);
  }
  document.tables.push_back(std::move(functions));
  document.tables.push_back(std::move(instructions));
}

void add_sampling_facts(Document& document, const SamplingFacts& facts, std::uint64_t samples) {
  document.parameters["sample_clock"] =
      std::string(facts.event.clock == sampling::SampleClock::cycles ? "cycles" : "CPU clock");
  document.parameters["sample_rate"] = std::int64_t{facts.rate};
  document.parameters["samples"] = whole(samples);
  document.parameters["lost_samples"] = whole(facts.losses.samples);
  document.parameters["lost_mappings"] = whole(facts.losses.mappings);
  document.parameters["throttled"] = whole(facts.losses.throttled);
  if (facts.event.user_only) {
    document.not_measured.push_back(
        {.what = "the kernel's half of the samples",
         .reason = "this user may sample programs only, not the kernel",
         .remedy = "run as root, with CAP_PERFMON, or with sysctl kernel.perf_event_paranoid=1"});
  }
}

}  // namespace bytepath::explain
