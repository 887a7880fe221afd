#include "benchmark/export_files.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/file.h"

namespace bytepath::benchmark {
namespace {

constexpr std::string_view standard_output_path = "-";

int why_not_writable(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return EISDIR;
  if (std::filesystem::exists(path, ignored)) return access(path.c_str(), W_OK) == 0 ? 0 : errno;
  const auto parent = std::filesystem::path(path).parent_path().string();
  return access(parent.empty() ? "." : parent.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

std::string text_of(const ExportTarget& target, std::span<const BenchmarkResult> results,
                    const ExportContext& context) {
  const auto formats = export_formats();
  const auto format = std::ranges::find(formats, target.format, &ExportFormat::name);
  return format == formats.end() ? std::string{} : format->write(results, context);
}

}  // namespace

Result<ExportFiles> ExportFiles::create(std::vector<ExportTarget> targets) {
  for (const auto& target : targets) {
    if (target.path == standard_output_path) continue;
    const int reason = why_not_writable(target.path);
    if (reason == 0) continue;
    return fail(ErrorKind::failed, fmt::format("Could not create export file '{}': {}", target.path,
                                               std::strerror(reason)));
  }
  return ExportFiles(std::move(targets));
}

Result<> ExportFiles::write_files(std::span<const BenchmarkResult> results,
                                  const ExportContext& context) const {
  for (const auto& target : targets_) {
    if (target.path == standard_output_path) continue;
    if (auto written = write_file(target.path, text_of(target, results, context)); !written) {
      return fail(ErrorKind::failed, fmt::format("Failed to export results to '{}': {}",
                                                 target.path, written.error().message));
    }
  }
  return {};
}

std::string ExportFiles::standard_output(std::span<const BenchmarkResult> results,
                                         const ExportContext& context) const {
  std::string out;
  for (const auto& target : targets_) {
    if (target.path == standard_output_path) {
      out += fmt::format("\n{}\n", text_of(target, results, context));
    }
  }
  return out;
}

}  // namespace bytepath::benchmark
