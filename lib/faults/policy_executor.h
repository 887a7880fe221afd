#pragma once
#include <functional>
#include <string>
#include <vector>

#include "benchmark/executor.h"
#include "faults/command_line.h"
#include "faults/watched_files.h"
#include "intercept/intercept.h"

namespace bytepath::faults {

enum class CacheBefore { cold, warm };
// "cold", "warm".
const char* name(CacheBefore cache);

// Of a file of so many pages: are those cached the state that was asked for, to a hundredth? Error
// (failed): the state is another.
Result<> check_cache(const std::string& path, std::uint64_t pages, std::uint64_t cached,
                     CacheBefore cache);

// Brings the files into that state and checks it. Error (failed): they cannot be brought there, for
// example because another process has them mapped.
Result<> prepare_cache(const WatchedFiles& watched, CacheBefore cache, bool drop_all,
                       const Progress& progress);

// How the command ended under a policy. Error (failed): with a status that `failures` does not
// accept.
Result<> check_end(const std::string& command, const intercept::Outcome& outcome,
                   intercept::Policy policy, CacheBefore cache,
                   const benchmark::FailureRule& failures);

// Runs one command under the policy that the "command line" names ("populate"), each time with the
// page cache in the same state; for the engine of run-probe, so that order, pairs and statistics
// are its own.
class PolicyExecutor final : public benchmark::Executor {
 public:
  // drop_all: empty the page cache of the whole host before cold runs (/proc/sys/vm/drop_caches)
  // too.
  PolicyExecutor(WatchedFiles& watched, const CommandLine& command, CacheBefore cache,
                 bool drop_all, std::function<bool()> interrupted);

  Result<> calibrate(const Progress& progress) override;
  Result<benchmark::Run> execute(const std::string& command_line, benchmark::Iteration iteration,
                                 const benchmark::FailureRule& failures,
                                 const benchmark::OutputPolicy& output) override;
  double overhead() const override { return 0; }
  double now() const override;

 private:
  WatchedFiles& watched_;
  const CommandLine& command_;
  CacheBefore cache_;
  bool drop_all_;
  std::function<bool()> interrupted_;
  std::uint64_t begin_ns_ = 0;
};

}  // namespace bytepath::faults
