#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "result/document.h"
#include "stats/comparison.h"

namespace bytepath::compare {

// What a metric's value hangs on, and so what must be equal for two of them to be compared.
enum class Kind {
  time,   // the machine and the moment: seconds, bytes per second, cycles
  count,  // the software: page faults, system calls, bytes
  ratio   // both, but free of the machine's drift: two times of one session
};
Kind kind_of_unit(std::string_view unit);
// By the name too: of a number that a program wrote ("stdout:NAME") without a unit nobody knows
// what it hangs on, and so it is taken to hang on the machine.
Kind kind_of_metric(std::string_view metric, std::string_view unit);

struct Measured {
  std::string metric;  // "wall", "page-faults", "copy_ratio"
  std::string unit;    // as in bytepath-result(5)
  result::Better better = result::Better::lower;
  Kind kind = Kind::time;
  std::vector<double> samples;  // raw, in the order measured; may be empty
  // For metrics that come without samples; from the samples where there are any.
  double median = 0;
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
  // Samples that were no number (NaN, infinite, negative time): dropped from an unpaired metric,
  // kept as NaN in a paired one so that the others stay with their round.
  std::size_t left_out = 0;
};

struct Benchmark {
  std::string name;  // the command or benchmark with its parameters, as its tool names it
  std::vector<Measured> metrics;
};

// One saved run, of whatever tool, in the shape that comparing needs.
struct Suite {
  std::string path;    // for messages
  std::string format;  // "bytepath", "hyperfine" or "google-benchmark"
  std::string tool;    // "run-probe", "hyperfine"
  std::string started;
  bool complete = true;
  result::Host host;  // hashes are empty where the format has none
  // Sample i of every benchmark was measured in round i, in random order: then benchmarks of this
  // one file are compared in pairs.
  bool paired = false;
  std::size_t reference = 0;  // of a paired suite: the benchmark that the others are compared with
  stats::Stopping stopping = stats::Stopping::fixed;
  // The reference against itself (run-probe --aa); empty where it was not measured. An interval
  // that leaves 1 out says that the instrument is broken.
  std::optional<stats::Effect> against_itself;
  std::vector<Benchmark> benchmarks;
  // How to measure it again: of a run-probe document.
  std::vector<std::string> arguments;
  std::string directory;
};

// Whether its reference differs from itself: then nothing that was measured can be trusted.
bool is_broken(const Suite& suite);

// Reads a document of any probe, run-probe's and hyperfine's JSON (an object with `results`) or
// Google Benchmark's (an object with `benchmarks` and `context`; repetitions of one name become one
// benchmark's samples, aggregates are skipped, time_unit and user counters are honoured). `name` is
// the file, for messages. Every error is of kind unsupported ("cannot be judged"): no JSON, cut
// short, JSON of something else, no benchmark, the same name twice in a suite that is not paired, a
// benchmark without a usable time.
Result<Suite> read_suite(std::string_view text, std::string_view name);

// The same for a file; "-" is standard input. A file that cannot be read is of kind unsupported
// too.
Result<Suite> load_suite(const std::string& path);

// The text of a file, at most 1 GiB; "-" is standard input. Error: of kind unsupported.
Result<std::string> read_suite_text(const std::string& path);

}  // namespace bytepath::compare
