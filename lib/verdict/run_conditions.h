#pragma once
#include "result/document.h"

// run-probe's warnings: conditions of the measuring that a reader must know before believing a
// number. All of severity warning or note; see FINDINGS in run-probe(1).
namespace bytepath::verdict {

void judge_cold_start(result::Document& document);    // run.cold-start
void judge_spawn_floor(result::Document& document);   // run.spawn-floor
void judge_cpu_split(result::Document& document);     // run.cpu-split
void judge_multiplexed(result::Document& document);   // run.multiplexed
void judge_host_noise(result::Document& document);    // run.host-noise
void judge_governor(result::Document& document);      // run.governor
void judge_noise_floor(result::Document& document);   // run.noise-floor
void judge_two_modes(result::Document& document);     // run.two-modes
void judge_lost_numbers(result::Document& document);  // run.lost-numbers
void judge_failed_runs(result::Document& document);   // run.failed-runs
void judge_same_name(result::Document& document);     // run.same-name

}  // namespace bytepath::verdict
