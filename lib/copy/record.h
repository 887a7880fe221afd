#pragma once
#include <vector>

#include "copy/size_window.h"
#include "copy/special_places.h"
#include "copy/workbench.h"
#include "kernels/kernel.h"
#include "result/document.h"

// How what was measured goes into the document. The names are those that verdict/memcpy_rules read.
namespace bytepath::copy {

std::string_view family_name(kernels::Family family);

// Series "time_by_offset" (ns, for rules and programs) and, for people, "throughput_by_offset"
// (GB/s, offsets near 0).
void record_sweep(result::Document& document, const kernels::Kernel& kernel, std::uint64_t size,
                  std::vector<result::Point> points);

// Metric "cycles_per_byte" at one point of a sweep: the same on every clock, so hosts can be
// compared.
void record_cycles(result::Document& document, const kernels::Kernel& kernel, std::uint64_t size,
                   const result::Point& point, double core_ghz);

// Parameter "cpu", or that the measurement was not kept on one.
void record_cpu(result::Document& document, int cpu);

// Metric "copy_ratio": time at an offset over the time at the reference offset.
void record_ratio(result::Document& document, const kernels::Kernel& kernel, unsigned offset,
                  const SizeRatio& ratio);

// Series "ratio_by_size".
void record_ratios_by_size(result::Document& document, const kernels::Kernel& kernel,
                           unsigned offset, const std::vector<SizeRatio>& ratios);

// A row of the table "size_windows".
void record_window(result::Document& document, const kernels::Kernel& kernel, unsigned offset,
                   const SizeWindow& window);

// Heat map "ratio_by_size_and_offset".
void record_matrix(result::Document& document, const kernels::Kernel& kernel,
                   const std::vector<std::uint64_t>& sizes, const std::vector<unsigned>& offsets,
                   const std::vector<std::vector<SizeRatio>>& by_offset);

// Heat map "throughput_by_alignment" of `line` x `line` cells, row by row of source alignment.
void record_alignments(result::Document& document, const kernels::Kernel& kernel, unsigned line,
                       std::uint64_t size, const std::vector<measure::CellSamples>& samples);

void record_pair_tail(result::Document& document, const kernels::Kernel& kernel,
                      const PairTail& tail);
void record_far_distance(result::Document& document, const kernels::Kernel& kernel,
                         const FarDistance& far);

}  // namespace bytepath::copy
