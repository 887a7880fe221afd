#include "copy/micro_test.h"

#include "copy/record.h"
#include "copy/size_window.h"
#include "copy/workbench.h"

namespace bytepath::copy {

Result<> micro_test(result::Document& document) {
  constexpr std::uint64_t size = 4096;
  constexpr std::size_t rounds = 16;
  BYTEPATH_TRY(pinned, measure::Pinned::to(-1));
  BYTEPATH_TRY(bench, Workbench::open(size, ""));
  const std::size_t kernel = bench.index("rep-movsb");
  if (auto ready = bench.prepare(kernel); !ready) return ready;
  record_cpu(document, pinned.cpu());
  RunLimits limits;
  for (const unsigned offset : {1U, 8U, 15U, 16U, 24U, 31U, 63U, 64U}) {
    for (const auto& ratio : ratios_by_size(bench, kernel, offset, {size}, rounds, limits)) {
      record_ratio(document, bench.kernels()[kernel], offset, ratio);
    }
  }
  return {};
}

}  // namespace bytepath::copy
