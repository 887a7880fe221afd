#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/export_format.h"

namespace bytepath::benchmark {

struct ExportTarget {
  std::string format;  // "json"
  std::string path;    // "-" is standard output
};

// Where the results are exported to. Files are replaced as a whole after each benchmark, so that a
// later one that fails loses nothing; what can be written only once (standard output, a pipe) is
// written at the end.
class ExportFiles {
 public:
  // Error (failed): a file that cannot be written, asked before anything is measured.
  static Result<ExportFiles> create(std::vector<ExportTarget> targets);

  // After a benchmark that is not the last.
  Result<> replace_files(std::span<const BenchmarkResult> results,
                         const ExportContext& context) const;
  // At the end: all but `-`.
  Result<> write_files(std::span<const BenchmarkResult> results,
                       const ExportContext& context) const;
  // What standard output gets: each export with an empty line before and after, as hyperfine does.
  std::string standard_output(std::span<const BenchmarkResult> results,
                              const ExportContext& context) const;

 private:
  explicit ExportFiles(std::vector<ExportTarget> targets) : targets_(std::move(targets)) {}
  std::vector<ExportTarget> targets_;
};

}  // namespace bytepath::benchmark
