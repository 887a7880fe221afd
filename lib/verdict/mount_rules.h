#pragma once
#include "result/document.h"

// The rules of `chunk-probe report`, and of the commands that end in one: what makes a start from a
// lazy mount slow, each with its evidence.
namespace bytepath::verdict {

void judge_lost_mount_events(result::Document& document);
void judge_failed_mounted_command(result::Document& document);
void judge_dropped_cache(result::Document& document);
void judge_over_fetch(result::Document& document);
void judge_repeated_reads(result::Document& document);
void judge_excess_readahead(result::Document& document);
void judge_metadata_stall(result::Document& document);
void judge_serial_rounds(result::Document& document);
void judge_short_readahead(result::Document& document);
void judge_passthrough(result::Document& document);
void judge_direct_io(result::Document& document);
void judge_mount(result::Document& document);
void judge_bench(result::Document& document);  // of `chunk-probe bench`
void judge_stack(result::Document& document);  // of `chunk-probe stack`

}  // namespace bytepath::verdict
