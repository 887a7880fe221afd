#include "verdict/memcpy_rules.h"

#include <algorithm>
#include <cmath>

#include "verdict/copy_measurements.h"
#include "verdict/copy_remedies.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Finding;
using result::Severity;
using result::Value;

// The copies that programs run without asking for them: string instructions that compilers, libc
// and the kernel emit.
bool is_widespread(std::string_view kernel) {
  return kernel == "rep-movsb" || kernel == "rep-movsq";
}

const char* class_name(const SlowOffsets& slow) {
  return slow.severe() ? "alias-slow" : "alias-mild";
}

Value number(double value) { return Value(value); }
Value integer(std::uint64_t value) { return Value(static_cast<std::int64_t>(value)); }

// What is known of slow offsets of any kind; of which copy, is called otherwise for each kind.
result::Record evidence_of(const SlowOffsets& slow, const std::string& kind) {
  return {{kind, Value(slow.kernel)},
          {"class", Value(class_name(slow))},
          {"d_first", integer(slow.offsets.first)},
          {"d_last", integer(slow.offsets.last)},
          {"size", integer(slow.size)},
          {"ratio", number(slow.ratio)},
          {"ratio_low", number(slow.ratio_low)},
          {"ratio_high", number(slow.ratio_high)}};
}

std::string parameter(const Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  if (found == document.parameters.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string{} : *text;
}

double metric_number(const result::Metric& metric, const std::string& name) {
  return std::strtod(label(metric.labels, name).c_str(), nullptr);
}

}  // namespace

void judge_offsets(Document& document) {
  for (const auto& slow : slow_offsets(document)) {
    if ((slow.family != "instruction" && slow.family != "vector") || !slow.certain()) continue;
    Severity severity = Severity::note;
    if (is_widespread(slow.kernel))
      severity = slow.severe() ? Severity::finding : Severity::warning;
    document.findings.push_back(
        {.id = fmt::format("memcpy.{}.slow-offset", slow.kernel),
         .severity = severity,
         .text =
             fmt::format("{} takes {} as long when (destination - source) mod 4096 is {}",
                         slow.kernel, format_factor(slow.ratio, slow.ratio_low, slow.ratio_high),
                         format_offsets(slow.offsets)),
         .evidence = evidence_of(slow, "kernel"),
         .remedies = severity == Severity::note ? std::vector<result::Remedy>{}
                                                : instruction_remedies(slow.offsets)});
  }
}

void judge_libc(Document& document) {
  for (const auto& slow : slow_offsets(document)) {
    if (slow.family != "libc" || !slow.certain()) continue;
    const auto window = size_window(document, slow.kernel);
    const std::string variant = parameter(document, "variant." + slow.kernel);
    Finding finding{
        .id = "memcpy.libc.slow-window",
        .severity = slow.severe() ? Severity::finding : Severity::warning,
        .text =
            fmt::format("{}{} takes {} as long for {} when (destination - source) mod 4096 is {}",
                        slow.kernel, variant.empty() ? "" : fmt::format(" ({})", variant),
                        format_factor(slow.ratio, slow.ratio_low, slow.ratio_high),
                        window ? format_window(*window) : fmt::format("{} bytes", slow.size),
                        format_offsets(slow.offsets)),
        .evidence = {{"function", Value(slow.kernel)},
                     {"variant", variant.empty() ? Value{} : Value(variant)},
                     {"class", Value(class_name(slow))},
                     {"d_first", integer(slow.offsets.first)},
                     {"d_last", integer(slow.offsets.last)},
                     {"size_first", window ? Value(window->first) : Value{}},
                     {"size_last", window && !window->open_above ? Value(window->last) : Value{}},
                     {"ratio", number(slow.ratio)},
                     {"ratio_low", number(slow.ratio_low)},
                     {"ratio_high", number(slow.ratio_high)}},
        .remedies = libc_remedies(document, slow.offsets)};
    document.findings.push_back(std::move(finding));
  }
}

