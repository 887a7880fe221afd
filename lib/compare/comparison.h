#pragma once
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compare/gate.h"
#include "compare/suite.h"
#include "result/document.h"
#include "stats/comparison.h"

namespace bytepath::compare {

enum class Verdict {
  regression,
  improvement,
  equivalent,
  inconclusive,
  incomparable,  // another machine (times) or other software (counts)
  missing,       // in the baseline only
  added          // in the new run only; printed as "new"
};
std::string_view name_of(Verdict verdict);

enum class Outcome {
  none,  // no gate asks for it
  passed,
  failed,
  advisory,   // a gate asks, but this comparison may not decide it; `why` says why
  not_judged  // a gate asks, and it cannot be answered
};
std::string_view name_of(Outcome outcome);

// One metric of one benchmark, base against new.
struct Comparison {
  std::string benchmark;
  std::string metric;
  std::string unit;
  result::Better better = result::Better::lower;
  Kind kind = Kind::time;
  double baseline = std::numeric_limits<double>::quiet_NaN();  // median
  double now = std::numeric_limits<double>::quiet_NaN();
  stats::Effect effect;        // now / baseline, whatever is better
  std::vector<double> ratios;  // of each pair; empty where there are none
  bool paired = false;
  double margin = 0.02;  // of its gate, or the general one
  std::string gate;      // the gate's text, or empty
  // How surely it is worse than the margin (see stats::paired_above), alone and among all gates
  // (Holm).
  double p_value = 1;
  double adjusted_p_value = 1;
  Verdict verdict = Verdict::inconclusive;
  Outcome outcome = Outcome::none;
  std::string why;  // of an outcome or verdict that needs a reason
};

struct Rules {
  std::vector<Gate> gates;
  double margin = 0.02;              // of what no gate names
  double alpha = 0.05;               // chance of a false failure over all gates
  bool allow_unpaired = false;       // wall time of another session may decide
  bool allow_host_mismatch = false;  // compare across fingerprints
  std::vector<std::pair<std::string, std::string>> renamed;  // --map old=new
  std::string filter;  // regular expression on the benchmark's name; empty: all
};

// The reference of one paired suite against its other benchmarks. Error (unsupported): fewer than
// two benchmarks, or none that the filter leaves.
Result<std::vector<Comparison>> compare_pairs(const Suite& suite, const Rules& rules);

// Two suites by name: unpaired. Error (unsupported): no benchmark in common; (usage) a wrong
// filter or a map that names nothing.
Result<std::vector<Comparison>> compare_suites(const Suite& base, const Suite& now,
                                               const Rules& rules);

// A benchmark's metric against that of its own copy (run-probe --aa), by the rules of every other
// comparison: counts of 0 too, and as many pairs as their stopping needs. Without `pairs` the two
// are independent. Its margin is the general one, no gate asks for it, and `why` is only why there
// is no interval, or empty.
Comparison compare_with_copy(const Measured& reference, const Measured& copy,
                             std::optional<stats::Stopping> pairs);

// The line that says that nobody knows whether these two were measured on one host: hyperfine and
// Google Benchmark do not write it down. Nothing where both files name their host.
std::optional<result::NotMeasured> host_doubt(const Suite& base, const Suite& now);

// The table "comparisons" and the metrics "change" (ratio, labels benchmark and metric), "baseline"
// and "now" of the document; see bytepath-result(5). The verdict rules read this table, run-probe's
// and probe-compare's alike.
void add_comparisons(result::Document& document, const std::vector<Comparison>& comparisons);

}  // namespace bytepath::compare
