#include "benchmark/export_format.h"

#include <array>

#include "benchmark/export_writers.h"

namespace bytepath::benchmark {

std::span<const ExportFormat> export_formats() {
  static constexpr std::array<ExportFormat, 5> formats = {{
      {.name = "asciidoc", .write = export_asciidoc},
      {.name = "csv", .write = export_csv},
      {.name = "json", .write = export_json},
      {.name = "markdown", .write = export_markdown},
      {.name = "orgmode", .write = export_orgmode},
  }};
  return formats;
}

}  // namespace bytepath::benchmark
