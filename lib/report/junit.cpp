#include <fmt/format.h>

#include <algorithm>

#include "report/comparison_junit.h"
#include "report/comparison_rows.h"
#include "report/markup.h"
#include "report/present.h"
#include "report/report.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;

void append_remedies(std::string& out, const Finding& finding) {
  for (const auto& remedy : finding.remedies) {
    out += fmt::format("\n[{}] {}", name_of(remedy.verified), markup_text(remedy.text));
    if (!remedy.command.empty()) out += "\n    " + markup_text(remedy.command);
  }
}

void append_finding(std::string& out, const Document& document, const Finding& finding) {
  const bool failed = finding.severity == result::Severity::finding;
  out += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", markup_text(document.tool),
                     markup_text(finding.id));
  out += failed ? fmt::format(R"(      <failure type="finding" message="{}">)",
                              markup_text(finding.text))
                : fmt::format("      <system-out>{}: {}\n", name_of(finding.severity),
                              markup_text(finding.text));
  out += markup_text(format_evidence(finding.evidence));
  append_remedies(out, finding);
  out += failed ? "</failure>\n" : "</system-out>\n";
  out += "    </testcase>\n";
}

void append_skipped(std::string& out, const Document& document) {
  for (const auto& each : document.not_measured) {
    const std::string reason =
        each.remedy.empty() ? each.reason : fmt::format("{} ({})", each.reason, each.remedy);
    out += fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\"><skipped message=\"{}\"/></testcase>\n",
        markup_text(document.tool), markup_text(each.what), markup_text(reason));
  }
}

}  // namespace

std::string render_junit(const Document& document, const Target&) {
  const result::Table* table = result::comparison_table(document);
  const JunitCases rows = table == nullptr ? JunitCases{} : comparison_cases(document, *table);
  auto findings = by_severity(document);
  if (table != nullptr) {
    std::erase_if(findings, [](const Finding* finding) { return repeats_a_row(*finding); });
  }
  const auto failed = std::ranges::count(findings, result::Severity::finding, &Finding::severity);
  const std::size_t errors = document.complete ? 0 : 1;
  const std::size_t tests =
      rows.tests + findings.size() + document.not_measured.size() + 1;  // 1: the run itself
  const std::string counts = fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")",
                                         tests, rows.failures + static_cast<std::size_t>(failed),
                                         errors, rows.skipped + document.not_measured.size());
  const std::string tool = markup_text(document.tool);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites {}>\n  <testsuite name=\"{}\" timestamp=\"{}\" {}>\n", counts,
                     tool, markup_text(document.started), counts);
  out += fmt::format("    <testcase classname=\"{}\" name=\"run\">\n", tool);
  if (errors != 0) {
    out +=
        "      <error type=\"incomplete\" message=\"interrupted: not everything was measured\"/>\n";
  }
  out += fmt::format("      <system-out>{}</system-out>\n    </testcase>\n",
                     markup_text(document.verdict.text));
  out += rows.xml;
  for (const Finding* finding : findings) append_finding(out, document, *finding);
  append_skipped(out, document);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace bytepath::report
