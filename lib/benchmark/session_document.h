#pragma once
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "benchmark/session.h"
#include "counters/counter_set.h"
#include "result/document.h"

namespace bytepath::benchmark {

// What is known of a session besides its runs. Empty or NaN: not known or not measured.
struct SessionFacts {
  std::span<const counters::Counter> counters;
  std::span<const double> counter_shares;                         // see ProcessExecutor
  double spawn_floor = std::numeric_limits<double>::quiet_NaN();  // seconds
  double shell_start = 0;                                         // seconds
  // Share of the session in which something waited for a CPU (/proc/pressure/cpu), 0 to 1.
  std::optional<double> cpu_pressure;
  std::string governor;   // of the CPU's frequency
  std::string directory;  // where the commands ran
  std::uint64_t output_dropped = 0;
};

// The session as a document: a metric for each command and each thing counted, a table "commands"
// for people, and where the runs were interleaved the comparisons. Names, labels and parameters are
// in bytepath-result(5).
result::Document to_document(const Plan& plan, const Session& session, const SessionFacts& facts);

}  // namespace bytepath::benchmark
