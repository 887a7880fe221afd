#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "sampling/sample_record.h"
#include "trace/mapping_table.h"

namespace bytepath::sampling {

// Not in step with the pages of a huge one.
inline constexpr unsigned fault_period = 61;

struct SamplerOptions {
  unsigned rate = 999;        // a second; not in step with what happens a thousand times a second
  bool user_callers = false;  // for stacks
};

// What did not arrive.
struct SampleLosses {
  std::uint64_t samples = 0;    // found no room in a ring
  std::uint64_t mappings = 0;   // the same: some addresses may be named by what was there before
  std::uint64_t throttled = 0;  // times that the kernel stopped an event for a moment
};

// Samples a process, its threads and all that they start from then on. Cycles where there is a PMU,
// else the CPU clock; with the kernel's half where this user may, else without. One reader.
class Sampler {
 public:
  // Errors: denied, unsupported (a kernel without perf events), failed.
  static Result<Sampler> open(pid_t process, const SamplerOptions& options);
  Sampler(Sampler&&) noexcept;
  Sampler& operator=(Sampler&&) noexcept;
  ~Sampler();

  const SampleEvent& event() const;
  // Hands on what has come since the last call, in the order of time, each sample with what its
  // process had mapped then. Has to be called some times a second, or a ring is full.
  enum class What { clock, page_fault };  // of the latter each stands for fault_period faults
  using Take =
      std::function<void(What what, const Sample& sample, const trace::MappingTable& mappings)>;
  void drain(const Take& take);
  SampleLosses losses() const;

 private:
  struct State;
  explicit Sampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bytepath::sampling
