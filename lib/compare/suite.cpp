#include "compare/suite.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/file.h"
#include "compare/suite_readers.h"

namespace bytepath::compare {
namespace {

constexpr std::size_t max_file_bytes = 1U << 30;

std::unexpected<Error> of_another_tool(const Json& file, std::string_view where) {
  std::string found = fmt::format("is {}", type_of(file));
  if (file.is_object()) {
    constexpr std::size_t shown = 5;
    std::string keys;
    std::size_t count = 0;
    for (const auto& [key, value] : file.items()) {
      if (++count <= shown) keys += (keys.empty() ? "" : ", ") + in_quotes(key);
    }
    found = count == 0 ? "is an empty object" : fmt::format("has the keys {}", keys);
    if (count > shown) found += fmt::format(" and {} more", count - shown);
  }
  return unreadable(where,
                    fmt::format("holds no benchmark results: it {}, but neither 'schema' "
                                "(bytepath), 'results' (run-probe, hyperfine) nor 'context' with "
                                "'benchmarks' (Google Benchmark)",
                                found),
                    readable_files);
}

Result<Suite> read_results(const Json& file, const Json& results, std::string_view where) {
  if (!results.is_array())
    return unreadable(where, fmt::format("'results' is {} and not an array", type_of(results)));
  const Json* document = find_member(file, "bytepath");
  if (document == nullptr) return read_hyperfine(results, where);
  return read_document(*document, &results, where);
}

Result<Suite> read_any(const Json& file, std::string_view where) {
  if (const Json* schema = find_member(file, "schema")) {
    if (*schema == result::Document::schema) return read_document(file, nullptr, where);
  }
  if (const Json* results = find_member(file, "results"))
    return read_results(file, *results, where);
  const Json* benchmarks = find_member(file, "benchmarks");
  if (benchmarks == nullptr || find_member(file, "context") == nullptr)
    return of_another_tool(file, where);
  if (!benchmarks->is_array())
    return unreadable(where,
                      fmt::format("'benchmarks' is {} and not an array", type_of(*benchmarks)));
  if (benchmarks->empty()) return Suite{};
  return read_google_benchmark(file, where);
}

// What every format has to hold, so that a benchmark and a metric can be found by their names.
Result<> check(const Suite& suite, std::string_view where) {
  if (suite.benchmarks.empty()) {
    return unreadable(where, "there is no benchmark in it",
                      "was it interrupted, or does a filter leave nothing?");
  }
  std::set<std::string_view> names;
  for (const auto& benchmark : suite.benchmarks) {
    if (!names.insert(benchmark.name).second)
      return unreadable(where,
                        fmt::format("two benchmarks are named {}", in_quotes(benchmark.name)),
                        "measure again and give each a name of its own");
    std::set<std::string_view> metrics;
    for (const auto& metric : benchmark.metrics) {
      if (metrics.insert(metric.metric).second) continue;
      return unreadable(where, fmt::format("the metric {} of {} is there twice",
                                           in_quotes(metric.metric), in_quotes(benchmark.name)));
    }
  }
  return {};
}

}  // namespace

Kind kind_of_unit(std::string_view unit) {
  // Cycles and Hz hang on the machine and the moment as seconds do, and so does anything per
  // second. A ratio is of two times of one session: the machine's drift cancels. What is left
  // (pages, calls, bytes, no unit) is counted, and comes out the same wherever the same software
  // runs.
  static constexpr std::array<std::string_view, 8> times = {"s",   "ms",     "us", "ns",
                                                            "min", "cycles", "Hz", "cycles/B"};
  static constexpr std::array<std::string_view, 4> ratios = {"ratio", "x", "percent", "%"};
  if (unit.ends_with("/s") || std::ranges::find(times, unit) != times.end()) return Kind::time;
  return std::ranges::find(ratios, unit) != ratios.end() ? Kind::ratio : Kind::count;
}

Kind kind_of_metric(std::string_view metric, std::string_view unit) {
  return unit.empty() && metric.starts_with("stdout:") ? Kind::time : kind_of_unit(unit);
}

bool is_broken(const Suite& suite) {
  const auto& itself = suite.against_itself;
  return itself && itself->count > 0 && (itself->low > 1 || itself->high < 1);
}

Result<Suite> read_suite(std::string_view text, std::string_view name) {
  BYTEPATH_TRY(file, parse_json(text, name));
  BYTEPATH_TRY(suite, read_any(file, name));
  if (auto checked = check(suite, name); !checked) return std::unexpected(checked.error());
  suite.path = name;
  return std::move(suite);
}

Result<std::string> read_suite_text(const std::string& path) {
  auto text = read_file(path == "-" ? "/dev/stdin" : path, max_file_bytes);
  if (!text) return fail(ErrorKind::unsupported, text.error().message, readable_files);
  return text;
}

Result<Suite> load_suite(const std::string& path) {
  BYTEPATH_TRY(text, read_suite_text(path));
  auto suite = read_suite(text, path == "-" ? "standard input" : path);
  if (suite) suite->path = path;
  return suite;
}

}  // namespace bytepath::compare
