#include "report/html_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/html_table.h"
#include "report/markup.h"
#include "report/present.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::bad:
      return "bad";
    case Tone::caution:
      return "caution";
    case Tone::good:
      break;
  }
  return "good";
}

std::string_view class_of(result::Severity severity) {
  switch (severity) {
    case result::Severity::finding:
      return "bad";
    case result::Severity::warning:
      return "caution";
    case result::Severity::note:
      break;
  }
  return "none";
}

std::string badge(std::string_view style, std::string_view text) {
  return fmt::format("<span class=\"badge {}\">{}</span>", style, text);
}

// Where on the page a document stands: ids are unique on it, headings a level below those above.
struct Place {
  std::string prefix;
  std::size_t part = 0;
  int heading = 2;
};

// The begin of a section. One with a name is a landmark, which has to be the only one of its name:
// each part of a page has findings, and is found by its own.
std::string section_begin(const Place& place, std::string_view id) {
  return place.prefix.empty() ? fmt::format("<section aria-labelledby=\"{}\">\n", id)
                              : "<section>\n";
}

std::string section(const Place& place, std::string_view name, std::string_view title,
                    std::string_view content) {
  const std::string id = place.prefix + std::string(name);
  return section_begin(place, id) + fmt::format("<h{} id=\"{}\">{}</h{}>\n{}</section>\n",
                                                place.heading, id, markup_text(title),
                                                place.heading, content);
}

std::string finding_html(const Finding& finding, int heading) {
  const auto severity = name_of(finding.severity);
  std::string out =
      fmt::format("<article class=\"finding {}-severity\">\n<h{}>{} {}</h{}>\n<p>{}</p>\n",
                  severity, heading, badge(class_of(finding.severity), severity),
                  markup_text(finding.id), heading, markup_text(finding.text));
  if (!finding.evidence.empty()) {
    out += "<ul class=\"evidence\">\n";
    for (const auto& [key, value] : finding.evidence) {
      out += fmt::format("<li>{} <b>{}</b></li>\n", markup_text(spaced(key)),
                         markup_text(format_value(value, unit_of_evidence(key))));
    }
    out += "</ul>\n";
  }
  return out + "</article>\n";
}

// Many notes would push what matters off the screen.
std::string findings(const Document& document, const Place& place) {
  constexpr std::ptrdiff_t most_open_notes = 3;
  if (document.findings.empty()) return "";
  const auto count =
      std::ranges::count(document.findings, result::Severity::note, &Finding::severity);
  const bool fold = count > most_open_notes;
  std::string out;
  std::string notes;
  for (const Finding* finding : by_severity(document)) {
    const bool folded = fold && finding->severity == result::Severity::note;
    (folded ? notes : out) += finding_html(*finding, place.heading + 1);
  }
  if (fold) out += folded_html(fmt::format("{} notes", count), notes);
  return section(place, "findings", "Findings", out);
}

std::string tables(const Document& document, const Place& place) {
  std::string out;
  for (std::size_t i = 0; i < document.tables.size(); ++i) {
    const auto& table = document.tables[i];
    const bool quiet = table.title.empty();
    if (table.time_bars || (quiet && table.rows.empty())) continue;
    const std::string title = quiet ? spaced(table.name) : table.title;
    const std::string content = html_table(table, title);
    out += section(place, fmt::format("table-{}", i), title,
                   quiet ? folded_html("Show the table", content) : content);
  }
  return out;
}

std::string figure(const Place& place, std::string_view name, std::string_view kind,
                   std::string_view indices, const std::string& title, std::string_view names,
                   const std::string& table) {
  const std::string id = place.prefix + std::string(name);
  return section_begin(place, id) +
         fmt::format(
             "<figure data-chart=\"{}\" data-part=\"{}\" data-indices=\"{}\" data-names=\"{}\">\n"
             "<figcaption><h{} id=\"{}\">{}</h{}></figcaption>\n<div "
             "class=\"chart\"></div>\n{}</figure>\n"
             "</section>\n",
             kind, place.part, indices, names, place.heading, id, markup_text(title), place.heading,
             folded_html("All values as a table", table));
}

