#include "syscalls/watch.h"

#include <utility>

#include "trace/copy_census_tracer.h"
#include "trace/syscall_tracer.h"

namespace bytepath::syscalls {

Result<WatchedCalls> watch_syscalls(const process::SpawnHelper& helper, const WatchOptions& options,
                                    const std::function<Result<>()>& run) {
  const trace::TracedTree tree{.process = helper.pid(), .without_itself = true};
  std::optional<trace::CopyCensusTracer> census;
  if (options.copies) {
    BYTEPATH_TRY(opened, trace::CopyCensusTracer::open({.tree = tree}));
    census = std::move(opened);
  }
  BYTEPATH_TRY(tracer, trace::SyscallTracer::open(tree));
  if (auto done = run(); !done) return std::unexpected(std::move(done).error());
  WatchedCalls watched{.totals = tracer.totals(), .losses = tracer.losses()};
  if (census) watched.copies = census->census();
  return watched;
}

}  // namespace bytepath::syscalls
