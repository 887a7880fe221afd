#pragma once
#include <memory>

#include "base/result.h"
#include "trace/copy_census.h"
#include "trace/traced_tree.h"

namespace bytepath::trace {

struct CensusOptions {
  TracedTree tree;          // or
  bool everything = false;  // every process of the machine
};

// Takes the census by BPF (copy_census.bpf.c), at some 300 ns for each read or write of a file and
// 100 ns for another call. It needs CAP_BPF and CAP_PERFMON, x86-64 and the kernel's own types.
// Kernel objects are held by descriptors only: with this process they go.
class CopyCensusTracer {
 public:
  // Errors: as SyscallTracer.
  static Result<CopyCensusTracer> open(const CensusOptions& options);
  CopyCensusTracer(CopyCensusTracer&&) noexcept;
  CopyCensusTracer& operator=(CopyCensusTracer&&) noexcept;
  ~CopyCensusTracer();

  // Since open() or the last reset(). Of a process whose number was given to another one since,
  // both are counted as one.
  CopyCensus census() const;

  // To be called while nothing of the tree runs: of what it copies meanwhile some may stay.
  void reset();

 private:
  struct Session;
  explicit CopyCensusTracer(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

}  // namespace bytepath::trace
