#include "compare/name_pattern.h"

#include <algorithm>
#include <cstdint>
#include <regex>
#include <string>

#include "base/text.h"

namespace bytepath::compare {
namespace {

// libstdc++ walks through states that match nothing by recursion: so many fit the stack.
constexpr std::uint64_t largest_pattern = 10000;

// An upper bound of the states: a repeat count copies at most the whole pattern.
std::uint64_t size_of(std::string_view text) {
  std::uint64_t size = text.size();
  for (auto open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    const std::string_view inside = text.substr(open + 1, text.find('}', open) - open - 1);
    for (const auto count : split(inside, ',')) {
      if (count.find_first_not_of("0123456789") != std::string_view::npos) continue;
      size *= std::max<std::uint64_t>(1, parse_unsigned(count).value_or(largest_pattern));
      if (size > largest_pattern) return size;
    }
  }
  return size;
}

}  // namespace

struct NamePattern::Compiled {
  std::regex regex;
};

Result<NamePattern> NamePattern::parse(std::string_view text) {
  constexpr auto hint = "see 'regular expressions' in probe-compare(1)";
  if (size_of(text) > largest_pattern) {
    return fail(ErrorKind::usage,
                fmt::format("the regular expression '{:.60}' is too large: its length times its "
                            "repeat counts is above {}",
                            text, largest_pattern),
                hint);
  }
  try {
    // Without the polynomial executor a pattern such as (a*)*b takes exponential time, and a long
    // name overflows the stack.
    NamePattern pattern;
    pattern.compiled_ = std::make_shared<const Compiled>(Compiled{std::regex(
        text.begin(), text.end(), std::regex::ECMAScript | std::regex_constants::__polynomial)});
    return pattern;
  } catch (const std::regex_error& error) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is not a regular expression: {}", text, error.what()), hint);
  }
}

bool NamePattern::found_in(std::string_view name) const {
  try {
    return std::regex_search(name.begin(), name.end(), compiled_->regex);
  } catch (const std::regex_error&) {
    return false;
  }
}

}  // namespace bytepath::compare
