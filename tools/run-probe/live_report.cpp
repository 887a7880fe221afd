#include "live_report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "benchmark/comparison_text.h"
#include "benchmark/terminal_text.h"
#include "explain/profile_text.h"

namespace bytepath::run_probe {
namespace {

using benchmark::BenchmarkResult;

bool plain_terminal() {
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  const std::string_view name = term == nullptr ? "unknown" : term;
  return name == "unknown" || name == "dumb" || (no_color != nullptr && *no_color != '\0');
}

}  // namespace

Look look_of(const std::string& style, bool inherits) {
  if (style == "none") return {.silent = true};
  if (style == "basic") return {};
  if (style == "color") return {.color = true};
  if (style == "nocolor") return {.progress = true};
  if (style == "full") return {.color = true, .progress = true};
  if (inherits || isatty(STDOUT_FILENO) != 1) return {};
  return {.color = !plain_terminal(), .progress = true};
}

void LiveReport::print(const std::string& text) {
  if (!look_.silent) console_.print(text);
}

void LiveReport::begins(const BenchmarkResult& benchmark) {
  print(header_text(benchmark, report::Style(look_.color)));
}

Result<> LiveReport::finished(const std::vector<BenchmarkResult>& results) {
  const report::Style style(look_.color);
  finished_ = results.size();
  print(result_text(results.back(), plan_.unit, style));
  console_.complain(
      warnings_text(results.back(),
                    {.shell = plan_.execution.kind == benchmark::Execution::Kind::shell,
                     .warmup_in_use = plan_.warmup.value_or(0) > 0,
                     .preparation_in_use = !plan_.prepare.empty()},
                    style));
  print(" \n");
  return exports_.replace_files(results, context());
}

benchmark::ExportContext LiveReport::context() const {
  return {.unit = plan_.unit, .order = plan_.export_order, .document = {}};
}

void LiveReport::summarize(const benchmark::Session& session, const result::Document& document) {
  const report::Style style(look_.color);
  if (plan_.compares) {
    print(benchmark::comparison_text(document, style));
  } else if (session.results.size() > 1) {
    const auto reference =
        plan_.has_reference ? std::optional<std::size_t>(plan_.baseline()) : std::nullopt;
    if (has_relative_speeds(session.results, reference)) {
      print(summary_text(session.results, reference, plan_.summary_order, style));
    } else if (!look_.silent) {
      console_.complain(benchmark::no_comparison_text(style));
    }
  }
  print(explain::why_text(document, style));
  print(explain::hot_text(document, style));
  print(explain::calls_text(document, style, console_.target()));
  console_.complain(benchmark::condition_text(document, plan_, session, style));
}

Result<> LiveReport::end(const benchmark::Session& session, const result::Document& document) {
  if (!session.error) summarize(session, document);
  // What an error cut short is in the report, but no result that a script should read.
  auto results = session.results;
  if (session.error) results.resize(std::min(finished_, results.size()));
  std::erase_if(results, [](const BenchmarkResult& result) { return result.runs.empty(); });
  if (results.empty()) return {};
  auto complete = context();
  complete.document = result::to_json(document);
  if (auto written = exports_.write_files(results, complete); !written) return written;
  if (!session.error) console_.write(exports_.standard_output(results, complete));
  return {};
}

}  // namespace bytepath::run_probe
