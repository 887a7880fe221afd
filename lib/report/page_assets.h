#pragma once
#include <string_view>

namespace bytepath::report {

// The constant parts of an HTML report, packed at build time from lib/report/html/ and libjs-vega.
struct PageAssets {
  std::string_view page;         // page.html, with {{places}} to fill
  std::string_view style;        // page.css
  std::string_view script;       // page.js
  std::string_view vega;         // the modules of Vega that page.js uses
  std::string_view script_hash;  // as Content-Security-Policy names a script: "sha256-..."
  std::string_view vega_hash;
};

PageAssets page_assets();

}  // namespace bytepath::report
