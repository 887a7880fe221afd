#include "verdict/copy_trace_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/text.h"
#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/copy_remedies.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Remedy;
using result::Severity;
using result::Value;

// Of a process's own samples. Below the first share nothing is worth a change of a program.
constexpr double noted_percent = 1;
constexpr double hit_percent = 5;
// Fewer samples may be there by chance in a process that was hardly seen.
constexpr double least_samples = 10;
// A share of so many is known to about 10 percent of itself.
constexpr double enough_samples = 100;
constexpr std::size_t most_findings = 10;

// The slow copies of one process by one kind of code.
struct SlowCopies {
  Value pid;
  std::string command;
  std::string of;           // "kernel", "C library", "program"
  std::string place;        // where most of it is lost
  std::string instruction;  //
  std::string offsets;      // class of that place
  double offset = 0;        // its most frequent d
  double samples = 0;
  double lost = 0;
  double lost_least = 0;
  double place_lost = -1;
  double share = 0;  // percent of the process's samples
};

// "1..15", "0"
OffsetClass class_of(const std::string& text) {
  const auto dots = text.find("..");
  const auto first = parse_unsigned(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : parse_unsigned(text.substr(dots + 2));
  return {.first = static_cast<unsigned>(first.value_or(0) % page_offsets),
          .last = static_cast<unsigned>(last.value_or(0) % page_offsets)};
}

bool is_true(const Value& value) {
  const auto* held = std::get_if<bool>(&value);
  return held != nullptr && *held;
}

std::string pid_text(const Value& pid) {
  const auto* number = std::get_if<std::int64_t>(&pid);
  return number == nullptr ? "" : fmt::format(" ({})", *number);
}

double samples_of_process(const Document& document, const Value& pid, const std::string& command) {
  const result::Table* const processes = find_table(document, "processes");
  if (processes == nullptr) return 0;
  for (const auto& row : processes->rows)
    if (cell(*processes, row, "pid") == pid && text_of(*processes, row, "command") == command)
      return amount_of(*processes, row, "samples").value_or(0);
  return 0;
}

std::vector<SlowCopies> slow_copies(const Document& document) {
  std::vector<SlowCopies> all;
  const result::Table* const places = find_table(document, "places");
  if (places == nullptr) return all;
  for (const auto& row : places->rows) {
    if (!is_true(cell(*places, row, "slow"))) continue;
    const Value pid = cell(*places, row, "pid");
    const std::string command = text_of(*places, row, "command");
    const std::string of = text_of(*places, row, "of");
    auto at = std::ranges::find_if(all, [&](const SlowCopies& known) {
      return known.pid == pid && known.command == command && known.of == of;
    });
    if (at == all.end()) at = all.insert(all.end(), {.pid = pid, .command = command, .of = of});
    const double lost = amount_of(*places, row, "lost").value_or(0);
    at->samples += amount_of(*places, row, "samples").value_or(0);
    at->lost += lost;
    at->lost_least += amount_of(*places, row, "lost_least").value_or(0);
    if (lost <= at->place_lost) continue;
    at->place_lost = lost;
    at->place = text_of(*places, row, "place");
    at->instruction = text_of(*places, row, "instruction");
    at->offsets = text_of(*places, row, "class");
    at->offset = amount_of(*places, row, "d").value_or(0);
  }
  for (SlowCopies& each : all) {
    const double samples = samples_of_process(document, each.pid, each.command);
    each.share = samples > 0 ? 100 * each.samples / samples : 0;
  }
  std::ranges::stable_sort(all, std::greater{}, &SlowCopies::lost);
  return all;
}

bool is_certain(const SlowCopies& slow) {
  return slow.samples >= least_samples && slow.share >= noted_percent;
}

// "0.83 to 0.93", "0.93"
std::string range_text(double least, double most) {
  const std::string high = format_number(most);
  const std::string low = format_number(least);
  return low == high ? high : fmt::format("{} to {}", low, high);
}

std::vector<Remedy> program_remedies(const OffsetClass& offsets) {
  std::vector<Remedy> remedies = instruction_remedies(offsets);
  remedies.insert(remedies.begin() + 1,
                  {.text = "where the compiler put the instruction there (-Os does, and tuning for "
                           "some processors), compile without it",
                   .command = "gcc -O2 -mmemcpy-strategy=libcall:-1:noalign"});
  return remedies;
}

std::vector<Remedy> remedies_for(const Document& document, const SlowCopies& slow) {
  const OffsetClass offsets = class_of(slow.offsets);
  if (slow.of == "kernel") return syscall_remedies(offsets);
  if (slow.of == "C library") return libc_remedies(document, offsets);
  return program_remedies(offsets);
}

// Whether a distance is slow here was measured beside the samples; nothing when it was not.
std::optional<bool> is_affected(const Document& document) {
  std::optional<bool> affected;
  for (const auto& metric : document.metrics) {
    if (metric.name != "class_ratio") continue;
    const bool slow = metric.median >= hit_factor && metric.low >= slow_factor;
    affected = affected.value_or(false) || slow;
  }
  return affected;
}

double metric_of(const Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.metrics, name, &result::Metric::name);
  return found == document.metrics.end() ? 0 : found->median;
}

}  // namespace

