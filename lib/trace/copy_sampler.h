#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "trace/copy_sample.h"
#include "trace/traced_tree.h"

// Samples of programs that are within a rep movs, see copy_samples.bpf.c. Kernel objects are held
// by descriptors only: with this process they go.
namespace bytepath::trace {

struct SampledProgram {
  bytepath_program program{};
  bytepath_program_samples samples{};
};

struct SampledCopy {
  bytepath_copy copy{};
  bytepath_copy_samples samples{};
};

struct SampledPlace {
  bytepath_place_key key{};
  bytepath_place place{};
};

struct CopySamples {
  std::vector<SampledProgram> programs;
  std::vector<SampledCopy> copies;
  std::vector<SampledPlace> places;
  std::uint64_t samples = 0;  // of all programs that are looked at; an idle CPU gives none
  // Of these:
  std::uint64_t unread = 0;            // their instruction could not be read
  std::uint64_t dropped_programs = 0;  // their program found no room
  std::uint64_t dropped_copies = 0;    // within a rep movs, for which there was no room
  std::uint64_t dropped_places = 0;    // counted, and in which file they are is not known
};

class CopySampler {
 public:
  // tree: with process 0 the whole host. rate: samples a second of each CPU that is not idle.
  // Errors: denied (CAP_BPF and CAP_PERFMON), unsupported (Linux 5.17 for bpf_find_vma), usage (a
  // rate that the kernel does not allow).
  static Result<std::unique_ptr<CopySampler>> start(const TracedTree& tree, unsigned rate);
  ~CopySampler();
  CopySampler(const CopySampler&) = delete;
  CopySampler& operator=(const CopySampler&) = delete;

  // Ends the sampling; what was counted can still be read.
  void stop();
  CopySamples read() const;

 private:
  struct Parts;
  explicit CopySampler(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bytepath::trace
