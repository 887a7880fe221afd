#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "compare/suite.h"

namespace {

using namespace bytepath::compare;

void require(bool holds) {
  if (!holds) std::abort();
}

// Who compares relies on these without a look.
void check(const Measured& metric, bool paired) {
  require(std::isfinite(metric.median));
  if (!metric.samples.empty()) {
    require(metric.count == metric.samples.size() - (paired ? metric.left_out : 0));
    require(metric.count > 0 && metric.low <= metric.median && metric.median <= metric.high);
  }
  for (const double sample : metric.samples) {
    require(std::isfinite(sample) || (paired && std::isnan(sample)));
    require(!(sample < 0) || metric.kind != Kind::time);
  }
}

}  // namespace

// Any bytes as a saved run: one line says why not, or names are unique and numbers are numbers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto suite = read_suite({reinterpret_cast<const char*>(data), size}, "fuzz.json");
  if (!suite) {
    require(suite.error().kind == bytepath::ErrorKind::unsupported);
    require(suite.error().message.starts_with("fuzz.json: "));
    require(!suite.error().message.contains('\n'));
    return 0;
  }
  require(suite->reference < suite->benchmarks.size());
  std::set<std::string_view> names;
  for (const auto& benchmark : suite->benchmarks) {
    require(names.insert(benchmark.name).second);
    std::set<std::string_view> metrics;
    for (const auto& metric : benchmark.metrics) {
      require(metrics.insert(metric.metric).second);
      check(metric, suite->paired);
    }
  }
  return 0;
}
