#pragma once
#include <string>
#include <vector>

#include "benchmark/export_files.h"
#include "benchmark/plan.h"
#include "cli/probe.h"
#include "profiling.h"

namespace bytepath::run_probe {

struct Options {
  benchmark::RawOptions raw;
  std::vector<std::string> scan;  // NAME MIN MAX
  std::string step;
  std::vector<std::string> lists;  // NAME VALUES, one pair after the other
  std::string style;
  std::optional<std::uint64_t> cpu;
  ProfilingOptions profiling;
  // Paths by export format.
  std::string asciidoc, csv, json, markdown, orgmode;

  // What the words that stand in pairs and threes mean.
  benchmark::RawOptions resolved() const;
  std::vector<benchmark::ExportTarget> exports() const;
};

// Options by hyperfine's names and short forms, then those that it does not have.
void add_options(cli::Command command, Options& options);

}  // namespace bytepath::run_probe