void judge_syscalls(Document& document) {
  for (const auto& slow : slow_offsets(document)) {
    if (slow.family != "syscall" || !slow.certain()) continue;
    document.findings.push_back(
        {.id = "memcpy.syscall.slow-offset",
         .severity = slow.ratio >= 2 ? Severity::finding : Severity::warning,
         .text = fmt::format("{} of {} bytes takes {} as long when d is {}", slow.kernel, slow.size,
                             format_factor(slow.ratio, slow.ratio_low, slow.ratio_high),
                             format_offsets(slow.offsets)),
         .evidence = evidence_of(slow, "syscall"),
         .remedies = syscall_remedies(slow.offsets)});
  }
}

void judge_physical_alias(Document& document) {
  const auto of = [&](std::string_view name) {
    return std::ranges::find(document.metrics, name, &result::Metric::name);
  };
  const auto share = of("slow_page_pairs");
  const auto factor = of("slow_page_pair_factor");
  // One pair in sixteen is expected of the class; one in a hundred of chance.
  constexpr double smallest_share = 0.02;
  if (share == document.metrics.end() || factor == document.metrics.end() ||
      share->median < smallest_share) {
    return;
  }
  document.findings.push_back(
      {.id = "memcpy.physical-alias",
       .severity = Severity::note,
       .text = fmt::format("{:.1f} % of page pairs copy {} bytes at offset {} {} slower than the "
                           "others: their physical addresses share low bits",
                           share->median * 100, label(share->labels, "size"),
                           label(share->labels, "offset"), format_factor(factor->median)),
       .evidence = {{"pairs", integer(share->count)},
                    {"slow_pairs", integer(factor->count)},
                    {"share", number(share->median)},
                    {"ratio", number(factor->median)},
                    {"offset", number(metric_number(*share, "offset"))}}});
}

void judge_far_distance(Document& document) {
  constexpr double last_of_class = 63;  // glibc BZ 27130
  const result::Metric* worst = nullptr;
  double control = 1;
  for (const auto& metric : document.metrics) {
    if (metric.name != "far_distance_ratio") continue;
    if (metric_number(metric, "offset") > last_of_class) {
      control = metric.median;
    } else if (worst == nullptr || metric.low > worst->low) {
      worst = &metric;
    }
  }
  if (worst == nullptr || worst->low < slow_factor) return;
  const bool any_offset = control >= slow_factor;
  document.findings.push_back(
      {.id = "memcpy.far-distance",
       .severity = any_offset ? Severity::note : Severity::warning,
       .text = fmt::format(
           "rep-movsb takes {} as long when the destination lies 4 GiB plus {} bytes after the "
           "source{}",
           format_factor(worst->median, worst->low, worst->high), label(worst->labels, "offset"),
           any_offset ? fmt::format("; at offset 2048 too ({}), so it is the distance, not the "
                                    "class 1..63 that glibc avoids on Intel",
                                    format_factor(control))
                      : ", the class that glibc avoids on Intel"),
       .evidence = {{"offset", number(metric_number(*worst, "offset"))},
                    {"ratio", number(worst->median)},
                    {"ratio_low", number(worst->low)},
                    {"ratio_high", number(worst->high)},
                    {"control_ratio", number(control)}}});
}

void judge_against(Document& document) {
  const auto* table = find_table(document, "against");
  if (table == nullptr) return;
  for (const auto& row : table->rows) {
    const auto change = cell(*table, row, "change");
    if (cell(*table, row, "differs") != Value(true) || !std::holds_alternative<double>(change)) {
      continue;
    }
    const bool slower = std::get<double>(change) > 1;
    const auto text = [&](std::string_view column) {
      const auto value = cell(*table, row, column);
      if (const auto* held = std::get_if<std::string>(&value)) return *held;
      if (const auto* held = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *held);
      const auto* held = std::get_if<double>(&value);
      return held == nullptr ? std::string("n/a") : format_factor(*held);
    };
    document.findings.push_back(
        {.id = slower ? "memcpy.against.slower" : "memcpy.against.faster",
         .severity = slower ? Severity::finding : Severity::note,
         .text =
             fmt::format("{} of {} bytes at offset {} was {} of the fast offset, is {}",
                         text("kernel"), text("size"), text("offset"), text("before"), text("now")),
         .evidence = {{"kernel", cell(*table, row, "kernel")},
                      {"size", cell(*table, row, "size")},
                      {"offset", cell(*table, row, "offset")},
                      {"before", cell(*table, row, "before")},
                      {"now", cell(*table, row, "now")}}});
  }
}

}  // namespace bytepath::verdict
