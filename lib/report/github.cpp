#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"

// Commands for the runner of GitHub Actions, which shows them as annotations ("Workflow commands
// for GitHub Actions"). Of each kind it shows 10 a step and drops the others without a word.
namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;
using result::Severity;

constexpr std::size_t max_shown = 10;  // of one kind in one step

// A line break stays one; everything else that is not printable is shown as its escape.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    for (const char c : printable(text.substr(0, end))) {
      const bool special = c == '%' || (property && (c == ':' || c == ','));
      out += special ? fmt::format("%{:02X}", c) : std::string(1, c);
    }
    if (end < text.size()) out += text[end] == '\r' ? "%0D" : "%0A";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string command(std::string_view kind, std::string_view title, std::string_view text) {
  return fmt::format("::{} title={}::{}\n", kind, escaped(title, true), escaped(text, false));
}

std::string_view kind_of(Severity severity) {
  switch (severity) {
    case Severity::finding:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "notice";
}

std::string verdict_of(const Document& document) {
  const auto& verdict = document.verdict;
  std::string out = verdict.text.empty() ? verdict.state : verdict.text;
  if (out.empty()) out = "no verdict";
  if (!document.complete) out += " (incomplete: this run was interrupted)";
  return out;
}

}  // namespace

std::string render_github(const Document& document, const Target&) {
  const Severity overall = tone_of(document) == Tone::bad ? Severity::finding : Severity::note;
  std::string out = command(kind_of(overall), document.tool, verdict_of(document));
  std::size_t hidden = 0;
  for (const auto severity : {Severity::finding, Severity::warning, Severity::note}) {
    const std::size_t room = max_shown - (severity == overall ? 1 : 0);
    const auto all = static_cast<std::size_t>(
        std::ranges::count(document.findings, severity, &Finding::severity));
    // The last notice is the one about those that are not shown.
    const bool full = all > room || (severity == Severity::note && hidden > 0 && all == room);
    std::size_t shown = full ? room - (severity == Severity::note ? 1 : 0) : all;
    hidden += all - shown;
    for (const Finding& finding : document.findings) {
      if (finding.severity != severity || shown == 0) continue;
      --shown;
      out += command(kind_of(severity), finding.id, finding.text);
    }
  }
  if (hidden > 0) {
    out += command("notice", document.tool,
                   fmt::format("{} more finding{} not shown here: see the report", hidden,
                               hidden == 1 ? " is" : "s are"));
  }
  return out;
}

}  // namespace bytepath::report
