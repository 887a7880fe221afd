#include "report/present.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/units.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;
using result::Labels;
using result::Severity;
using result::Value;

// Names each of `all` by the labels that tell it apart; those that all share go to the title.
template <class Labelled>
void name_by_labels(const std::vector<const Labelled*>& all, std::vector<std::string>& names,
                    std::string& title) {
  Labels common;
  for (const auto& [key, value] : all.front()->labels) {
    const bool shared = std::ranges::all_of(all, [&](const Labelled* one) {
      const auto found = one->labels.find(key);
      return found != one->labels.end() && found->second == value;
    });
    if (shared) common.emplace(key, value);
  }
  for (const auto* one : all) {
    std::string name;
    for (const auto& [key, value] : one->labels) {
      if (common.contains(key)) continue;
      name += (name.empty() ? "" : ", ") + value;
    }
    names.push_back(name.empty() ? spaced(one->name) : name);
  }
  if (!common.empty()) title += fmt::format(" ({})", format_labels(common));
}

}  // namespace

std::string format_value(const Value& value, std::string_view unit) {
  return std::visit(
      [&]<class T>(const T& held) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>) return "n/a";
        if constexpr (std::is_same_v<T, bool>) return held ? "yes" : "no";
        if constexpr (std::is_same_v<T, std::string>) return held;
        if constexpr (std::is_same_v<T, std::int64_t>) {
          return unit.empty() ? fmt::format("{}", held)
                              : format_quantity(static_cast<double>(held), unit);
        }
        if constexpr (std::is_same_v<T, double>) return format_quantity(held, unit);
      },
      value);
}

std::string format_exact(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

std::string format_exact(const Value& value) {
  return std::visit(
      []<class T>(const T& held) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>) return "";
        if constexpr (std::is_same_v<T, bool>) return held ? "true" : "false";
        if constexpr (std::is_same_v<T, std::string>) return held;
        if constexpr (std::is_same_v<T, std::int64_t>) return fmt::format("{}", held);
        if constexpr (std::is_same_v<T, double>) return format_exact(held);
      },
      value);
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::string_view unit_of_evidence(std::string_view key) {
  if (key.starts_with("ratio") || key.ends_with("_ratio")) return "ratio";
  if (key == "size" || key.starts_with("size_") || key.ends_with("_bytes")) return "B";
  // Of chunks.chunk-size and chunks.prefetch.
  if (key == "chunk" || key == "compared_chunk") return "B";
  if (key.ends_with("_ns") || key == "start_time") return "ns";
  return "";
}

std::vector<std::string> evidence_items(const result::Record& evidence) {
  std::vector<std::string> items;
  items.reserve(evidence.size());
  for (const auto& [key, value] : evidence) {
    items.push_back(fmt::format("{} {}", key, format_value(value, unit_of_evidence(key))));
  }
  return items;
}

std::string format_evidence(const result::Record& evidence) {
  return fmt::format("{}", fmt::join(evidence_items(evidence), ", "));
}

std::string format_labels(const Labels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) {
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", spaced(key), value);
  }
  return out;
}

std::string spaced(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::finding:
      return "finding";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

std::string_view name_of(const std::optional<bool>& verified) {
  if (!verified) return "not tried";
  return *verified ? "verified" : "did not help";
}

std::vector<const Finding*> by_severity(const Document& document) {
  std::vector<const Finding*> findings;
  findings.reserve(document.findings.size());
  for (const auto severity : {Severity::finding, Severity::warning, Severity::note}) {
    for (const auto& finding : document.findings) {
      if (finding.severity == severity) findings.push_back(&finding);
    }
  }
  return findings;
}

Tone tone_of(const Document& document) {
  const auto has = [&](Severity severity) {
    return std::ranges::any_of(
        document.findings, [&](const Finding& finding) { return finding.severity == severity; });
  };
  if (has(Severity::finding)) return Tone::bad;
  const std::string& state = document.verdict.state;
  const bool unknown = state == "not-known" || state == "unknown" || state.empty();
  return unknown || !document.complete || has(Severity::warning) ? Tone::caution : Tone::good;
}

std::string host_line(const result::Host& host) {
  std::vector<std::string> parts;
  const auto& cpu = host.cpu;
  const std::string& brand = cpu.brand.empty() ? cpu.vendor : cpu.brand;
  if (!brand.empty()) parts.push_back(brand);
  if (!cpu.microarchitecture.empty()) parts.push_back(cpu.microarchitecture);
  if (!host.kernel.empty()) parts.push_back("Linux " + host.kernel);
  if (!host.libc.empty()) parts.push_back(host.libc);
  // Nothing of a document that is about no host, such as a list of stored runs.
  if (!host.hypervisor.empty()) {
    parts.push_back("under " + host.hypervisor);
  } else if (!parts.empty()) {
    parts.emplace_back("no hypervisor");
  }
  return fmt::format("{}", fmt::join(parts, " | "));
}

std::vector<Chart> charts(const Document& document, bool untitled) {
  std::vector<Chart> out;
  for (const auto& series : document.series) {
    if (series.title.empty() && !untitled) continue;
    auto chart = std::ranges::find_if(
        out, [&](const Chart& c) { return c.series.front()->name == series.name; });
    if (chart == out.end()) {
      const std::string title = series.title.empty() ? spaced(series.name) : series.title;
      chart = out.insert(out.end(), Chart{.title = title});
    }
    chart->series.push_back(&series);
  }
  for (auto& chart : out) name_by_labels(chart.series, chart.names, chart.title);
  return out;
}

std::vector<Dots> dots(const Document& document) {
  std::vector<Dots> out;
  for (const auto& metric : document.metrics) {
    if (metric.title.empty() || metric.samples.empty()) continue;
    auto same = std::ranges::find_if(
        out, [&](const Dots& d) { return d.metrics.front()->name == metric.name; });
    if (same == out.end()) same = out.insert(out.end(), Dots{.title = metric.title});
    same->metrics.push_back(&metric);
  }
  for (auto& each : out) name_by_labels(each.metrics, each.names, each.title);
  return out;
}

}  // namespace bytepath::report
