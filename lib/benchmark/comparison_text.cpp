#include "benchmark/comparison_text.h"

#include <cmath>

#include "base/units.h"
#include "report/printable.h"
#include "result/comparison_rows.h"

namespace bytepath::benchmark {
namespace {

using result::Document;
using result::Value;

std::string percent(const Value& value) {
  const auto* held = std::get_if<double>(&value);
  return held == nullptr ? "n/a" : format_quantity(*held, "percent_change");
}

std::string parameter(const Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  if (found == document.parameters.end()) return {};
  if (const auto* held = std::get_if<std::string>(&found->second)) return report::printable(*held);
  if (const auto* held = std::get_if<std::int64_t>(&found->second)) return std::to_string(*held);
  if (const auto* held = std::get_if<double>(&found->second)) return format_number(*held);
  return {};
}

std::string colored_verdict(const std::string& verdict, const report::Style& style) {
  if (verdict == "regression") return style.bad(verdict);
  if (verdict == "improvement") return style.good(verdict);
  return style.bold(verdict);
}

std::string row_text(const result::ComparisonRow& row, const report::Style& style) {
  const std::string seen = !std::isfinite(row.detectable)
                               ? ""
                               : fmt::format(", could have seen {:.2g} %", row.detectable);
  return fmt::format("  {}\n    {} {}  {} -> {}  ({} runs each{}){}\n",
                     report::printable(row.benchmark), colored_verdict(row.verdict, style),
                     style.bold(row.change_text()), report::printable(row.baseline),
                     report::printable(row.now), row.count, seen,
                     row.why.empty() ? "" : "\n    " + report::printable(row.why));
}

std::string itself_text(const Document& document) {
  const std::string floor = parameter(document, "noise_floor_percent");
  if (floor.empty()) return {};
  const auto signed_percent = [&](const std::string& name) {
    const auto found = document.parameters.find(name);
    return found == document.parameters.end() ? "n/a" : percent(found->second);
  };
  return fmt::format("  {} against itself: {}  [{}, {}], so the noise floor is {} %\n",
                     parameter(document, "reference_name"),
                     signed_percent("against_itself_percent"),
                     signed_percent("against_itself_low_percent"),
                     signed_percent("against_itself_high_percent"), floor);
}

}  // namespace

std::string comparison_text(const Document& document, const report::Style& style) {
  std::string rows = itself_text(document);
  for (const auto& row : result::comparison_rows(document)) rows += row_text(row, style);
  if (rows.empty()) return {};
  return fmt::format("{} of {} with {}: {} order, seed {}, margin {} %\n{}",
                     style.bold("Comparison"), parameter(document, "metric"),
                     parameter(document, "reference_name"), parameter(document, "order"),
                     parameter(document, "seed"), parameter(document, "margin_percent"), rows);
}

std::string condition_text(const Document& document, const Plan& plan, const Session& session,
                           const report::Style& style) {
  std::string out;
  for (const auto& finding : document.findings) {
    if (finding.severity != result::Severity::warning) continue;
    out += fmt::format("  {}: {}\n", style.caution("Warning"), report::printable(finding.text));
  }
  for (const auto& each : document.not_measured) {
    out += fmt::format(
        "  n/a: {}: {}{}\n", report::printable(each.what), report::printable(each.reason),
        each.remedy.empty() ? "" : fmt::format(" ({})", report::printable(each.remedy)));
  }
  if (plan.order == Order::blocked && session.results.size() > 1 &&
      plan.execution.kind != Execution::Kind::mock) {
    out += fmt::format(
        "  {}: runs in blocks cannot tell a small difference from the host's drift; "
        "--compare measures in pairs\n",
        style.caution("Note"));
  }
  return out;
}

}  // namespace bytepath::benchmark
