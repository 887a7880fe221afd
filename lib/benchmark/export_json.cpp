#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "benchmark/export_writers.h"
#include "benchmark/number_text.h"

// Written by hand where hyperfine writes it, because a library's numbers differ from hyperfine's
// ("1e-05" for "0.00001").
namespace bytepath::benchmark {
namespace {

using nlohmann::ordered_json;

std::string string_text(const std::string& text) {
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// A memory size as a whole number; what is not one is 0.
std::string byte_count(double bytes) {
  constexpr double most = 1ULL << 62U;
  return fmt::format("{}", bytes > 0 ? static_cast<std::uint64_t>(std::min(bytes, most)) : 0);
}

// The lines of an array or object of a result, or "[]".
std::string block(char open, const std::vector<std::string>& lines, char close) {
  if (lines.empty()) return {open, close};
  return fmt::format("{}\n        {}\n      {}", open, fmt::join(lines, ",\n        "), close);
}

template <class Text>
std::string array_of_runs(const std::vector<Run>& runs, const Text& text) {
  std::vector<std::string> lines;
  lines.reserve(runs.size());
  for (const auto& run : runs) lines.push_back(text(run));
  return block('[', lines, ']');
}

std::string parameters_text(const Command& command) {
  const std::map<std::string, std::string> sorted(command.parameters.begin(),
                                                  command.parameters.end());
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (const auto& [name, value] : sorted)
    lines.push_back(fmt::format("{}: {}", string_text(name), string_text(value)));
  return block('{', lines, '}');
}

std::string result_object(const BenchmarkResult& result) {
  const Statistics statistics = statistics_of(result);
  const auto wall = [](const Run& run) { return json_number(run.wall); };
  const auto memory = [](const Run& run) { return byte_count(run.max_rss); };
  const auto exit_code = [](const Run& run) { return fmt::format("{}", run.exit_code); };
  std::vector<std::pair<std::string_view, std::string>> fields = {
      {"command", string_text(result.command.display_name())},
      {"mean", json_number(statistics.mean)},
      {"stddev", statistics.stddev ? json_number(*statistics.stddev) : "null"},
      {"median", json_number(statistics.median)},
      {"user", json_number(statistics.user)},
      {"system", json_number(statistics.system)},
      {"min", json_number(statistics.min)},
      {"max", json_number(statistics.max)},
      {"times", array_of_runs(result.runs, wall)},
      {"memory_usage_byte", array_of_runs(result.runs, memory)},
      {"exit_codes", array_of_runs(result.runs, exit_code)}};
  if (!result.command.parameters.empty())
    fields.emplace_back("parameters", parameters_text(result.command));

  std::vector<std::string> lines;
  lines.reserve(fields.size());
  for (const auto& [name, text] : fields) lines.push_back(fmt::format("\"{}\": {}", name, text));
  return fmt::format("    {{\n      {}\n    }}", fmt::join(lines, ",\n      "));
}

// The document under its key, or nothing where the text is not JSON: the results are worth more
// than an error.
std::string document_member(const std::string& document) {
  const auto parsed = ordered_json::parse(document, nullptr, false);
  if (parsed.is_discarded()) return {};
  const std::string text = parsed.dump(2);
  // A line end is never inside a string of JSON.
  return fmt::format(",\n  \"bytepath\": {}", fmt::join(split(text, '\n'), "\n  "));
}

}  // namespace

std::string export_json(std::span<const BenchmarkResult> results, const ExportContext& context) {
  std::vector<std::string> objects;
  objects.reserve(results.size());
  for (const auto& result : results) objects.push_back(result_object(result));
  return fmt::format("{{\n  \"results\": {}{}\n}}\n",
                     objects.empty() ? "[]" : fmt::format("[\n{}\n  ]", fmt::join(objects, ",\n")),
                     document_member(context.document));
}

}  // namespace bytepath::benchmark