void judge_slow_copies(Document& document) {
  if (!is_mode(document, "trace")) return;
  std::size_t found = 0;
  for (const SlowCopies& slow : slow_copies(document)) {
    if (!is_certain(slow) || ++found > most_findings) continue;
    const OffsetClass offsets = class_of(slow.offsets);
    const bool is_hit = slow.share >= hit_percent;
    document.findings.push_back(
        {.id = "memcpy.trace.slow-copies",
         .severity = is_hit ? Severity::finding : Severity::note,
         .text =
             fmt::format("{}{} loses {} s of CPU time a second: {} of its samples are in {} at "
                         "a distance that is slow here; most at d = {:.0f} in {}",
                         slow.command, pid_text(slow.pid), range_text(slow.lost_least, slow.lost),
                         percent_text(slow.share), slow.instruction, slow.offset, slow.place),
         .evidence = {{"pid", slow.pid},
                      {"command", slow.command},
                      {"of", slow.of},
                      {"place", slow.place},
                      {"instruction", slow.instruction},
                      {"d", slow.offset},
                      {"d_first", static_cast<std::int64_t>(offsets.first)},
                      {"d_last", static_cast<std::int64_t>(offsets.last)},
                      {"samples", slow.samples},
                      {"share", slow.share},
                      {"lost", slow.lost},
                      {"lost_least", slow.lost_least}},
         .remedies = is_hit ? remedies_for(document, slow) : std::vector<Remedy>{}});
  }
}

void judge_lost_copy_samples(Document& document) {
  if (!is_mode(document, "trace")) return;
  const double dropped = parameter_number(document, "dropped_samples").value_or(0) +
                         parameter_number(document, "exact_dropped").value_or(0);
  const double unread = parameter_number(document, "unread_samples").value_or(0);
  const double samples = parameter_number(document, "samples").value_or(0);
  if (dropped <= 0 && unread * 100 <= samples) return;
  document.findings.push_back(
      {.id = "memcpy.trace.lost-samples",
       .severity = Severity::warning,
       .text = fmt::format("of {:.0f} samples {:.0f} found no room and of {:.0f} the instruction "
                           "could not be read: the counts are too low",
                           samples, dropped, unread),
       .evidence = {{"samples", samples}, {"dropped", dropped}, {"unread", unread}},
       .remedies = {}});
}

