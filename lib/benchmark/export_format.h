#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "benchmark/relative_speed.h"
#include "benchmark/run.h"
#include "benchmark/terminal_text.h"

// hyperfine's five export formats, byte for byte (its tests, version 1.20). A time of 0 never fails
// an export: its relative speed is "inf".
namespace bytepath::benchmark {

struct ExportContext {
  std::optional<TimeUnit> unit;  // of the three tables; nothing: what fits the first result
  SortOrder order = SortOrder::command;
  // The document of the session as JSON text, added to the JSON export as the key "bytepath", or
  // empty. A script that reads hyperfine's keys does not see it.
  std::string document;
};

// A format is one pure function and one row in export_format.cpp.
struct ExportFormat {
  std::string_view name;  // "json" for --export-json
  std::string (*write)(std::span<const BenchmarkResult>, const ExportContext&);
};
std::span<const ExportFormat> export_formats();

}  // namespace bytepath::benchmark
