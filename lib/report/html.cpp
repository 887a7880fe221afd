#include <map>
#include <string>

#include "report/html_body.h"
#include "report/markup.h"
#include "report/page_assets.h"
#include "report/report.h"
#include "report/thinned.h"

namespace bytepath::report {
namespace {

using result::Document;

// JSON within a script element. Outside its strings JSON has no '<', so that writing each as an
// escape keeps the meaning, and no string of the document can end the element. The indentation
// goes: a raw line end is never part of a JSON string.
std::string embedded_json(const Document& document) {
  const std::string json = result::to_json(document);
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json[i] == '\n') {
      while (i + 1 < json.size() && json[i + 1] == ' ') ++i;
    } else {
      out += json[i];
    }
  }
  return out;
}

// Replaces each {{name}}; what is put in is not looked at again.
std::string filled(std::string_view page,
                   const std::map<std::string_view, std::string_view>& values) {
  std::string out;
  for (;;) {
    const std::size_t open = page.find("{{");
    const std::size_t close = page.find("}}", open);
    out += page.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) return out;
    const auto value = values.find(page.substr(open + 2, close - open - 2));
    if (value != values.end()) out += value->second;
    page.remove_prefix(close + 2);
  }
}

}  // namespace

std::string render_html(const Document& document, const Target&) {
  const Document shown = thinned(document);
  const PageAssets assets = page_assets();
  const std::string& state = shown.verdict.state;
  const std::string title = markup_text(shown.tool + (state.empty() ? "" : ": ") + state);
  const std::string header = html_header(shown);
  const std::string content = html_content(shown);
  const std::string footer = html_footer(shown);
  const std::string json = embedded_json(shown);
  return filled(assets.page, {{"title", title},
                              {"header", header},
                              {"content", content},
                              {"footer", footer},
                              {"document", json},
                              {"style", assets.style},
                              {"script", assets.script},
                              {"script_hash", assets.script_hash},
                              {"vega", assets.vega},
                              {"vega_hash", assets.vega_hash}});
}

}  // namespace bytepath::report
