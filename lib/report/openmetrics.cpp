#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <variant>

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

// Unix time of "2026-11-27T01:02:03Z", which every probe writes.
std::optional<std::int64_t> unix_time(std::string_view started) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
  if (started.size() != form.size()) return std::nullopt;
  std::array<int, 6> fields{};
  std::size_t field = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = started[i] >= '0' && started[i] <= '9';
    if (form[i] == 'd' ? !digit : started[i] != form[i]) return std::nullopt;
    if (form[i] == 'd') {
      fields[field] = fields[field] * 10 + (started[i] - '0');
    } else if (field + 1 < fields.size()) {
      ++field;
    }
  }
  using namespace std::chrono;
  const year_month_day date{year{fields[0]}, month{static_cast<unsigned>(fields[1])},
                            day{static_cast<unsigned>(fields[2])}};
  if (!date.ok() || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) return std::nullopt;
  const auto time = sys_days(date) + hours(fields[3]) + minutes(fields[4]) + seconds(fields[5]);
  return duration_cast<seconds>(time.time_since_epoch()).count();
}

// What is said of the run and not of a metric. Commands of one probe ("tier-probe cpu" and
// "tier-probe io") write into files of one folder: there a sample must not come twice.
Labels run_labels(const Document& document, Labels labels = {}) {
  const auto mode = document.parameters.find("mode");
  if (mode == document.parameters.end()) return labels;
  if (const auto* word = std::get_if<std::string>(&mode->second)) labels["mode"] = *word;
  return labels;
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
  const auto add = [&](const std::string& name, const std::string& help, const Labels& labels,
                       double value) {
    auto& family = families[prefix + name];
    family.type = "gauge";
    family.help = help;
    family.samples.emplace(label_set(run_labels(document, labels)), number(value));
  };
  add("host_info", "where and by what this was measured", info, 1);
  add("complete", "0 when the run was interrupted", {}, document.complete ? 1 : 0);
  if (!document.verdict.state.empty()) {
    add("verdict", "1 for the answer of the run", {{"state", document.verdict.state}}, 1);
  }
  if (const auto time = unix_time(document.started)) {
    add("started_timestamp_seconds", "when the run began", {}, static_cast<double>(*time));
    families[prefix + "started_timestamp_seconds"].unit = "seconds";
  }
  for (const auto& [name, value] : document.parameters) {
    const std::string help =
        "what was measured with and found out beside metrics, as far as it is a number";
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      add("parameter", help, {{"name", name}}, static_cast<double>(*whole));
    } else if (const auto* real = std::get_if<double>(&value)) {
      add("parameter", help, {{"name", name}}, *real);
    } else if (const auto* yes = std::get_if<bool>(&value)) {
      add("parameter", help, {{"name", name}}, *yes ? 1 : 0);
    }
  }
}

// A finding that is gone is a series that ends, which resolves its alert. The counts are always
// there, so that "none" can be told from "no run".
void add_findings(Families& families, const Document& document, const std::string& prefix) {
  auto& counts = families[prefix + "findings"];
  counts = {.type = "gauge", .help = "how many findings the run has"};
  for (const auto severity :
       {result::Severity::finding, result::Severity::warning, result::Severity::note}) {
    const auto count = std::ranges::count(document.findings, severity, &result::Finding::severity);
    const Labels labels = {{"severity", std::string(name_of(severity))}};
    counts.samples.emplace(label_set(run_labels(document, labels)), fmt::format("{}", count));
  }
  if (document.findings.empty()) return;
  auto& family = families[prefix + "finding"];
  family.type = "gauge";
  family.help = "1 for each finding of the run";
  for (const auto& finding : document.findings) {
    const Labels labels = {{"id", finding.id},
                           {"severity", std::string(name_of(finding.severity))}};
    family.samples.emplace(label_set(run_labels(document, labels)), "1");
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
