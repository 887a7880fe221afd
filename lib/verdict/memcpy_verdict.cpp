#include <algorithm>

#include "verdict/copy_measurements.h"
#include "verdict/memcpy_rules.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;

constexpr double hit_factor = 2;  // whoever is slowed less is not called hit

std::vector<SlowOffsets> worst_of_each(const std::vector<SlowOffsets>& all,
                                       std::string_view family) {
  std::vector<SlowOffsets> out;
  for (const auto& slow : all) {
    if (slow.family != family || slow.ratio < hit_factor) continue;
    if (!out.empty() && out.back().kernel == slow.kernel) continue;  // the worse came first
    out.push_back(slow);
  }
  return out;
}

std::string names_of(const std::vector<SlowOffsets>& slow) {
  std::string out;
  for (const auto& one : slow) out += (out.empty() ? "" : ", ") + one.kernel;
  return out;
}

void add_who_is_hit(Document& document, const std::vector<SlowOffsets>& all) {
  std::erase_if(document.tables, [](const auto& table) { return table.name == "who_is_hit"; });
  result::Table table{.name = "who_is_hit",
                      .title = "Who is hit",
                      .columns = {{"who", ""},
                                  {"offsets", ""},
                                  {"size_first", "B"},
                                  {"size_last", "B"},
                                  {"factor", "ratio"},
                                  {"low", "ratio"},
                                  {"high", "ratio"}}};
  for (const auto& slow : all) {
    if (slow.family == "vector") continue;
    const auto window = size_window(document, slow.kernel);
    table.rows.push_back({slow.kernel, format_offsets(slow.offsets),
                          window ? Value(window->first) : Value{},
                          window && !window->open_above ? Value(window->last) : Value{}, slow.ratio,
                          slow.ratio_low, slow.ratio_high});
  }
  if (!table.rows.empty()) document.tables.insert(document.tables.begin(), std::move(table));
}

std::size_t swept(const Document& document, std::string_view family) {
  return static_cast<std::size_t>(std::ranges::count_if(document.series, [&](const auto& series) {
    return series.name == "time_by_offset" && label(series.labels, "family") == family;
  }));
}

// "memcpy, memmove of 2113 to 524287 bytes and 12 of 14 kernel copies"
std::string victims(const Document& document, const std::vector<SlowOffsets>& libc,
                    const std::vector<SlowOffsets>& syscalls) {
  std::vector<std::string> parts;
  if (!libc.empty()) {
    const auto window = size_window(document, libc.front().kernel);
    parts.push_back(window ? fmt::format("{} of {}", names_of(libc), format_window(*window))
                           : names_of(libc));
  }
  if (!syscalls.empty()) {
    parts.push_back(fmt::format(
        "{} of {} kernel copies (up to {})", syscalls.size(), swept(document, "syscall"),
        format_factor(std::ranges::max(syscalls, {}, &SlowOffsets::ratio).ratio)));
  }
  return fmt::format("{}", fmt::join(parts, " and "));
}

// Of rep movsq there is a finding of its own, which the line must not seem to deny.
std::string exception_of(const std::vector<SlowOffsets>& all) {
  const SlowOffsets* worst = nullptr;
  for (const auto& slow : all) {
    const bool is_worse = worst == nullptr || slow.ratio > worst->ratio;
    if (slow.kernel == "rep-movsq" && slow.severe() && is_worse) worst = &slow;
  }
  if (worst == nullptr) return {};
  return fmt::format("; but rep movsq, by which musl copies, takes up to {} as long at some",
                     format_factor(worst->ratio));
}

}  // namespace

void judge_memcpy(Document& document) {
  auto all = slow_offsets(document);
  std::erase_if(all, [](const auto& slow) { return !slow.certain(); });
  add_who_is_hit(document, all);
  if (const auto* list = find_table(document, "kernels"); list != nullptr) {  // --list
    document.verdict = {.state = "listed", .text = fmt::format("{} kernels", list->rows.size())};
    return;
  }
  if (!was_swept(document, "rep-movsb")) {
    document.verdict = {.state = "not-known",
                        .text = "not known: rep movsb was not measured over the offsets"};
    return;
  }
  const auto instruction = std::ranges::find(all, "rep-movsb", &SlowOffsets::kernel);
  const auto libc = worst_of_each(all, "libc");
  const auto syscalls = worst_of_each(all, "syscall");
  const std::string hit = victims(document, libc, syscalls);
  const auto severe = [](const auto& slow) { return slow.severe(); };
  if (instruction != all.end() && (instruction->severe() || hit.empty())) {
    const bool badly = instruction->severe();
    document.verdict = {
        .state = badly ? "affected" : "mildly-affected",
        .text = fmt::format(
            "{}: rep movsb takes {} as long when (destination - source) mod 4096 is {}; {}",
            badly ? "affected" : "mildly affected", format_factor(instruction->ratio),
            format_offsets(instruction->offsets),
            hit.empty() ? "nothing else measured here is hit by it" : "hit: " + hit)};
    return;
  }
  if (!hit.empty()) {
    const bool badly = std::ranges::any_of(libc, severe) || std::ranges::any_of(syscalls, severe);
    document.verdict = {
        .state = badly ? "affected" : "mildly-affected",
        .text = fmt::format("{}: no severe slow offset of rep movsb, but slow at some offsets: {}",
                            badly ? "affected" : "mildly affected", hit)};
    return;
  }
  std::vector<std::string> others;
  if (swept(document, "libc") > 0) others.emplace_back("the C library's");
  if (swept(document, "syscall") > 0) others.emplace_back("the kernel's");
  document.verdict = {
      .state = "not-affected",
      .text = fmt::format("not affected: rep movsb is about as fast at every offset{}{}",
                          others.empty() ? ""
                                         : fmt::format(", and so are {} copies that were measured",
                                                       fmt::join(others, " and ")),
                          exception_of(all))};
}

}  // namespace bytepath::verdict
