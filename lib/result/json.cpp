#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "base/text.h"
#include "result/document.h"
#include "result/document_parts.h"
#include "result/json_document.h"
#include "stats/histogram_buckets.h"

namespace bytepath::result {
namespace {

using nlohmann::json;

// Deeper than any document of ours; stops a hostile file before it costs memory.
constexpr int max_depth = 16;

constexpr const char* embedded_key = "bytepath";

template <class Enum, std::size_t count>
using Names = std::array<std::pair<Enum, const char*>, count>;

constexpr Names<Better, 3> better_names = {
    {{Better::lower, "lower"}, {Better::higher, "higher"}, {Better::none, "none"}}};
constexpr Names<Severity, 3> severity_names = {
    {{Severity::note, "note"}, {Severity::warning, "warning"}, {Severity::finding, "finding"}}};

template <class Enum, std::size_t count>
const char* name_of(const Names<Enum, count>& names, Enum value) {
  return std::ranges::find(names, value, &std::pair<Enum, const char*>::first)->second;
}

template <class Enum, std::size_t count>
Enum value_of(const Names<Enum, count>& names, const std::string& name) {
  for (const auto& [value, known] : names) {
    if (name == known) return value;
  }
  return names.front().first;  // a word of a newer minor version
}

// JSON has no NaN: what was not measured is null.
json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

double number_from(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

// The library would turn -1 into 2^64 - 1; this throws its type error for all but whole numbers.
std::uint64_t count_from(const json& value) {
  return value.get_ref<const json::number_unsigned_t&>();
}

json numbers(const std::vector<double>& values) {
  json out = json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

std::vector<double> numbers_from(const json& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const auto& value : values) out.push_back(number_from(value));
  return out;
}

json to(const Value& value) {
  return std::visit(
      []<class T>(const T& held) -> json {
        if constexpr (std::is_same_v<T, std::monostate>) return nullptr;
        if constexpr (std::is_same_v<T, double>) return number(held);
        if constexpr (!std::is_same_v<T, std::monostate> && !std::is_same_v<T, double>) return held;
      },
      value);
}

Value value_from(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return value.get<double>();
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return std::monostate{};
}

json to(const Record& record) {
  json out = json::object();
  for (const auto& [key, value] : record) out[key] = to(value);
  return out;
}

Record record_from(const json& object) {
  Record out;
  for (const auto& [key, value] : object.items()) out[key] = value_from(value);
  return out;
}

json to(const Metric& m) {
  const auto kept = std::min(m.samples.size(), max_samples);
  json j = {{"name", m.name},
            {"labels", m.labels},
            {"unit", m.unit},
            {"better", name_of(better_names, m.better)},
            {"median", number(m.median)},
            {"low", number(m.low)},
            {"high", number(m.high)},
            {"count", m.count},
            {"samples", numbers({m.samples.begin(), m.samples.begin() + static_cast<long>(kept)})}};
  if (!m.title.empty()) j["title"] = m.title;
  return j;
}

Metric metric_from(const json& j) {
  return {.name = j.at("name"),
          .labels = j.value("labels", Labels{}),
          .unit = j.value("unit", ""),
          .better = value_of(better_names, j.value("better", "none")),
          .median = number_from(j.at("median")),
          .low = number_from(j.at("low")),
          .high = number_from(j.at("high")),
          .count = count_from(j.at("count")),
          .samples = numbers_from(j.value("samples", json::array())),
          .title = j.value("title", "")};
}

json to(const Series& s) {
  json points = json::array();
  for (const auto& p : s.points) {
    points.push_back({{"x", number(p.x)},
                      {"median", number(p.median)},
                      {"low", number(p.low)},
                      {"high", number(p.high)},
                      {"count", p.count}});
  }
  json j = {{"name", s.name},       {"labels", s.labels}, {"title", s.title},
            {"x_label", s.x_label}, {"x_unit", s.x_unit}, {"unit", s.unit},
            {"x_log", s.x_log},     {"y_log", s.y_log},   {"points", std::move(points)}};
  for (const auto& mark : s.marks) {
    j["marks"].push_back({{"at", number(mark.at)}, {"text", mark.text}});
  }
  return j;
}

Series series_from(const json& j) {
  Series s{.name = j.at("name"),
           .labels = j.value("labels", Labels{}),
           .title = j.value("title", ""),
           .x_label = j.value("x_label", ""),
           .x_unit = j.value("x_unit", ""),
           .unit = j.value("unit", ""),
           .x_log = j.value("x_log", false),
           .y_log = j.value("y_log", false)};
  for (const auto& p : j.at("points")) {
    s.points.push_back({.x = number_from(p.at("x")),
                        .median = number_from(p.at("median")),
                        .low = number_from(p.at("low")),
                        .high = number_from(p.at("high")),
                        .count = count_from(p.at("count"))});
  }
  for (const auto& mark : j.value("marks", json::array())) {
    s.marks.push_back({.at = number_from(mark.at("at")), .text = mark.at("text")});
  }
  return s;
}

json to(const HeatMap& h) {
  json values = json::array();
  for (const auto& row : h.values) values.push_back(numbers(row));
  json j = {{"name", h.name},       {"labels", h.labels},
            {"title", h.title},     {"x_label", h.x_label},
            {"y_label", h.y_label}, {"unit", h.unit},
            {"log", h.log},         {"x", numbers(h.x)},
            {"y", numbers(h.y)},    {"values", std::move(values)}};
  if (!h.y_names.empty()) j["y_names"] = h.y_names;
  return j;
}

HeatMap heatmap_from(const json& j) {
  HeatMap h{.name = j.at("name"),
            .labels = j.value("labels", Labels{}),
            .title = j.value("title", ""),
            .x_label = j.value("x_label", ""),
            .y_label = j.value("y_label", ""),
            .unit = j.value("unit", ""),
            .log = j.value("log", false),
            .x = numbers_from(j.at("x")),
            .y = numbers_from(j.at("y")),
            .y_names = j.value("y_names", std::vector<std::string>{})};
  for (const auto& row : j.at("values")) h.values.push_back(numbers_from(row));
  return h;
}

json to(const Distribution& d) {
  json buckets = json::array();
  for (const auto& [bucket, count] : d.histogram.counts()) buckets.push_back({bucket, count});
  return {{"name", d.name},
          {"labels", d.labels},
          {"unit", d.unit},
          {"buckets_per_octave", 1U << HISTOGRAM_BUCKET_BITS},
          {"count", d.histogram.count()},
          {"sum", d.histogram.sum()},
          {"min", d.histogram.min()},
          {"max", d.histogram.max()},
          {"buckets", std::move(buckets)}};
}

Distribution distribution_from(const json& j) {
  stats::Histogram::Counts counts;
  for (const auto& bucket : j.at("buckets"))
    counts.emplace_back(count_from(bucket.at(0)), count_from(bucket.at(1)));
  const auto read = count_from(j.at("buckets_per_octave")) == 1U << HISTOGRAM_BUCKET_BITS
                        ? stats::Histogram::from(counts, count_from(j.at("sum")),
                                                 count_from(j.at("min")), count_from(j.at("max")))
                        : std::nullopt;
  return {.name = j.at("name"),
          .labels = j.value("labels", Labels{}),
          .unit = j.value("unit", ""),
          .histogram = read.value_or(stats::Histogram())};
}

json to(const Table& t) {
  json columns = json::array();
  for (const auto& c : t.columns) {
    json column = {{"name", c.name}, {"unit", c.unit}};
    if (c.bar > 0) column["bar"] = number(c.bar);
    columns.push_back(std::move(column));
  }
  json rows = json::array();
  for (const auto& row : t.rows) {
    json cells = json::array();
    for (const auto& cell : row) cells.push_back(to(cell));
    rows.push_back(std::move(cells));
  }
  json j = {{"name", t.name},
            {"title", t.title},
            {"columns", std::move(columns)},
            {"rows", std::move(rows)}};
  if (t.time_bars) {
    j["time_bars"] = {{"begin", t.time_bars->begin},
                      {"length", t.time_bars->length},
                      {"lane", t.time_bars->lane},
                      {"kind", t.time_bars->kind}};
  }
  return j;
}

Table table_from(const json& j) {
  Table t{.name = j.at("name"), .title = j.value("title", "")};
  for (const auto& c : j.at("columns")) {
    t.columns.push_back({.name = c.at("name"),
                         .unit = c.value("unit", ""),
                         .bar = number_from(c.value("bar", json(0.0)))});
  }
  for (const auto& row : j.at("rows")) {
    auto& cells = t.rows.emplace_back();
    for (const auto& cell : row) cells.push_back(value_from(cell));
  }
  if (j.contains("time_bars")) {
    const json& bars = j.at("time_bars");
    t.time_bars = {.begin = bars.at("begin"),
                   .length = bars.at("length"),
                   .lane = bars.at("lane"),
                   .kind = bars.at("kind")};
  }
  return t;
}

json to(const Finding& f) {
  json remedies = json::array();
  for (const auto& r : f.remedies) {
    remedies.push_back({{"text", r.text},
                        {"command", r.command},
                        {"verified", r.verified ? json(*r.verified) : json(nullptr)}});
  }
  return {{"id", f.id},
          {"severity", name_of(severity_names, f.severity)},
          {"text", f.text},
          {"evidence", to(f.evidence)},
          {"remedies", std::move(remedies)}};
}

Finding finding_from(const json& j) {
  Finding f{.id = j.at("id"),
            .severity = value_of(severity_names, j.value("severity", "note")),
            .text = j.value("text", ""),
            .evidence = record_from(j.value("evidence", json::object()))};
  for (const auto& r : j.value("remedies", json::array())) {
    auto& remedy =
        f.remedies.emplace_back(Remedy{.text = r.at("text"), .command = r.value("command", "")});
    if (r.contains("verified") && r.at("verified").is_boolean()) {
      remedy.verified = r.at("verified").get<bool>();
    }
  }
  return f;
}

json to(const NotMeasured& n) {
  return {{"what", n.what}, {"reason", n.reason}, {"remedy", n.remedy}};
}

NotMeasured not_measured_from(const json& j) {
  return {.what = j.at("what"), .reason = j.value("reason", ""), .remedy = j.value("remedy", "")};
}

json to(const Host& h) {
  return {{"cpu",
           {{"vendor", h.cpu.vendor},
            {"family", h.cpu.family},
            {"model", h.cpu.model},
            {"stepping", h.cpu.stepping},
            {"brand", h.cpu.brand},
            {"microarchitecture", h.cpu.microarchitecture},
            {"microcode", h.cpu.microcode},
            {"features", h.cpu.features}}},
          {"kernel", h.kernel},
          {"libc", h.libc},
          {"hypervisor", h.hypervisor},
          {"machine_hash", h.machine_hash},
          {"software_hash", h.software_hash}};
}

Host host_from(const json& j) {
  const json cpu = j.value("cpu", json::object());
  return {.cpu = {.vendor = cpu.value("vendor", ""),
                  .family = count_from(cpu.value("family", json(0U))),
                  .model = count_from(cpu.value("model", json(0U))),
                  .stepping = count_from(cpu.value("stepping", json(0U))),
                  .brand = cpu.value("brand", ""),
                  .microarchitecture = cpu.value("microarchitecture", ""),
                  .microcode = cpu.value("microcode", ""),
                  .features = cpu.value("features", std::map<std::string, bool>{})},
          .kernel = j.value("kernel", ""),
          .libc = j.value("libc", ""),
          .hypervisor = j.value("hypervisor", ""),
          .machine_hash = j.value("machine_hash", ""),
          .software_hash = j.value("software_hash", "")};
}

json to(const Document& d);

template <class T>
json list(const std::vector<T>& values) {
  json out = json::array();
  for (const auto& value : values) out.push_back(to(value));
  return out;
}

template <class T>
std::vector<T> list_from(const json& document, const char* key, T (*one)(const json&)) {
  std::vector<T> out;
  if (!document.contains(key)) return out;  // a list that an older minor version did not have
  for (const auto& value : document.at(key)) out.push_back(one(value));
  return out;
}

Result<> check_schema(const json& document, std::string_view name) {
  if (!document.is_object() || document.value("schema", "") != Document::schema) {
    return fail(ErrorKind::usage, fmt::format("{}: not a bytepath result", name),
                "give a file that a probe wrote with --json");
  }
  const std::string version = document.value("schema_version", "");
  const auto pieces = split(version, '.');
  const auto major = pieces.empty() ? std::nullopt : parse_unsigned(pieces.front());
  if (!major || *major == 0) {
    return fail(ErrorKind::usage, fmt::format("{}: no valid schema_version", name));
  }
  if (*major > Document::schema_major) {
    return fail(ErrorKind::unsupported,
                fmt::format("{}: schema version {} is newer than this program's {}.{}", name,
                            version, Document::schema_major, Document::schema_minor),
                "use a bytepath as new as the one that wrote it");
  }
  return {};
}

// NOLINTBEGIN(misc-no-recursion): once only, see add_parts()
Result<Document> whole_from(const json& parsed, std::string_view name);

// Parts of parts are no document of ours: to go down further would be a hostile file's depth.
Result<> add_parts(const json& j, std::string_view name, Document& document) {
  for (const auto& part : j.value("parts", json::array())) {
    if (part.contains("parts")) {
      return fail(ErrorKind::usage, fmt::format("{}: a part of it has parts itself", name));
    }
    BYTEPATH_TRY(one, whole_from(part, name));
    document.parts.push_back(std::move(one));
  }
  return {};
}
// NOLINTEND(misc-no-recursion)

// Renderers and rules index rows by column: a file must not make them read past a row's end.
Result<> check_shape(const Document& document, std::string_view name) {
  for (const auto& table : document.tables) {
    for (const auto& row : table.rows) {
      if (row.size() == table.columns.size()) continue;
      return fail(ErrorKind::usage,
                  fmt::format("{}: table '{}' has a row of {} cells for {} columns", name,
                              table.name, row.size(), table.columns.size()));
    }
    if (!table.time_bars) continue;
    const auto& bars = *table.time_bars;
    for (const auto* column : {&bars.begin, &bars.length, &bars.lane, &bars.kind}) {
      if (place_of(table, *column) < table.columns.size()) continue;
      return fail(ErrorKind::usage, fmt::format("{}: table '{}' has no column '{}' for its bars",
                                                name, table.name, *column));
    }
  }
  for (const auto& each : document.histograms) {
    if (each.histogram.count() > 0) continue;
    return fail(
        ErrorKind::usage,
        fmt::format("{}: histogram '{}' has no buckets that are known here", name, each.name));
  }
  for (const auto& map : document.heatmaps) {
    const bool rows = map.values.size() == map.y.size() &&
                      (map.y_names.empty() || map.y_names.size() == map.y.size());
    const auto wide = [&](const auto& row) { return row.size() == map.x.size(); };
    if (rows && std::ranges::all_of(map.values, wide)) continue;
    return fail(ErrorKind::usage, fmt::format("{}: heat map '{}' is not {} x {}", name, map.name,
                                              map.y.size(), map.x.size()));
  }
  return {};
}

Document document_from(const json& j) {
  const json verdict = j.value("verdict", json::object());
  return {.tool = j.at("tool").at("name"),
          .tool_version = j.at("tool").value("version", ""),
          .started = j.value("started", ""),
          .arguments = j.value("arguments", std::vector<std::string>{}),
          .complete = j.value("complete", true),
          .host = host_from(j.value("host", json::object())),
          .parameters = record_from(j.value("parameters", json::object())),
          .verdict = {.state = verdict.value("state", ""), .text = verdict.value("text", "")},
          .metrics = list_from<Metric>(j, "metrics", metric_from),
          .series = list_from<Series>(j, "series", series_from),
          .heatmaps = list_from<HeatMap>(j, "heatmaps", heatmap_from),
          .histograms = list_from<Distribution>(j, "histograms", distribution_from),
          .tables = list_from<Table>(j, "tables", table_from),
          .findings = list_from<Finding>(j, "findings", finding_from),
          .not_measured = list_from<NotMeasured>(j, "not_measured", not_measured_from)};
}

Result<Document> whole_from(const json& parsed, std::string_view name) {
  if (auto schema = check_schema(parsed, name); !schema) return std::unexpected(schema.error());
  Document document = document_from(parsed);
  if (auto shape = check_shape(document, name); !shape) return std::unexpected(shape.error());
  if (auto parts = add_parts(parsed, name, document); !parts) return std::unexpected(parts.error());
  return document;
}

std::unexpected<Error> no_result(std::string_view name, const json::exception& e) {
  // "[json.exception.parse_error.101] parse error at line 1 ...": the words after the tag.
  const std::string_view what = e.what();
  const auto tag_end = what.find("] ");
  return fail(ErrorKind::usage,
              fmt::format("{}: not a bytepath result: {}", name,
                          what.substr(tag_end == std::string_view::npos ? 0 : tag_end + 2)),
              "give a file that a probe wrote with --json");
}

json to(const Document& d) {  // NOLINT(misc-no-recursion): parts have no parts
  json j = {
      {"schema", Document::schema},
      {"schema_version", fmt::format("{}.{}", Document::schema_major, Document::schema_minor)},
      {"tool", {{"name", d.tool}, {"version", d.tool_version}}},
      {"started", d.started},
      {"arguments", d.arguments},
      {"complete", d.complete},
      {"host", to(d.host)},
      {"parameters", to(d.parameters)},
      {"verdict", {{"state", d.verdict.state}, {"text", d.verdict.text}}},
      {"metrics", list(d.metrics)},
      {"series", list(d.series)},
      {"heatmaps", list(d.heatmaps)},
      {"histograms", list(d.histograms)},
      {"tables", list(d.tables)},
      {"findings", list(d.findings)},
      {"not_measured", list(d.not_measured)}};
  if (!d.parts.empty()) j["parts"] = list(d.parts);
  return j;
}

// The library's own callback for it looks at all elements of an array for each that ends, which
// for a million points would take hours.
bool is_deeper(std::string_view text, int most) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > most) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// A name read from the system may not be UTF-8; it must not lose the whole report.
std::string dumped(const json& document, int indent) {
  return document.dump(indent, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const Document& d) { return dumped(to(d), 1); }

std::string to_json_line(const Document& d) { return dumped(to(d), -1); }

// Here and below the JSON library's exceptions become our Error.
Result<Document> from_parsed_json(const json& parsed, std::string_view name) {
  try {
    return whole_from(parsed, name);
  } catch (const json::exception& e) {
    return no_result(name, e);
  }
}

Result<Document> from_json(std::string_view text, std::string_view name) {
  try {
    if (is_deeper(text, max_depth)) {
      return fail(ErrorKind::usage, fmt::format("{}: nested deeper than a bytepath result", name));
    }
    const json parsed = json::parse(text);
    // run-probe's JSON is hyperfine's with the document beside its keys.
    const bool embedded =
        parsed.is_object() && !parsed.contains("schema") && parsed.contains(embedded_key);
    return from_parsed_json(embedded ? parsed.at(embedded_key) : parsed, name);
  } catch (const json::exception& e) {
    return no_result(name, e);
  }
}

}  // namespace bytepath::result
