#pragma once
#include <string>
#include <vector>

#include "result/document.h"
#include "sampling/hot_code.h"
#include "sampling/sampler.h"

// Where a command's time goes, as a document: the tables "hot_functions" and "hot_instructions".
namespace bytepath::explain {

struct HotCommand {
  std::string command;
  std::uint64_t runs = 0;
  sampling::HotCode hot;
};

struct SamplingFacts {
  sampling::SampleEvent event;
  unsigned rate = 0;
  sampling::SampleLosses losses;
};

// The functions with the most time, one row for each way into the kernel, and the instructions with
// the most of the hottest functions.
void add_hot_code(result::Document& document, const std::vector<HotCommand>& commands);

// Parameters sample_clock, sample_rate, samples, lost_samples, lost_mappings, throttled; and what
// this user cannot see.
void add_sampling_facts(result::Document& document, const SamplingFacts& facts,
                        std::uint64_t samples);

// "d = 8 in 100 %" of the samples in a rep movs: the most frequent distances, at most three.
std::string distances_text(const std::map<std::uint16_t, std::uint64_t>& distances);

}  // namespace bytepath::explain
