#include "compare/gate.h"

#include <charconv>
#include <cmath>
#include <ranges>

#include "base/text.h"
#include "compare/margin.h"

namespace bytepath::compare {
namespace {

constexpr auto accepted =
    "give METRIC[@BENCHMARK]:+N%, such as wall:+5%, page-faults:+0 or wall@/^memcpy/:+3%";

bool is_expression(std::string_view pattern) {
  return pattern.size() >= 2 && pattern.front() == '/' && pattern.back() == '/';
}

std::string_view inner(std::string_view pattern) { return pattern.substr(1, pattern.size() - 2); }

}  // namespace

Result<double> parse_margin(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("the margin '{}' {}", text, why),
                "give a percentage of 0 or more, such as 5% or 0.5%");
  };
  std::string_view body = trim(text);
  if (body.starts_with('+')) body.remove_prefix(1);
  double number = 0;
  const char* begin = body.data();  // with its end: not read as a terminated string
  const char* end = begin + body.size();
  const auto [rest, error] = std::from_chars(begin, end, number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number)) return refuse("is not a percentage");
  if (std::signbit(number)) return refuse("is negative");
  const std::string_view unit = trim(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  // 0 needs no unit; 5 might mean 5 % or five times.
  if (unit != "%" && (!unit.empty() || number != 0)) return refuse("is not a percentage");
  return number / 100;
}

Result<> complete_gate(Gate& gate) {
  if (trim(gate.metric).empty()) return fail(ErrorKind::usage, "names no metric", accepted);
  if (gate.metric.find('@') != std::string::npos)
    return fail(ErrorKind::usage, fmt::format("no metric has an '@': '{}'", gate.metric), accepted);
  if (!is_expression(gate.pattern)) return {};
  BYTEPATH_TRY(expression, NamePattern::parse(inner(gate.pattern)));
  gate.expression = std::move(expression);
  return {};
}

bool Gate::names(std::string_view benchmark, std::string_view of_metric) const {
  if (of_metric != metric) return false;
  if (pattern.empty() || pattern == benchmark) return true;
  return expression && expression->found_in(benchmark);
}

Result<Gate> parse_gate(std::string_view text) {
  const auto refuse = [&](std::string_view why, std::string_view hint) {
    return fail(ErrorKind::usage, fmt::format("gate '{}': {}", text, why), std::string(hint));
  };
  // The last colon: metrics ("cycles:u") and benchmark names may hold one, a margin does not.
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("has no margin", accepted);
  const std::string_view subject = text.substr(0, colon);
  const auto at = subject.find('@');
  Gate gate{.text = std::string(text),
            .metric = std::string(trim(subject.substr(0, at))),
            .pattern = {},
            .margin = 0};
  if (at != std::string_view::npos) {
    gate.pattern = subject.substr(at + 1);
    if (gate.pattern.empty()) return refuse("names no benchmark after '@'", accepted);
  }
  const auto margin = parse_margin(text.substr(colon + 1));
  if (!margin) return refuse(margin.error().message, accepted);
  gate.margin = *margin;
  if (auto completed = complete_gate(gate); !completed)
    return refuse(completed.error().message, completed.error().hint);
  return gate;
}

const Gate* find_gate(const std::vector<Gate>& gates, std::string_view benchmark,
                      std::string_view metric) {
  for (const auto& gate : gates | std::views::reverse) {
    if (gate.names(benchmark, metric)) return &gate;
  }
  return nullptr;
}

Result<std::pair<std::string, std::string>> parse_rename(std::string_view text) {
  const auto equals = text.find('=');
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("map '{}' {}", text, why),
                "give OLD=NEW, two benchmark names; a name with '=' in it cannot be mapped");
  };
  if (equals == std::string_view::npos) return refuse("has no '='");
  if (text.find('=', equals + 1) != std::string_view::npos) return refuse("has more than one '='");
  if (equals == 0 || equals + 1 == text.size()) return refuse("lacks a name");
  return std::pair{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

}  // namespace bytepath::compare
