#include <limits>
#include <map>

#include "compare/suite_readers.h"

namespace bytepath::compare {
namespace {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

Result<double> number_or(const Json& result, const char* key, double otherwise,
                         std::string_view where) {
  const Json* value = find_member(result, key);
  if (value == nullptr) return otherwise;
  return read_number(*value, where, key);
}

Result<> add_wall(Benchmark& benchmark, const Json& result, std::string_view where) {
  Measured wall{.metric = std::string(wall_metric), .unit = "s", .samples = {}};
  if (const Json* times = find_member(result, "times")) {
    BYTEPATH_TRY(samples, read_numbers(*times, where, "times"));
    wall.samples = std::move(samples);
  }
  if (wall.samples.empty()) {
    BYTEPATH_TRY(median, number_or(result, "median", not_measured, where));
    BYTEPATH_TRY(low, number_or(result, "min", median, where));
    BYTEPATH_TRY(high, number_or(result, "max", median, where));
    wall.median = median;
    wall.low = low;
    wall.high = high;
  }
  return add_metric(benchmark, std::move(wall), false, where);
}

// hyperfine keeps the mean of the runs only.
Result<> add_mean(Benchmark& benchmark, const Json& result, const char* key,
                  std::string_view where) {
  BYTEPATH_TRY(mean, number_or(result, key, not_measured, where));
  return add_metric(
      benchmark,
      {.metric = key, .unit = "s", .samples = {}, .median = mean, .low = mean, .high = mean}, false,
      where);
}

Result<> add_memory(Benchmark& benchmark, const Json& result, std::string_view where) {
  const Json* memory = find_member(result, "memory_usage_byte");  // since 1.19
  if (memory == nullptr) return {};
  BYTEPATH_TRY(samples, read_numbers(*memory, where, "memory_usage_byte"));
  if (samples.empty()) return {};
  return add_metric(
      benchmark,
      {.metric = "max_rss", .unit = "B", .kind = kind_of_unit("B"), .samples = std::move(samples)},
      false, where);
}

Result<Title> read_title(const Json& result, std::uint64_t number, std::string_view where) {
  const Json* command = find_member(result, "command");
  if (command == nullptr) return unreadable(where, "there is no 'command'");
  BYTEPATH_TRY(text, read_text(*command, where, "command"));
  BYTEPATH_TRY(parameters, parameters_text(result, where));
  return Title{.command = std::move(text), .parameters = std::move(parameters), .number = number};
}

std::string text_of(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr ? *text : value.dump();
}

}  // namespace

Result<std::string> parameters_text(const Json& result, std::string_view where) {
  const Json* parameters = find_member(result, "parameters");
  if (parameters == nullptr) return "";
  if (!parameters->is_object())
    return unreadable(where,
                      fmt::format("'parameters' is {} and not an object", type_of(*parameters)));
  std::string out;
  for (const auto& [key, value] : parameters->items()) {
    if (value.is_structured())
      return unreadable(
          where, fmt::format("parameter {} is {} and not a value", in_quotes(key), type_of(value)));
    out += fmt::format("{}{} = {}", out.empty() ? " (" : ", ", key, text_of(value));
  }
  return out.empty() ? out : out + ")";
}

Result<std::vector<std::string>> unique_names(const std::vector<Title>& titles, bool numbered,
                                              std::string_view where) {
  std::map<std::string_view, std::size_t> uses;
  for (const auto& title : titles) ++uses[title.command];
  std::vector<std::string> names;
  std::map<std::string, std::uint64_t> numbers;
  for (const auto& title : titles) {
    std::string name = title.command;
    if (uses[title.command] > 1) name += title.parameters;
    // A command may itself end in a number in brackets, hence again and again.
    while (numbered && numbers.contains(name)) name += fmt::format(" [{}]", title.number);
    const auto [first, is_new] = numbers.emplace(name, title.number);
    if (!is_new) {
      return unreadable(where,
                        fmt::format("results {} and {} are both named {}", first->second,
                                    title.number, in_quotes(name)),
                        "give them names with --command-name");
    }
    names.push_back(std::move(name));
  }
  return names;
}

Result<Suite> read_hyperfine(const Json& results, std::string_view where) {
  Suite suite{.format = "hyperfine", .tool = "hyperfine"};
  std::vector<Title> titles;
  for (const auto& result : results) {
    const std::uint64_t number = titles.size() + 1;
    const std::string here = fmt::format("{}: result {}", where, number);
    if (!result.is_object())
      return unreadable(here, fmt::format("it is {} and not an object", type_of(result)));
    BYTEPATH_TRY(title, read_title(result, number, here));
    Benchmark benchmark{.name = title.command, .metrics = {}};
    if (auto added = add_wall(benchmark, result, here); !added)
      return std::unexpected(added.error());
    for (const char* key : {"user", "system"}) {
      if (auto added = add_mean(benchmark, result, key, here); !added)
        return std::unexpected(added.error());
    }
    if (auto added = add_memory(benchmark, result, here); !added)
      return std::unexpected(added.error());
    titles.push_back(std::move(title));
    suite.benchmarks.push_back(std::move(benchmark));
  }
  BYTEPATH_TRY(names, unique_names(titles, false, where));
  for (std::size_t i = 0; i < names.size(); ++i) suite.benchmarks[i].name = std::move(names[i]);
  return suite;
}

}  // namespace bytepath::compare
