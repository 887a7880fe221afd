#include "benchmark/parameter_scan.h"

#include <charconv>
#include <cstdint>

#include "benchmark/decimal.h"

namespace bytepath::benchmark {
namespace {

// The whole numbers for which a step of 1 goes without saying.
bool is_small_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<Decimal> parse_argument(std::string_view text) {
  auto number = Decimal::parse(text);
  if (!number)
    return fail(ErrorKind::failed, fmt::format("Error while parsing parameter scan arguments ({})",
                                               number.error().message));
  return number;
}

Result<> check_range(const Decimal& first, const Decimal& last, const Decimal& step) {
  if (last < first) return fail(ErrorKind::failed, "Empty parameter range");
  if (step.is_zero()) return fail(ErrorKind::failed, "Zero is not a valid parameter step");
  if (step.is_negative())
    return fail(ErrorKind::failed, std::string(parameter_range_too_large),
                "the step must be above 0: a scan goes up");
  if (first.steps_to(last, step) >= static_cast<__int128_t>(max_parameter_values))
    return fail(ErrorKind::failed, std::string(parameter_range_too_large));
  return {};
}

}  // namespace

Result<std::vector<std::string>> scan_values(const CommandOptions::Scan& scan) {
  BYTEPATH_TRY(first, parse_argument(scan.first));
  BYTEPATH_TRY(last, parse_argument(scan.last));
  const bool integers = is_small_integer(scan.first) && is_small_integer(scan.last);
  if (!scan.step && !integers)
    return fail(ErrorKind::failed,
                "A step size is required when the range bounds are floating point numbers. The "
                "step size can be specified with the '-D/--parameter-step-size <DELTA>' parameter");
  BYTEPATH_TRY(step, parse_argument(scan.step.value_or("1")));
  if (auto valid = check_range(first, last, step); !valid) return std::unexpected(valid.error());

  std::vector<std::string> values;
  for (Decimal value = first; value <= last; value = value + step) values.push_back(value.text());
  return values;
}

}  // namespace bytepath::benchmark
