#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "compare/suite_readers.h"
#include "stats/order.h"

namespace bytepath::compare {
namespace {

// A bytepath document's 16 (see result/json.cpp) within run-probe's object; stops a hostile file
// before it costs memory.
constexpr int max_depth = 17;

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

// "line 3, column 7" of a byte.
std::string place(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto line_begin = before.rfind('\n');
  return fmt::format("line {}, column {}", line,
                     line_begin == std::string_view::npos ? byte + 1 : byte - line_begin);
}

// Whether the parser stopped within "NaN", "Infinity" or "-Infinity".
bool is_not_finite(std::string_view text, std::size_t byte) {
  static constexpr std::array<std::string_view, 5> words = {"NaN", "nan", "Infinity", "inf", "Inf"};
  for (std::size_t back = 0; back <= std::min<std::size_t>(byte, 3); ++back) {
    const auto rest = text.substr(byte - back);
    const auto begins = [&](std::string_view word) { return rest.starts_with(word); };
    if (std::ranges::any_of(words, begins)) return true;
  }
  return false;
}

// `stopped` is the byte, from 1, that the parser did not take.
std::unexpected<Error> syntax_error(std::string_view text, std::size_t stopped,
                                    std::string_view words, std::string_view where) {
  if (stopped > text.size()) {
    return unreadable(where,
                      fmt::format("the JSON is cut short after {}", place(text, text.size())),
                      "was its writer interrupted, or the disk full?");
  }
  const std::size_t byte = stopped == 0 ? 0 : stopped - 1;
  const std::string at = place(text, byte);
  if (words.contains("UTF-8")) return unreadable(where, fmt::format("not UTF-8 at {}", at));
  if (is_not_finite(text, byte)) {
    return unreadable(where, fmt::format("not JSON: a NaN or an infinity at {}", at),
                      "a benchmark divided by 0; leave that value out, or write null");
  }
  return unreadable(
      where, fmt::format("not JSON: unexpected {} at {}", in_quotes(text.substr(byte, 1)), at),
      readable_files);
}

std::unexpected<Error> wrong_type(const Json& value, std::string_view where, std::string_view key,
                                  std::string_view expected) {
  return unreadable(where, fmt::format("'{}' is {} and not {}", key, type_of(value), expected));
}

// Why there is no wall time to compare, or empty.
std::string unusable_times(const Measured& wall) {
  const auto negative = [](double value) { return value < 0; };
  const auto positive = [](double value) { return value > 0; };
  if (wall.samples.empty()) {
    if (std::isnan(wall.median)) return "there is no time";
    if (wall.median < 0) return "its time is negative";
    return wall.median == 0 ? "its time is 0" : "";
  }
  if (std::ranges::any_of(wall.samples, positive)) return "";
  if (std::ranges::all_of(wall.samples, [](double value) { return std::isnan(value); }))
    return "no time is a number";
  if (std::ranges::any_of(wall.samples, negative)) return "times are negative and none is above 0";
  return "every time is 0";
}

}  // namespace

std::unexpected<Error> unreadable(std::string_view where, std::string_view reason,
                                  std::string hint) {
  return fail(ErrorKind::unsupported, fmt::format("{}: {}", where, reason), std::move(hint));
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) out += c;
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  const bool cut = text.size() > longest;
  std::size_t end = cut ? longest : text.size();
  const auto within_character = [&] { return (static_cast<unsigned char>(text[end]) >> 6U) == 2; };
  while (cut && end > 0 && within_character()) --end;
  return fmt::format("'{}{}'", one_line(text.substr(0, end)), cut ? "..." : "");
}

std::string_view type_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "an array" : "an object";
}

Result<Json> parse_json(std::string_view text, std::string_view where) {
  if (trim(text).empty()) return unreadable(where, "the file is empty");
  try {  // the one place where the JSON library's exceptions become our Error
    bool too_deep = false;
    const auto bounded = [&](int depth, Json::parse_event_t, Json&) {
      too_deep = too_deep || depth > max_depth;
      return !too_deep;
    };
    Json parsed = Json::parse(text, bounded);
    if (too_deep) return unreadable(where, "nested deeper than any benchmark's results");
    return parsed;
  } catch (const Json::parse_error& e) {
    return syntax_error(text, e.byte, e.what(), where);
  } catch (const Json::exception&) {  // out of range: the only other one that parsing throws
    return unreadable(where, "a number is too large for any measurement");
  }
}

const Json* find_member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<double> read_number(const Json& value, std::string_view where, std::string_view key) {
  if (!value.is_number()) return wrong_type(value, where, key, "a number");
  return value.get<double>();
}

Result<std::string> read_text(const Json& value, std::string_view where, std::string_view key) {
  if (!value.is_string()) return wrong_type(value, where, key, "a string");
  return value.get<std::string>();
}

Result<std::vector<double>> read_numbers(const Json& value, std::string_view where,
                                         std::string_view key) {
  if (!value.is_array()) return wrong_type(value, where, key, "an array");
  std::vector<double> out;
  out.reserve(value.size());
  for (const auto& one : value) {
    if (!one.is_number() && !one.is_null())
      return wrong_type(one, where, fmt::format("{}[{}]", key, out.size()), "a number");
    out.push_back(one.is_null() ? not_measured : one.get<double>());
  }
  return out;
}

Result<> add_metric(Benchmark& benchmark, Measured metric, bool paired, std::string_view where) {
  if (metric.metric == wall_metric) {
    const auto why = unusable_times(metric);
    if (!why.empty())
      return unreadable(where,
                        fmt::format("{} cannot be compared: {}", in_quotes(benchmark.name), why),
                        "measure more work in one run, or leave that benchmark out");
  }
  const auto unusable = [&](double value) {
    return !std::isfinite(value) || (value < 0 && metric.kind == Kind::time);
  };
  if (metric.samples.empty()) {
    if (!unusable(metric.median)) benchmark.metrics.push_back(std::move(metric));
    return {};
  }
  std::ranges::replace_if(metric.samples, unusable, not_measured);
  const auto summary = stats::summarize(metric.samples);
  if (summary.count == 0) return {};
  metric.left_out = metric.samples.size() - summary.count;
  if (!paired) std::erase_if(metric.samples, [](double value) { return std::isnan(value); });
  metric.median = summary.median;
  metric.low = summary.low;
  metric.high = summary.high;
  metric.count = summary.count;
  benchmark.metrics.push_back(std::move(metric));
  return {};
}

}  // namespace bytepath::compare
