#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "trace/copy_sample.h"
#include "trace/copy_sampler.h"
#include "trace/traced_tree.h"

// Exact counts of copies by libc's rep movsb path, see copy_exact.bpf.c.
namespace bytepath::trace {

// A conditional jump behind which rep movsb comes for certain, if it goes the right way.
struct CopyProbePoint {
  std::string path;               // of the library
  std::uint64_t file_offset = 0;  // of the jump
  std::uint8_t condition = 0;     // the low four bits of its opcode
  bool when_taken = false;        // rep movsb comes when it jumps; else when it does not
};

struct ExactCopy {
  bytepath_exact_copy copy{};
  bytepath_exact_count count{};
};

struct ExactCopies {
  std::vector<SampledProgram> programs;  // numbers and names
  std::vector<ExactCopy> copies;
  std::uint64_t dropped_programs = 0;
  std::uint64_t dropped_copies = 0;
};

class CopyCounter {
 public:
  // tree: with process 0 the whole host. Where only a running process is looked at, no other one
  // meets the probes, nor do its children: `only_itself`. Errors: denied (as CopySampler, and for
  // uprobes CAP_SYS_ADMIN in kernels before 5.8), unsupported, failed.
  static Result<std::unique_ptr<CopyCounter>> start(const TracedTree& tree, bool only_itself,
                                                    const std::vector<CopyProbePoint>& points);
  ~CopyCounter();
  CopyCounter(const CopyCounter&) = delete;
  CopyCounter& operator=(const CopyCounter&) = delete;

  void stop();
  ExactCopies read() const;

 private:
  struct Parts;
  explicit CopyCounter(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bytepath::trace
