#include <array>

#include "report/report.h"

namespace bytepath::report {

std::span<const Format> formats() {
  static constexpr std::array all = {
      Format{"text", ".txt", render_text},
      Format{"markdown", ".md", render_markdown},
      Format{"csv", ".csv", render_csv},
      Format{"json", ".json", render_json},
      Format{"ndjson", ".ndjson", render_ndjson},
      Format{"html", ".html", render_html},
      Format{"openmetrics", ".prom", render_openmetrics},
      Format{"junit", ".xml", render_junit},
      Format{"github", ".github", render_github},
  };
  return all;
}

}  // namespace bytepath::report
