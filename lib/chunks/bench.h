#pragma once
#include <optional>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "benchmark/plan.h"
#include "mounts/recorder.h"
#include "result/document.h"

namespace bytepath::chunks {

// What is made cold before each run.
enum class Cold {
  none,     // nothing: the state that the run before left
  drop,     // the page cache, names and attributes of the whole host (/proc/sys/vm/drop_caches)
  remount,  // the mount itself, unmounted and mounted again, and the pages of what it rests on
};

const char* name(Cold cold);

struct BenchOptions {
  mounts::RecordOptions what;  // with a command; no output
  std::uint64_t runs = 10;
  std::uint64_t warmup = 0;
  Cold cold = Cold::drop;
  std::string prepare;  // a shell command before each run, before it is made cold; empty: none
  benchmark::FailureRule failures;
};

struct Bench {
  result::Document document;
  std::optional<Error>
      error;  // why it ended early; the document holds what was measured until then
};

// `chunk-probe bench`: starts the command again and again from a mount that is made cold, by
// run-probe's engine, and records each: a metric for the time, the stall and each step of the byte
// ladder, with all samples. Errors: as mounts::record(); denied: not root, for what Cold asks.
Result<Bench> bench(const BenchOptions& options, const Progress& progress);

}  // namespace bytepath::chunks
