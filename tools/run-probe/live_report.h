#pragma once
#include <string>
#include <vector>

#include "benchmark/export_files.h"
#include "benchmark/plan.h"
#include "benchmark/session.h"
#include "cli/probe.h"

namespace bytepath::run_probe {

// --style, resolved against the terminal.
struct Look {
  bool color = false;
  bool progress = false;  // the changing line
  bool silent = false;    // nothing on standard output but what is asked for
};

// `style` is a word of --style, empty for auto; `inherits` a command's output goes to the terminal.
Look look_of(const std::string& style, bool inherits);

// Says what hyperfine says while and after the benchmarks run, and keeps the exports up to date.
class LiveReport final : public benchmark::Observer {
 public:
  LiveReport(const benchmark::Plan& plan, const benchmark::ExportFiles& exports, Look look,
             cli::Console& console)
      : plan_(plan), exports_(exports), look_(look), console_(console) {}

  void begins(const benchmark::BenchmarkResult& benchmark) override;
  Result<> finished(const std::vector<benchmark::BenchmarkResult>& results) override;

  // After all: the summary or the comparison, the warnings, the exports with the document in them.
  Result<> end(const benchmark::Session& session, const result::Document& document);

 private:
  void print(const std::string& text);
  void summarize(const benchmark::Session& session, const result::Document& document);
  benchmark::ExportContext context() const;

  const benchmark::Plan& plan_;
  const benchmark::ExportFiles& exports_;
  Look look_;
  cli::Console& console_;
  std::size_t finished_ = 0;
};

}  // namespace bytepath::run_probe
