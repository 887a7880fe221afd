#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "kernels/kernel.h"
#include "measure/clock.h"
#include "measure/pages.h"
#include "measure/rounds.h"

// The place where copies are timed: memory, clock and the kernels made ready.
namespace bytepath::copy {

// One copy: `size` bytes by a kernel, with (destination - source) mod 4096 = offset and the source
// that far into its page.
struct CopyCell {
  std::size_t kernel = 0;  // index into Workbench::kernels()
  std::uint64_t size = 0;
  unsigned offset = 0;
  unsigned source_offset = 0;  // 0 for kernels whose source or destination must begin a page
  // Which page pair each round uses; fixed when >= 0, else another one each round.
  int pair = -1;
};

// What every measuring step needs to know of the run.
struct RunLimits {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::uint64_t seed = 1;
  Progress progress = no_progress;
  bool interrupted = false;  // set once progress said so; later steps then do nothing

  bool over() const { return interrupted || std::chrono::steady_clock::now() >= deadline; }
};

class Workbench {
 public:
  // Distinct page pairs that the rounds of a cell go through. One pair in 16 shares physical
  // address bits 15:12 and is slow for another reason on some CPUs, so fewer would be a lottery.
  static constexpr std::size_t pairs = 16;
  // What system calls copy from and to: files of this size are made for them.
  static constexpr std::size_t syscall_bytes = 4U << 20;

  // largest: bytes of the largest copy that will be asked for. directory: where file kernels make
  // their file, empty for memory.
  static Result<Workbench> open(std::uint64_t largest, const std::string& directory);

  const std::vector<kernels::Kernel>& kernels() const { return kernels_; }
  const measure::Clock& clock() const { return clock_; }
  std::size_t index(std::string_view name) const;  // kernels().size() when there is none

  // Makes the kernel ready and checks byte for byte, with guard bytes, that it copies right.
  // Error: this host cannot run it, with the reason.
  Result<> prepare(std::size_t kernel);
  // Gives its files and descriptors back.
  void release(std::size_t kernel) { states_[kernel].reset(); }

  // Can a copy of this size be asked of this kernel?
  bool fits(std::size_t kernel, std::uint64_t size) const;

  // Times the cells; their kernels must be prepared and the sizes fit.
  std::vector<measure::CellSamples> time(const std::vector<CopyCell>& cells, std::size_t rounds,
                                         RunLimits& limits, std::string_view what) const;

 private:
  struct Place {
    std::byte* destination;
    const std::byte* source;
  };
  std::size_t arena_bytes(std::size_t kernel) const;
  Place place(const CopyCell& cell, std::size_t round) const;

  measure::Clock clock_ = measure::Clock::calibrate();
  measure::Pages source_;
  measure::Pages destination_;
  std::string directory_;
  std::vector<kernels::Kernel> kernels_;
  std::vector<kernels::State> states_;
};

}  // namespace bytepath::copy