void judge_few_copy_samples(Document& document) {
  if (!is_mode(document, "trace")) return;
  const double samples = parameter_number(document, "samples").value_or(0);
  if (samples >= enough_samples) return;
  document.findings.push_back(
      {.id = "memcpy.trace.few-samples",
       .severity = Severity::note,
       .text = fmt::format("{:.0f} samples are few: a share below {} may not have been seen",
                           samples, samples > 0 ? percent_text(100 * 3 / samples) : "100 %"),
       .evidence = {{"samples", samples}},
       .remedies = {{.text = "sample longer, or with a higher --rate"}}});
}

void judge_failed_copying_command(Document& document) {
  if (!is_mode(document, "trace")) return;
  const double status = parameter_number(document, "exit_code").value_or(0);
  if (status == 0 || parameter_is_true(document, "ended_by_duration")) return;
  document.findings.push_back({.id = "memcpy.trace.command-failed",
                               .severity = Severity::warning,
                               .text = fmt::format("the command ended with {:.0f}", status),
                               .evidence = {{"exit_code", status}},
                               .remedies = {}});
}

void judge_copy_trace(Document& document) {
  if (!is_mode(document, "trace")) return;
  const double samples = parameter_number(document, "samples").value_or(0);
  if (samples <= 0) {
    document.verdict = {.state = "nothing-sampled", .text = "nothing ran: there are no samples"};
    return;
  }
  const double copies = metric_of(document, "rep_movs_samples");
  const std::string seen = fmt::format("{} of {:.0f} samples are in rep movs",
                                       percent_text(100 * copies / samples), samples);
  const auto affected = is_affected(document);
  if (!affected) {
    document.verdict = {.state = "not-known",
                        .text = seen + "; which distances are slow here was not measured"};
    return;
  }
  if (!*affected) {
    document.verdict = {
        .state = "not-affected",
        .text = "not affected: rep movs is about as fast at every distance here; " + seen};
    return;
  }
  const auto all = slow_copies(document);
  std::vector<std::string> who;
  constexpr std::size_t most_named = 3;
  for (const SlowCopies& slow : all)
    if (is_certain(slow) && who.size() < most_named)
      who.push_back(fmt::format("{}{} in the {} {}", slow.command, pid_text(slow.pid),
                                slow.of == "program" ? "program itself" : slow.of,
                                format_number(slow.lost)));
  if (who.empty()) {
    document.verdict = {
        .state = "not-losing",
        .text =
            fmt::format("no time is lost worth telling: {}, {} at a distance that is slow here",
                        seen, percent_text(100 * metric_of(document, "slow_samples") / samples))};
    return;
  }
  document.verdict = {
      .state = "losing",
      .text = fmt::format(
          "{} s of CPU time lost a second by rep movs at distances that are slow here: {}; {}",
          range_text(metric_of(document, "lost_least"), metric_of(document, "lost")),
          fmt::join(who, ", "), seen)};
}

void judge_copy_scan(Document& document) {
  if (!is_mode(document, "scan")) return;
  const result::Table* const found = find_table(document, "rep_movs");
  std::map<std::string, std::size_t> by_kind;
  std::set<std::string> files;
  if (found != nullptr) {
    for (const auto& row : found->rows) {
      ++by_kind[text_of(*found, row, "of")];
      files.insert(text_of(*found, row, "file"));
    }
  }
  std::vector<std::string> parts;
  std::size_t all = 0;
  for (const auto& [kind, count] : by_kind) {
    parts.push_back(fmt::format("{} of the {}", count, kind));
    all += count;
  }
  const double scanned = parameter_number(document, "files").value_or(0);
  document.verdict = {
      .state = all == 0 ? "none-found" : "found",
      .text = all == 0
                  ? fmt::format("no rep movs in {:.0f} file{}", scanned, scanned == 1 ? "" : "s")
                  : fmt::format("{} rep movs in {} of {:.0f} file{}: {}", all, files.size(),
                                scanned, scanned == 1 ? "" : "s", fmt::join(parts, ", "))};
}

}  // namespace bytepath::verdict
