#pragma once
#include <cstdint>
#include <span>

#include "faults/heat_columns.h"
#include "faults/heat_parts.h"
#include "result/document.h"

// The series, heat maps and tables of HeatSummary; see there. Each is left out when it is empty.
namespace bytepath::faults {

void add_touched_by_window(result::Document& document, std::span<const HeatColumn> columns);
// by_page: pages are known, so how many were fresh and of which experts is as well.
void add_windows_table(result::Document& document, std::span<const HeatColumn> columns,
                       bool by_page);
// Of several models one map each, labelled with the model.
void add_layer_maps(result::Document& document, std::span<const HeatColumn> columns,
                    std::span<const HeatPart> layers);
// NaN where a layer has no such expert.
void add_expert_maps(result::Document& document, std::span<const HeatPart> experts);
void add_tensor_table(result::Document& document, std::span<const HeatPart> tensors,
                      std::uint64_t windows);
// By model, then by layer and expert.
void add_expert_table(result::Document& document, std::span<const HeatPart> experts,
                      std::uint64_t windows);

}  // namespace bytepath::faults
