#pragma once
#include "benchmark/export_format.h"

namespace bytepath::benchmark {

std::string export_asciidoc(std::span<const BenchmarkResult> results, const ExportContext& context);
std::string export_csv(std::span<const BenchmarkResult> results, const ExportContext& context);
std::string export_json(std::span<const BenchmarkResult> results, const ExportContext& context);
std::string export_markdown(std::span<const BenchmarkResult> results, const ExportContext& context);
std::string export_orgmode(std::span<const BenchmarkResult> results, const ExportContext& context);

}  // namespace bytepath::benchmark
