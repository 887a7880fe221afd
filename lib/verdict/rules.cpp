#include <array>

#include "verdict/comparison_rules.h"
#include "verdict/cpu_rules.h"
#include "verdict/judge.h"
#include "verdict/memcpy_rules.h"
#include "verdict/run_conditions.h"
#include "verdict/run_rules.h"

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
      Rule{"run-probe", "run.regression",
           "a command is slower than the reference by more than the margin", judge_run_regressions},
      Rule{"run-probe", "run.improvement",
           "a command is faster than the reference by more than the margin",
           judge_run_improvements},
      Rule{"run-probe", "run.inconclusive",
           "the pairs do not decide between slower, faster and equivalent", judge_run_inconclusive},
      Rule{"run-probe", "run.broken-instrument", "the reference differs from itself (--aa)",
           judge_run_instrument},
      Rule{"run-probe", "run.cold-start", "a first run had to read from a disk", judge_cold_start},
      Rule{"run-probe", "run.spawn-floor",
           "a command takes little longer than starting any program", judge_spawn_floor},
      Rule{"run-probe", "run.cpu-split", "too little CPU time to split it into user and system",
           judge_cpu_split},
      Rule{"run-probe", "run.multiplexed", "a counter did not count all the time",
           judge_multiplexed},
      Rule{"run-probe", "run.host-noise", "other work on this host waited for a CPU",
           judge_host_noise},
      Rule{"run-probe", "run.noise-floor",
           "the reference against itself is known less well than "
           "the margin asks for",
           judge_noise_floor},
      Rule{"run-probe", "run.two-modes", "the runs of a command fall into two groups",
           judge_two_modes},
      Rule{"run-probe", "run.lost-numbers", "a run's output held no number for --metric",
           judge_lost_numbers},
      Rule{"run-probe", "run.failed-runs", "runs failed and -i went on", judge_failed_runs},
      Rule{"run-probe", "run.same-name", "two commands have the same name", judge_same_name},
      Rule{"run-probe", "run.governor", "the CPU's clock moves with the load", judge_governor},
      Rule{"run-probe", "", "the line that sums up the comparison", judge_run},
      Rule{"probe-compare", "compare.gate.failed", "a metric is worse than its gate allows",
           judge_failed_gates},
      Rule{"probe-compare", "compare.regression",
           "a metric is worse than the margin, and no gate failed by it", judge_regressions},
      Rule{"probe-compare", "compare.improvement", "a metric is better by more than the margin",
           judge_improvements},
      Rule{"probe-compare", "compare.not-judged", "a gate asks what the runs cannot answer",
           judge_not_judged},
      Rule{"probe-compare", "compare.missing", "the baseline holds what the new run does not",
           judge_missing},
      Rule{"probe-compare", "compare.broken-instrument",
           "the reference differs from itself (run-probe --aa)", judge_broken_instrument},
      Rule{"probe-compare", "", "the line that sums up the comparison", judge_comparisons},
  };
  return rows;
}

}  // namespace bytepath::verdict
