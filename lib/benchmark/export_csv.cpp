#include <algorithm>
#include <map>
#include <set>

#include "benchmark/export_writers.h"
#include "benchmark/number_text.h"

namespace bytepath::benchmark {
namespace {

std::string quote(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string quoted = "\"";
  for (const char character : field) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

void add_line(std::string& out, const std::vector<std::string>& fields) {
  for (const auto& field : fields) out += quote(field) + ',';
  out.back() = '\n';
}

std::vector<std::string> row(const BenchmarkResult& result,
                             const std::set<std::string>& parameters) {
  const Statistics statistics = statistics_of(result);
  std::vector<std::string> fields = {result.command.display_name()};
  for (const double value : {statistics.mean, statistics.stddev.value_or(0), statistics.median,
                             statistics.user, statistics.system, statistics.min, statistics.max})
    fields.push_back(plain_number(value));
  // The reference has no parameters: its cells stay empty.
  std::map<std::string, std::string> values(result.command.parameters.begin(),
                                            result.command.parameters.end());
  for (const auto& parameter : parameters) fields.push_back(values[parameter]);
  return fields;
}

}  // namespace

std::string export_csv(std::span<const BenchmarkResult> results, const ExportContext&) {
  std::set<std::string> parameters;
  for (const auto& result : results) {
    for (const auto& [name, value] : result.command.parameters) parameters.insert(name);
  }
  std::vector<std::string> heading = {"command", "mean",   "stddev", "median",
                                      "user",    "system", "min",    "max"};
  for (const auto& parameter : parameters) heading.push_back("parameter_" + parameter);

  std::string out;
  add_line(out, heading);
  for (const auto& result : results) add_line(out, row(result, parameters));
  return out;
}

}  // namespace bytepath::benchmark
