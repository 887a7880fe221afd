#pragma once
#include "result/document.h"

// fault-probe's rules. What each reads and its limits are in bytepath-methods(7).
namespace bytepath::verdict {

// Each adds the findings of one id.
void judge_touched(result::Document& document);             // faults.touched
void judge_lost_events(result::Document& document);         // faults.lost-events
void judge_not_exact(result::Document& document);           // faults.not-exact
void judge_failed_command(result::Document& document);      // faults.command-failed
void judge_readahead_off(result::Document& document);       // faults.readahead-off
void judge_readahead_wait(result::Document& document);      // faults.readahead-wait
void judge_read_amplification(result::Document& document);  // faults.read-amplification
void judge_needless_populate(result::Document& document);   // faults.needless-populate
void judge_small_pages(result::Document& document);         // faults.small-pages
void judge_memory_pressure(result::Document& document);     // faults.memory-pressure
void judge_host_stall(result::Document& document);          // faults.host-stall

void judge_self_test(result::Document& document);  // faults.selftest

void judge_better_policy(result::Document& document);  // faults.better-policy

// The line to quote: of whatif, of attach, of run and touch.
void judge_what_if(result::Document& document);
void judge_heat(result::Document& document);
void judge_faults(result::Document& document);

}  // namespace bytepath::verdict
