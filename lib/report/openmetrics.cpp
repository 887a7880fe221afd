#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"

// OpenMetrics 1.0 text exposition (the CNCF specification, "Text format"), as far as it is also
// Prometheus' text format 0.0.4, which promtool and node_exporter's textfile collector read: no
// type "info", and no quotation mark in a HELP line, which the one escapes and the other does not.
namespace bytepath::report {
namespace {

using result::Document;
using result::Labels;

// [a-zA-Z0-9_], not beginning with a digit.
std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (digit && out.empty()) out += '_';
    out += digit || letter ? c : '_';
  }
  return out;
}

std::string unit_word(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> words = {
      {{"B", "bytes"},
       {"s", "seconds"},
       {"ms", "milliseconds"},
       {"us", "microseconds"},
       {"ns", "nanoseconds"},
       {"x", "ratio"},
       {"%", "percent"},
       {"Hz", "hertz"},
       {"B/s", "bytes_per_second"},
       {"MB/s", "megabytes_per_second"},
       {"GB/s", "gigabytes_per_second"},
       {"GiB/s", "gibibytes_per_second"},
       {"cycles/B", "cycles_per_byte"},
       {"1/s", "per_second"}}};
  for (const auto& [symbol, word] : words) {
    if (unit == symbol) return std::string(word);
  }
  return identifier(unit);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string label_set(const Labels& labels) {
  std::map<std::string, std::string> by_name;  // two keys may become one name: the first stays
  for (const auto& [key, value] : labels) by_name.emplace(identifier(key), escaped(value));
  std::string out;
  for (const auto& [name, value] : by_name) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, value);
  }
  return out.empty() ? out : "{" + out + "}";
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  return fmt::format("{}", value);
}

struct Family {
  std::string type;
  std::string unit;
  std::string help;
  std::map<std::string, std::string> samples;  // labels -> value: no sample comes twice
};

// Sorted, so that the samples of a family stand together as the format demands.
using Families = std::map<std::string, Family>;

void add_metrics(Families& families, const Document& document, const std::string& prefix) {
  for (const auto& metric : document.metrics) {
    const std::string unit = unit_word(metric.unit);
    std::string name = prefix + identifier(metric.name);
    if (!unit.empty() && !name.ends_with("_" + unit)) name += "_" + unit;
    auto& family = families[name];
    family.type = "gauge";
    family.unit = unit;
    std::string shown = metric.name;
    std::ranges::replace(shown, '"', '\'');
    family.help = fmt::format("{}: the median and its 95 % interval", escaped(shown));
    const std::array<std::pair<const char*, double>, 3> statistics = {
        {{"median", metric.median}, {"low", metric.low}, {"high", metric.high}}};
    for (const auto& [statistic, value] : statistics) {
      Labels labels = metric.labels;
      labels["statistic"] = statistic;
      family.samples.emplace(label_set(labels), number(value));
    }
  }
}

void add_run(Families& families, const Document& document, const std::string& prefix) {
  const auto& host = document.host;
  const Labels info = {{"cpu", host.cpu.brand.empty() ? host.cpu.vendor : host.cpu.brand},
                       {"microarchitecture", host.cpu.microarchitecture},
                       {"microcode", host.cpu.microcode},
                       {"kernel", host.kernel},
                       {"libc", host.libc},
                       {"hypervisor", host.hypervisor},
                       {"machine_hash", host.machine_hash},
                       {"software_hash", host.software_hash},
                       {"tool_version", document.tool_version},
                       {"verdict", document.verdict.state}};
  families[prefix + "host_info"] = {.type = "gauge",
                                    .help = "where and by what this was measured",
                                    .samples = {{label_set(info), "1"}}};
  families[prefix + "complete"] = {.type = "gauge",
                                   .help = "0 when the run was interrupted",
                                   .samples = {{"", document.complete ? "1" : "0"}}};
}

void add_findings(Families& families, const Document& document, const std::string& prefix) {
  if (document.findings.empty()) return;
  auto& family = families[prefix + "finding"];
  family.type = "gauge";
  family.help = "1 for each finding of the run";
  for (const auto& finding : document.findings) {
    const Labels labels = {{"id", finding.id},
                           {"severity", std::string(name_of(finding.severity))}};
    family.samples.emplace(label_set(labels), "1");
  }
}

}  // namespace

std::string render_openmetrics(const Document& document, const Target&) {
  const std::string prefix = fmt::format("bytepath_{}_", identifier(document.tool));
  Families families;
  add_metrics(families, document, prefix);
  add_run(families, document, prefix);
  add_findings(families, document, prefix);
  std::string out;
  for (const auto& [name, family] : families) {
    out += fmt::format("# TYPE {} {}\n", name, family.type);
    if (!family.unit.empty()) out += fmt::format("# UNIT {} {}\n", name, family.unit);
    out += fmt::format("# HELP {} {}\n", name, family.help);
    for (const auto& [labels, value] : family.samples) {
      out += fmt::format("{}{} {}\n", name, labels, value);
    }
  }
  return out + "# EOF\n";
}

}  // namespace bytepath::report
