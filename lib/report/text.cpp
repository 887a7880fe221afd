#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "report/comparison_rows.h"
#include "report/comparison_text.h"
#include "report/heat_plot.h"
#include "report/line_plot.h"
#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"
#include "report/style.h"
#include "report/text_table.h"
#include "report/timeline_plot.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;

constexpr std::size_t min_columns = 40;
constexpr std::size_t max_prose_columns = 100;

// Builds the report from the top, one section after the other.
class TextReport {
 public:
  TextReport(const Document& document, const Target& target)
      : document_(document), target_(target), style_(target.color) {
    target_.columns = std::max(target_.columns, min_columns);
  }

  // NOLINTNEXTLINE(misc-no-recursion): parts have no parts
  std::string render() {
    incomplete_banner();
    verdict();
    if (!document_.parts.empty()) return parts();
    findings();
    tables();
    metrics();
    plots();
    heat_maps();
    remedies();
    not_measured();
    const std::string host = host_line(document_.host);
    if (!host.empty()) line(style_.dim(printable(host)));
    return std::move(out_);
  }

 private:
  // A line for each part; all of them in full where everything is asked for.
  // NOLINTNEXTLINE(misc-no-recursion): parts have no parts
  std::string parts() {
    for (const auto& part : document_.parts) {
      const auto& said = part.verdict;
      const std::string_view state = said.text.empty() ? said.state : said.text;
      prose(fmt::format("  {}: ", printable(part.tool)), state);
    }
    blank();
    not_measured();
    for (const auto& part : document_.parts) {
      if (!target_.verbose) break;
      section(part.tool);
      out_ += TextReport(part, target_).render();
      blank();
    }
    const std::string host = host_line(document_.host);
    if (!host.empty()) line(style_.dim(printable(host)));
    return std::move(out_);
  }

  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }
  void blank() { out_ += '\n'; }
  void lines(const std::vector<std::string>& all) {
    for (const auto& each : all) line(each);
  }

  void section(std::string_view title) {
    line(style_.bold(shorten(title, target_.columns, target_.unicode)));
  }

  // Prose under `first` ("  1. "), the following lines aligned with its end.
  void prose(std::string_view first, std::string_view text) {
    const std::size_t indent = display_width(first);
    const std::size_t columns = std::min(target_.columns, max_prose_columns);
    std::string lead(first);
    for (const auto& each : wrap(text, columns > indent + 20 ? columns - indent : 20)) {
      line(lead + each);
      lead.assign(indent, ' ');
    }
  }

  void incomplete_banner() {
    if (document_.complete) return;
    line(style_.alarm(" INCOMPLETE ") +
         " This run ended early: it shows what was measured until then.");
    blank();
  }

  std::string toned(std::string_view text) const {
    switch (tone_of(document_)) {
      case Tone::bad:
        return style_.bad(text);
      case Tone::caution:
        return style_.caution(text);
      case Tone::good:
        break;
    }
    return style_.good(text);
  }

  void verdict() {
    const std::string text =
        document_.verdict.text.empty() ? document_.verdict.state : document_.verdict.text;
    for (const auto& each : wrap(text, std::min(target_.columns, max_prose_columns))) {
      line(toned(each));
    }
    if (!text.empty()) blank();
  }

  std::string severity_mark(result::Severity severity) const {
    switch (severity) {
      case result::Severity::finding:
        return style_.bad(target_.unicode ? "✗" : "!");
      case result::Severity::warning:
        return style_.caution(target_.unicode ? "▲" : "*");
      case result::Severity::note:
        break;
    }
    return style_.dim(target_.unicode ? "·" : "-");
  }

  void evidence(const Finding& finding) {
    const auto items =
        wrap_items(evidence_items(finding.evidence),
                   std::min(target_.columns, max_prose_columns) - 4, target_.unicode);
    for (const auto& each : items) line("    " + style_.dim(each));
  }

  // Findings of one id stand under it once; notes and evidence are for those who ask.
  void findings() {
    std::string_view last_id;
    std::size_t notes = 0;
    for (const Finding* finding : by_severity(document_)) {
      if (finding->severity == result::Severity::note && !target_.verbose) {
        ++notes;
        continue;
      }
      if (finding->id != last_id) {
        line(fmt::format("{} {}", severity_mark(finding->severity),
                         style_.bold(shorten(finding->id, target_.columns - 2, target_.unicode))));
      }
      last_id = finding->id;
      prose("    ", finding->text);
      if (target_.verbose) evidence(*finding);
    }
    if (notes > 0)
      line(style_.dim(fmt::format("  ({} {}: see -v)", notes, notes == 1 ? "note" : "notes")));
    if (!document_.findings.empty()) blank();
  }

  void tables() {
    for (const auto& table : document_.tables) {
      if (table.title.empty() && !target_.verbose) continue;
      section(table.title.empty() ? spaced(table.name) : table.title);
      if (table.time_bars) {
        lines(timeline_plot(table, target_));
        blank();
        if (!target_.verbose) continue;
      }
      const bool reduced = result::is_comparison_table(table) && !target_.verbose;
      lines(reduced ? comparison_lines(table, target_) : text_table(table, target_));
      blank();
    }
  }

  void metrics() {
    if (document_.metrics.empty() || !target_.verbose) return;
    result::Table table{.columns = {{.name = "metric"},
                                    {.name = "labels"},
                                    {.name = "median"},
                                    {.name = "low"},
                                    {.name = "high"},
                                    {.name = "count"}}};
    for (const auto& metric : document_.metrics) {
      const auto shown = [&](double value) { return format_quantity(value, metric.unit); };
      table.rows.push_back({metric.name, format_labels(metric.labels), shown(metric.median),
                            shown(metric.low), shown(metric.high),
                            static_cast<double>(metric.count)});
    }
    section("Metrics (median with its 95 % interval)");
    lines(text_table(table, target_));
    blank();
  }

  void plots() {
    for (const auto& chart : charts(document_, target_.verbose)) {
      section(chart.title);
      lines(line_plot(chart, target_));
      blank();
    }
  }

  void heat_maps() {
    for (const auto& map : document_.heatmaps) {
      if (map.title.empty() && !target_.verbose) continue;
      std::string title = map.title.empty() ? spaced(map.name) : map.title;
      if (!map.labels.empty()) title += fmt::format(" ({})", format_labels(map.labels));
      section(title);
      lines(heat_plot(map, target_));
      blank();
    }
  }

  std::string toned_state(const std::optional<bool>& verified) const {
    const std::string text = fmt::format("[{}]", name_of(verified));
    if (!verified) return style_.dim(text);
    return *verified ? style_.good(text) : style_.bad(text);
  }

  void remedies_of(const Finding& finding) {
    // What nobody tried is worth a line only while nothing is known to help.
    const bool known = std::ranges::any_of(
        finding.remedies, [](const result::Remedy& remedy) { return remedy.verified == true; });
    std::size_t number = 0;
    std::size_t hidden = 0;
    for (const auto& remedy : finding.remedies) {
      if (known && !remedy.verified && !target_.verbose) {
        ++hidden;
        continue;
      }
      const std::string first = fmt::format("  {}. ", ++number);
      prose(first, remedy.text);
      const std::string indent(display_width(first), ' ');
      if (!remedy.command.empty()) line(indent + style_.bold("$ " + printable(remedy.command)));
      if (remedy.verified || known || target_.verbose) line(indent + toned_state(remedy.verified));
    }
    if (hidden > 0) line(style_.dim(fmt::format("  ({} more not tried: see -v)", hidden)));
  }

  // Findings with the same way out, three functions of one library, share one list of it.
  void remedies() {
    std::vector<const Finding*> shown;
    for (const Finding* finding : by_severity(document_)) {
      if (finding->remedies.empty()) continue;
      const bool again = std::ranges::any_of(
          shown, [&](const Finding* other) { return other->remedies == finding->remedies; });
      if (again) continue;
      shown.push_back(finding);
      section("What to do about " + finding->id);
      remedies_of(*finding);
      blank();
    }
  }

  void not_measured() {
    if (document_.not_measured.empty()) return;
    section("Not measured");
    for (const auto& each : document_.not_measured) {
      prose(target_.unicode ? "  · " : "  - ", fmt::format("{}: {}", each.what, each.reason));
      if (!each.remedy.empty()) prose(target_.unicode ? "    → " : "    -> ", each.remedy);
    }
    blank();
  }

  const Document& document_;
  Target target_;
  Style style_;
  std::string out_;
};

}  // namespace

std::string render_text(const Document& document, const Target& target) {
  return TextReport(document, target).render();
}

}  // namespace bytepath::report
