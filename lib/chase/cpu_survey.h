#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "chase/arena.h"
#include "result/document.h"

// tier-probe cpu: what a load costs from each cache and from memory on this host.
namespace bytepath::chase {

enum class Method { reuse, lap, both };

struct CpuOptions {
  Method method = Method::reuse;
  PageKind pages = PageKind::transparent_huge;
  std::uint64_t most_bytes = 0;  // 0: twice the last cache, from 256 to 512 MiB
  std::uint64_t rounds = 8;
  // After it, and two rounds, no further size is measured; 0: none. A host with nothing else to do
  // makes its rounds in less.
  std::chrono::nanoseconds budget = std::chrono::seconds(3);
  std::vector<std::string> parts;  // part_names(); empty: all
  int cpu = -1;                    // the one it runs on
  std::uint64_t seed = 1;
};

// "tlb", "retention", "cores", "bandwidth", "loaded": what is measured beside the staircase.
std::vector<std::string> part_names();

// Errors: usage: a size that this host has no memory for, a CPU that is not ours; unsupported: no
// pages of that kind. Nothing is mapped before that is known.
Result<result::Document> survey_cpu(const CpuOptions& options, const Progress& progress);

}  // namespace bytepath::chase
