#include <array>

#include "verdict/cpu_rules.h"
#include "verdict/judge.h"
#include "verdict/memcpy_rules.h"

namespace bytepath::verdict {

std::span<const Rule> rules() {
  static constexpr std::array rows = {
      Rule{"cpu-probe", "cpu.libc.tunable",
           "GLIBC_TUNABLES holds a setting that is ignored, useless or harmful", judge_tunables},
      Rule{"cpu-probe", "cpu.rep-movsb.slow-offset",
           "the micro-test finds rep movsb slow at an offset; also sums up", judge_cpu},
      Rule{"memcpy-probe", "memcpy.*.slow-offset",
           "a copy takes at least 1.5 times as long at some offsets as at most others",
           judge_offsets},
      Rule{"memcpy-probe", "memcpy.libc.slow-window",
           "a function of the C library is slow at such offsets, from one size to another",
           judge_libc},
      Rule{"memcpy-probe", "memcpy.syscall.slow-offset",
           "a system call's copy is slow at such offsets", judge_syscalls},
      Rule{"memcpy-probe", "memcpy.physical-alias",
           "some pairs of pages are slow at offsets that are fast for most pairs",
           judge_physical_alias},
      Rule{"memcpy-probe", "memcpy.far-distance",
           "distances just above a multiple of 4 GiB are slow (an Intel class)",
           judge_far_distance},
      Rule{"memcpy-probe", "memcpy.against.*",
           "a ratio differs from that of the older run given with --against", judge_against},
      Rule{"memcpy-probe", "", "the line that sums up the others", judge_memcpy},
  };
  return rows;
}

}  // namespace bytepath::verdict
