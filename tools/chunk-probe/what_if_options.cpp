#include "what_if_options.h"

#include <charconv>

#include "base/text.h"

namespace bytepath::chunk_probe {

Result<double> number_between(std::string_view option, std::string_view text, double low,
                              double high) {
  double number = 0;
  const char* begin = text.data();  // with its end: not read as a terminated string
  const char* end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, number, std::chars_format::fixed);
  const bool in_range = number >= low && number <= high;  // not for NaN
  if (error == std::errc{} && rest == end && in_range) return number;
  return fail(ErrorKind::usage,
              fmt::format("{}: '{}' is not a number from {} to {}", option, text, low, high),
              "such as 0.9");
}

Result<Cron> parse_cron(std::string_view text) {
  if (text.empty()) return Cron{};
  constexpr std::uint64_t most = 1'000'000;
  const auto parts = split(text, ':');
  const auto every = parts.size() == 2 ? parse_unsigned(parts[0]) : std::nullopt;
  const auto functions = parts.size() == 2 ? parse_unsigned(parts[1]) : std::nullopt;
  if (!every || !functions || *every == 0 || *functions == 0 || *functions > most) {
    return fail(ErrorKind::usage, fmt::format("--cron: '{}' is not EVERY:FUNCTIONS", text),
                "200:100 starts 100 functions of cron after each 200 starts of others");
  }
  return Cron{.every = *every, .functions = static_cast<std::uint32_t>(*functions)};
}

Result<std::vector<chunks::ErasureCode>> parse_codes(std::string_view text) {
  std::vector<chunks::ErasureCode> codes;
  for (const std::string_view word : split(text, ',')) {
    BYTEPATH_TRY(code, chunks::ErasureCode::parse(word));
    codes.push_back(code);
  }
  return codes;
}

}  // namespace bytepath::chunk_probe
