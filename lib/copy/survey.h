#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"

// memcpy-probe's work: which copies are slow at which offsets and sizes on this host.
namespace bytepath::copy {

enum class Effort { quick, normal, thorough };

struct SurveyOptions {
  Effort effort = Effort::normal;
  std::vector<std::string> kernels;  // only these; empty: all
  std::uint64_t size = 0;            // of the offset sweep; 0: 4 KiB, system calls 16 KiB
  std::vector<std::uint64_t> sizes;  // of the size sweep; empty: chosen by effort
  std::string directory;             // file kernels work here; empty: in memory
  std::optional<std::chrono::nanoseconds> budget;  // none: by effort (0.3 s, 3 s, 60 s)
  double precision = 0;                            // percent; 0: as many rounds as the effort says
  int cpu = -1;                                    // -1: the one it runs on
  std::uint64_t seed = 1;
};

// Largest copy that may be asked for: two buffers of it stay below the 300 MB a probe may use.
inline constexpr std::uint64_t largest_size = 64U << 20;

// Measurements only; verdict::judge concludes from them. Host facts are the caller's to add.
// Error (usage): a size that is 0, too large or fits no kernel.
Result<result::Document> survey(const SurveyOptions& options, const Progress& progress);

// The table "kernels": what each does and, for those that cannot run here, why not.
result::Document list_kernels();

// Names for --kernels, in the order of the table.
std::vector<std::string> kernel_names();

}  // namespace bytepath::copy
