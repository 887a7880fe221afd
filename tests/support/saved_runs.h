#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "result/document.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/temporary_folder.h"

// The built probe-compare as its user runs it, and saved runs for it to read.
namespace bytepath::test {

inline Outcome probe_compare(std::vector<std::string> arguments, std::string input = "") {
  arguments.insert(arguments.begin(), probe_path("probe-compare"));
  return run({.arguments = std::move(arguments), .input = std::move(input)});
}

// A session of run-probe with one command, or what becomes of it with another's values.
struct SavedRun {
  std::string benchmark = "grep";
  double wall = 0.1;    // seconds, the same in every run
  double faults = 100;  // page faults, likewise
  std::string started = "2026-11-26T03:15:00Z";
  std::string machine = "0123456789abcdef";
  std::string software = "fedcba9876543210";
  std::size_t runs = 12;
};

inline result::Metric metric_of_runs(const std::string& name, const std::string& unit,
                                     result::Labels labels, std::vector<double> samples) {
  auto sorted = samples;
  std::ranges::sort(sorted);
  return {.name = name,
          .labels = std::move(labels),
          .unit = unit,
          .better = result::Better::lower,
          .median = (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2,
          .low = sorted.front(),
          .high = sorted.back(),
          .count = samples.size(),
          .samples = std::move(samples)};
}

inline result::Document saved_document(const SavedRun& saved) {
  result::Document document;
  document.tool = "run-probe";
  document.tool_version = BYTEPATH_TEST_VERSION;
  document.started = saved.started;
  document.complete = true;
  document.host.machine_hash = saved.machine;
  document.host.software_hash = saved.software;
  document.parameters["order"] = std::string("blocked");
  const result::Labels labels = {{"benchmark", saved.benchmark}, {"number", "1"}};
  document.metrics = {
      metric_of_runs("wall", "s", labels, std::vector<double>(saved.runs, saved.wall)),
      metric_of_runs("page-faults", "", labels, std::vector<double>(saved.runs, saved.faults))};
  return document;
}

inline std::string saved_run(const SavedRun& saved) { return to_json(saved_document(saved)); }

// Two commands in 12 pairs, "base" and "head", pretended, so that both take exactly what they say.
inline std::string write_pairs(const TemporaryFolder& folder, const std::string& name,
                               const std::string& base, const std::string& head) {
  const auto path = folder.at(name);
  const auto outcome = run(
      {.arguments = {probe_path("run-probe"), "--debug-mode", "--compare", "--pairs", "12", "-n",
                     "base", "-n", "head", "--style", "none", "--export-json", path, base, head}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return path;
}

// One line that names the file or option and the reason, and a second one with the way out.
inline void expect_refusal(const Outcome& outcome, int status,
                           const std::vector<std::string>& named) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.err.starts_with("probe-compare: ")) << outcome.err;
  const auto end = outcome.err.find('\n');
  const auto line = outcome.err.substr(0, end);
  for (const auto& word : named) EXPECT_NE(line.find(word), std::string::npos) << line << word;
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
  EXPECT_TRUE(outcome.err.substr(end + 1).starts_with("hint: ")) << outcome.err;
}

}  // namespace bytepath::test
