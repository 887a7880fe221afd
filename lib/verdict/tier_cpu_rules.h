#pragma once
#include "result/document.h"

// What tier-probe cpu found out about the caches and the memory.
namespace bytepath::verdict {

void judge_cache_levels(result::Document& document);
void judge_cache_capacity(result::Document& document);
void judge_chase_checks(result::Document& document);
void judge_tlb_reach(result::Document& document);
void judge_huge_pages(result::Document& document);
void judge_retention(result::Document& document);
void judge_chase_noise(result::Document& document);
void judge_cpu_tiers(result::Document& document);
// Of tier-probe all: the same over every tier.
void judge_all_tiers(result::Document& document);

}  // namespace bytepath::verdict