std::string line_charts(const Document& document, const Place& place) {
  std::string out;
  const auto all = charts(document, false);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string indices;
    std::string names;
    for (std::size_t k = 0; k < all[i].series.size(); ++k) {
      const auto index = all[i].series[k] - document.series.data();
      indices += fmt::format("{}{}", k == 0 ? "" : " ", index);
      // A tab separates the names: a printable name has none.
      names += (k == 0 ? "" : "&#9;") + markup_text(all[i].names[k]);
    }
    out += figure(place, fmt::format("chart-{}", i), "line", indices, all[i].title, names,
                  html_series_table(all[i]));
  }
  return out;
}

std::string dot_charts(const Document& document, const Place& place) {
  std::string out;
  const auto all = dots(document);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string indices;
    std::string names;
    for (std::size_t k = 0; k < all[i].metrics.size(); ++k) {
      const auto index = all[i].metrics[k] - document.metrics.data();
      indices += fmt::format("{}{}", k == 0 ? "" : " ", index);
      names += (k == 0 ? "" : "&#9;") + markup_text(all[i].names[k]);
    }
    out += figure(place, fmt::format("dots-{}", i), "dots", indices, all[i].title, names,
                  html_samples_table(all[i]));
  }
  return out;
}

std::string heat_maps(const Document& document, const Place& place) {
  std::string out;
  for (std::size_t i = 0; i < document.heatmaps.size(); ++i) {
    const auto& map = document.heatmaps[i];
    if (map.title.empty()) continue;
    std::string title = map.title;
    if (!map.labels.empty()) title += fmt::format(" ({})", format_labels(map.labels));
    out += figure(place, fmt::format("heat-map-{}", i), "heat", fmt::to_string(i), title, "",
                  html_heat_table(map));
  }
  return out;
}

std::string timelines(const Document& document, const Place& place) {
  std::string out;
  for (std::size_t i = 0; i < document.tables.size(); ++i) {
    const auto& table = document.tables[i];
    if (!table.time_bars) continue;
    const std::string title = table.title.empty() ? spaced(table.name) : table.title;
    out += figure(place, fmt::format("timeline-{}", i), "timeline", fmt::to_string(i), title, "",
                  html_table(table, title));
  }
  return out;
}

std::string_view badge_class(const std::optional<bool>& verified) {
  if (!verified) return "none";
  return *verified ? "good" : "bad";
}

std::string remedy_html(const result::Remedy& remedy) {
  std::string out = fmt::format("<li>{} {}\n", markup_text(remedy.text),
                                badge(badge_class(remedy.verified), name_of(remedy.verified)));
  if (!remedy.command.empty()) {
    out += fmt::format("<pre><code>{}</code></pre>\n", markup_text(remedy.command));
  }
  return out + "</li>\n";
}

// A list for each kind of finding, with each way out once: three engines, or three functions of one
// library, have the same.
std::string remedies(const Document& document, const Place& place) {
  std::vector<std::string_view> kinds;
  std::vector<std::string> lists;
  std::vector<const Finding*> shown;
  for (const Finding* finding : by_severity(document)) {
    const bool again = std::ranges::any_of(
        shown, [&](const Finding* other) { return other->remedies == finding->remedies; });
    if (finding->remedies.empty() || again) continue;
    shown.push_back(finding);
    const auto at = static_cast<std::size_t>(std::ranges::find(kinds, finding->id) - kinds.begin());
    if (at == kinds.size()) {
      kinds.push_back(finding->id);
      lists.emplace_back();
    }
    for (const auto& remedy : finding->remedies) {
      const std::string item = remedy_html(remedy);
      if (!lists[at].contains(item)) lists[at] += item;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    out += section(place, fmt::format("remedies-{}", i),
                   fmt::format("What to do about {}", kinds[i]), "<ol>\n" + lists[i] + "</ol>\n");
  }
  return out;
}

std::string metrics(const Document& document, const Place& place) {
  if (document.metrics.empty()) return "";
  return section(
      place, "metrics", "Metrics",
      folded_html("Medians with their 95 % intervals", html_metrics_table(document.metrics)));
}

std::string not_measured(const Document& document, const Place& place) {
  if (document.not_measured.empty()) return "";
  std::string out = "<ul>\n";
  for (const auto& each : document.not_measured) {
    out += fmt::format("<li><b>{}</b>: {}", markup_text(each.what), markup_text(each.reason));
    if (!each.remedy.empty()) out += fmt::format("<br>To enable it: {}", markup_text(each.remedy));
    out += "</li>\n";
  }
  return section(place, "not-measured", "Not measured", out + "</ul>\n");
}

std::string host(const Document& document, const Place& place) {
  const auto& host = document.host;
  const std::pair<std::string_view, std::string> rows[] = {
      {"CPU", host.cpu.brand.empty() ? host.cpu.vendor : host.cpu.brand},
      {"Microarchitecture", host.cpu.microarchitecture},
      {"Microcode", host.cpu.microcode},
      {"Kernel", host.kernel},
      {"C library", host.libc},
      {"Hypervisor", host.hypervisor.empty() ? "none" : host.hypervisor},
      {"Machine", host.machine_hash},
      {"Software", host.software_hash}};
  std::string out = "<dl>\n";
  for (const auto& [term, text] : rows) {
    if (!text.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, markup_text(text));
  }
  for (const auto& [key, value] : document.parameters) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup_text(spaced(key)),
                       markup_text(format_value(value, unit_of_evidence(key))));
  }
  return section(place, "host", "Where and how", out + "</dl>\n");
}

