#include "verdict/ratio_comparison.h"

#include <algorithm>

#include "base/text.h"
#include "verdict/copy_measurements.h"

namespace bytepath::verdict {
namespace {

using result::Metric;

const Metric* same_copy(const result::Document& document, const Metric& metric) {
  const auto found = std::ranges::find_if(document.metrics, [&](const Metric& other) {
    return other.name == metric.name && other.labels == metric.labels;
  });
  return found == document.metrics.end() ? nullptr : &*found;
}

bool differs(const Metric& before, const Metric& now) {
  const bool apart = now.low > before.high || now.high < before.low;
  const double change = now.median / before.median;
  return apart && (change >= slow_factor || change <= 1 / slow_factor);
}

result::Value whole_number(const std::string& text) {
  const auto number = parse_unsigned(text);
  return number ? result::Value(static_cast<std::int64_t>(*number)) : result::Value{};
}

}  // namespace

Result<result::Table> compare_ratios(const result::Document& before, const result::Document& now) {
  if (before.tool != now.tool) {
    return fail(
        ErrorKind::usage,
        fmt::format("--against: the document is one of {}, not of {}", before.tool, now.tool),
        "give a file that memcpy-probe wrote with --json");
  }
  result::Table table{.name = "against",
                      .title = fmt::format("Against the run of {}", before.started),
                      .columns = {{"kernel", ""},
                                  {"size", "B"},
                                  {"offset", ""},
                                  {"before", "ratio"},
                                  {"now", "ratio"},
                                  {"change", "ratio"},
                                  {"differs", ""}}};
  for (const auto& metric : now.metrics) {
    if (metric.name != "copy_ratio") continue;
    const Metric* old = same_copy(before, metric);
    if (old == nullptr || old->median <= 0) continue;
    table.rows.push_back({label(metric.labels, "kernel"),
                          whole_number(label(metric.labels, "size")),
                          whole_number(label(metric.labels, "offset")), old->median, metric.median,
                          metric.median / old->median, differs(*old, metric)});
  }
  if (table.rows.empty()) {
    return fail(ErrorKind::usage, "--against: the two runs have no copy in common",
                "compare runs of the same kernels and sizes");
  }
  return table;
}

}  // namespace bytepath::verdict
