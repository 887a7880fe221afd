#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "result/document.h"
#include "trace/copy_census_tracer.h"
#include "trace/syscall_tracer.h"

// System calls and the alignment of their copies, counted in runs of their own: counting makes each
// call a little dearer, which what is compared must not feel.
namespace bytepath::explain {

struct CommandCalls {
  std::uint64_t runs = 0;
  std::vector<trace::SyscallTotal> totals;
  trace::SyscallLosses losses;
  std::uint64_t copied_bytes = 0;       // between files' page cache and the program
  std::uint64_t slow_copied_bytes = 0;  // of those at a distance of 1 to 15
};

class CallWatch {
 public:
  // helper: whose children the commands are. Errors: those of trace::SyscallTracer; without a
  // census it goes on, and missing_census() says why.
  static Result<CallWatch> open(pid_t helper);

  // One run of that command, which `run` makes. Error: that of `run`.
  Result<> watch(const std::string& command, const std::function<Result<>()>& run);

  const std::map<std::string, CommandCalls>& commands() const { return commands_; }
  const std::optional<Error>& missing_census() const { return missing_census_; }

 private:
  explicit CallWatch(trace::SyscallTracer tracer) : tracer_(std::move(tracer)) {}

  trace::SyscallTracer tracer_;
  std::optional<trace::CopyCensusTracer> census_;
  std::optional<Error> missing_census_;
  std::map<std::string, CommandCalls> commands_;
};

}  // namespace bytepath::explain