std::string body(const Document& document, const Place& place) {
  return findings(document, place) + timelines(document, place) + heat_maps(document, place) +
         dot_charts(document, place) + line_charts(document, place) + tables(document, place) +
         remedies(document, place) + metrics(document, place) + not_measured(document, place) +
         host(document, place);
}

// A list, such as of a file's tensors, has nothing to judge.
std::string_view class_of_verdict(const Document& document) {
  const bool judged = !document.verdict.state.empty() || !document.findings.empty();
  return judged || !document.complete ? class_of(tone_of(document)) : "plain";
}

std::string verdict_text(const Document& document) {
  const auto& verdict = document.verdict;
  if (!verdict.text.empty()) return markup_text(verdict.text);
  return markup_text(verdict.state.empty() ? document.tool : verdict.state);
}

std::string part_id(std::size_t index) { return fmt::format("part-{}", index); }

// A line for each part, with the way to it.
std::string overview(const Document& document, const Place& place) {
  std::string out = "<ul class=\"overview\">\n";
  for (std::size_t i = 0; i < document.parts.size(); ++i) {
    const Document& each = document.parts[i];
    out += fmt::format("<li class=\"{}\"><a href=\"#{}\">{}</a> {}</li>\n", class_of_verdict(each),
                       part_id(i), markup_text(each.tool), verdict_text(each));
  }
  return section(place, "overview", "Overview", out + "</ul>\n");
}

std::string part(const Document& document, std::size_t index) {
  const std::string id = part_id(index);
  return fmt::format(
      "<article class=\"part\" aria-labelledby=\"{}\">\n<div class=\"verdict {}\">\n"
      "<p class=\"kicker\"><strong>{}</strong> {}</p>\n<h2 "
      "id=\"{}\">{}</h2>\n{}</div>\n{}</article>\n",
      id, class_of_verdict(document), markup_text(document.tool), markup_text(document.started), id,
      verdict_text(document),
      document.complete ? "" : "<p>Incomplete: this run was interrupted.</p>\n",
      body(document, {.prefix = id + "-", .part = index, .heading = 3}));
}

}  // namespace

std::string html_header(const Document& document) {
  std::string out = fmt::format("<header>\n<p class=\"kicker\"><strong>{}</strong> {}</p>\n",
                                markup_text(document.tool), markup_text(document.started));
  if (!document.complete) {
    out +=
        "<p class=\"incomplete\">Incomplete: this run was interrupted. The page shows what was "
        "measured until then.</p>\n";
  }
  out += fmt::format("<div class=\"verdict {}\">\n<h1>{}</h1>\n<p>{}</p>\n</div>\n</header>",
                     class_of_verdict(document), verdict_text(document),
                     markup_text(host_line(document.host)));
  return out;
}

std::string html_content(const Document& document) {
  if (document.parts.empty()) return body(document, {});
  const Place top;
  std::string out = overview(document, top) + not_measured(document, top);
  for (std::size_t i = 0; i < document.parts.size(); ++i) {
    out += part(document.parts[i], i);
  }
  return out + host(document, top);
}

std::string html_footer(const Document& document) {
  return fmt::format("<p>{} {}: <code>{}</code></p>", markup_text(document.tool),
                     markup_text(document.tool_version),
                     markup_text(fmt::format("{}", fmt::join(document.arguments, " "))));
}

}  // namespace bytepath::report
