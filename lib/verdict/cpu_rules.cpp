#include "verdict/cpu_rules.h"

#include <algorithm>

#include "base/text.h"
#include "verdict/copy_measurements.h"
#include "verdict/copy_remedies.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Value;

// Between them the micro-test does not decide.
constexpr double surely_fast = 2;

const result::Metric* worst_micro_test(const Document& document) {
  const result::Metric* worst = nullptr;
  for (const auto& metric : document.metrics) {
    if (metric.name != "copy_ratio" || label(metric.labels, "kernel") != "rep-movsb") continue;
    if (worst == nullptr || metric.median > worst->median) worst = &metric;
  }
  return worst;
}

template <class T>
const T* parameter(const Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  return found == document.parameters.end() ? nullptr : std::get_if<T>(&found->second);
}

// "memcpy of 2113 to 524287 bytes", or empty when this libc does not use rep movsb.
std::string libc_victims(const Document& document) {
  const auto* first = parameter<std::int64_t>(document, "libc.rep_movsb_first");
  const auto* last = parameter<std::int64_t>(document, "libc.rep_movsb_last");
  if (first == nullptr || last == nullptr) return {};
  return fmt::format("memcpy of {} to {} bytes", *first, *last);
}

std::string kernel_victims(const Document& document) {
  const auto* mechanism = parameter<std::string>(document, "kernel.copy");
  const auto* evidence = parameter<std::string>(document, "kernel.copy_evidence");
  if (mechanism == nullptr || evidence == nullptr) return {};
  const bool uses = *mechanism == "fsrm-inline" || *mechanism == "erms-alternative";
  if (!uses) return {};
  return fmt::format("the kernel's copies (read, write, pipes{})",
                     *evidence == "text" ? "" : "; inferred");
}

void judge_doctor(Document& document) {
  const auto* all = parameter<std::int64_t>(document, "capabilities");
  const auto* available = parameter<std::int64_t>(document, "capabilities_available");
  if (all == nullptr || available == nullptr) return;
  document.verdict = {
      .state = *all == *available ? "ready" : "limited",
      .text = fmt::format("{} of {} ways to measure and trace are open to this user", *available,
                          *all)};
}

// The stretch of the offsets tried that were slow; memcpy-probe finds its borders.
OffsetClass slow_stretch(const Document& document) {
  OffsetClass stretch{.first = page_offsets, .last = 0};
  for (const auto& metric : document.metrics) {
    if (metric.name != "copy_ratio" || metric.median < slow_factor) continue;
    const auto offset = parse_unsigned(label(metric.labels, "offset"));
    if (!offset || *offset >= page_offsets) continue;
    stretch.first = std::min(stretch.first, static_cast<unsigned>(*offset));
    stretch.last = std::max(stretch.last, static_cast<unsigned>(*offset));
  }
  return stretch;
}

}  // namespace

// Settings that people put into the environment and forget.
void judge_tunables(Document& document) {
  const auto* table = find_table(document, "tunables");
  if (table == nullptr) return;
  const auto words = [&](const auto& row, std::string_view column) {
    const auto value = cell(*table, row, column);
    const auto* held = std::get_if<std::string>(&value);
    return held == nullptr ? std::string{} : *held;
  };
  for (const auto& row : table->rows) {
    const std::string verdict = words(row, "verdict");
    if (verdict == "accepted" || verdict == "unknown" || verdict.empty()) continue;
    document.findings.push_back(
        {.id = "cpu.libc.tunable",
         .severity = verdict == "harmful" ? Severity::finding : Severity::warning,
         .text = fmt::format("GLIBC_TUNABLES sets {}={}: {}: {}", words(row, "tunable"),
                             words(row, "value"), verdict, words(row, "why")),
         .evidence = {{"tunable", cell(*table, row, "tunable")},
                      {"value", cell(*table, row, "value")},
                      {"verdict", Value(verdict)}}});
  }
}

void judge_cpu(Document& document) {
  judge_doctor(document);
  if (!document.verdict.state.empty()) return;
  const auto* worst = worst_micro_test(document);
  const std::string name = document.host.cpu.microarchitecture.empty()
                               ? "this processor"
                               : document.host.cpu.microarchitecture;
  if (worst == nullptr) {
    document.verdict = {.state = "not-known",
                        .text = fmt::format("not known: rep movsb was not measured on {}", name)};
    return;
  }
  if (worst->median < surely_fast) {
    document.verdict = {
        .state = "not-affected",
        .text = fmt::format(
            "not affected: rep movsb on {} takes at most {} as long at any offset tried", name,
            format_factor(worst->median))};
    return;
  }
  const std::string libc = libc_victims(document);
  const std::string kernel = kernel_victims(document);
  std::vector<std::string> victims;
  if (!libc.empty()) victims.push_back(libc);
  if (!kernel.empty()) victims.push_back(kernel);
  const bool severe = worst->median >= severe_factor;
  const std::string hit = victims.empty() ? "neither the C library nor the kernel is seen to use it"
                                          : fmt::format("used by {}", fmt::join(victims, " and "));
  const OffsetClass offsets = slow_stretch(document);
  document.verdict = {
      .state = severe ? "affected" : "mildly-affected",
      .text = fmt::format("{}: rep movsb on {} takes {} as long when (destination - "
                          "source) mod 4096 is {}; {}",
                          severe ? "affected" : "mildly affected", name,
                          format_factor(worst->median), format_offsets(offsets), hit)};
  result::Finding finding{
      .id = "cpu.rep-movsb.slow-offset",
      .severity = severe ? Severity::finding : Severity::warning,
      .text = fmt::format("rep movsb is slow at the offsets tried from {} ({}); memcpy-probe finds "
                          "the exact borders and who is hit",
                          format_offsets(offsets),
                          format_factor(worst->median, worst->low, worst->high)),
      .evidence = {{"d_first", Value(static_cast<std::int64_t>(offsets.first))},
                   {"d_last", Value(static_cast<std::int64_t>(offsets.last))},
                   {"ratio", Value(worst->median)},
                   {"ratio_low", Value(worst->low)},
                   {"ratio_high", Value(worst->high)}}};
  if (!libc.empty()) finding.remedies = libc_remedies(document, offsets);
  if (!kernel.empty()) {
    for (auto& remedy : syscall_remedies(offsets)) finding.remedies.push_back(std::move(remedy));
  }
  document.findings.push_back(std::move(finding));
}

}  // namespace bytepath::verdict
