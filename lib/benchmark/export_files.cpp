#include "benchmark/export_files.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "base/output_target.h"

namespace bytepath::benchmark {
namespace {

constexpr std::string_view standard_output_path = "-";

std::string text_of(const ExportTarget& target, std::span<const BenchmarkResult> results,
                    const ExportContext& context) {
  const auto formats = export_formats();
  const auto format = std::ranges::find(formats, target.format, &ExportFormat::name);
  return format == formats.end() ? std::string{} : format->write(results, context);
}

// Not so: a pipe, a device, a descriptor that is open already.
bool can_be_replaced(const std::string& path) {
  const auto target = output_target(path);
  if (!target || target->descriptor) return false;
  struct stat status{};
  return ::lstat(target->path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

Result<> write_one(const ExportTarget& target, std::span<const BenchmarkResult> results,
                   const ExportContext& context) {
  if (target.path == standard_output_path) return {};
  if (auto written = write_file(target.path, text_of(target, results, context)); !written) {
    return fail(ErrorKind::failed, fmt::format("Failed to export results to '{}': {}", target.path,
                                               written.error().message));
  }
  return {};
}

}  // namespace

Result<ExportFiles> ExportFiles::create(std::vector<ExportTarget> targets) {
  for (const auto& target : targets) {
    if (target.path == standard_output_path) continue;
    const auto writable = check_writable(target.path);
    if (writable) continue;
    const std::string& message = writable.error().message;
    return fail(ErrorKind::failed, fmt::format("Could not create export file '{}': {}", target.path,
                                               message.substr(message.rfind(": ") + 2)));
  }
  return ExportFiles(std::move(targets));
}

Result<> ExportFiles::replace_files(std::span<const BenchmarkResult> results,
                                    const ExportContext& context) const {
  for (const auto& target : targets_) {
    if (!can_be_replaced(target.path)) continue;
    if (auto written = write_one(target, results, context); !written) return written;
  }
  return {};
}

Result<> ExportFiles::write_files(std::span<const BenchmarkResult> results,
                                  const ExportContext& context) const {
  for (const auto& target : targets_) {
    if (auto written = write_one(target, results, context); !written) return written;
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
