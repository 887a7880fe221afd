#include "faults/heat_parts.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bytepath::faults {
namespace {

std::uint64_t first_page(std::uint64_t offset) { return offset / pages::page_bytes; }

// Of a range, which is never empty.
std::uint64_t page_count(std::uint64_t offset, std::uint64_t size) {
  return first_page(offset + size - 1) - first_page(offset) + 1;
}

const std::string& model_of(const Subject& subject) { return subject.model.files.front().path; }

void grow(HeatPart& part, const weights::Range& range) {
  part.bytes += range.size;
  part.pages += page_count(range.offset, range.size);
}

bool is_touched(const HeatPart& part, const PartHeat& heat) { return heat.pages > part.pages / 2; }

// Which of the parts were touched in a window.
void count_windows(std::vector<HeatPart>& parts, const std::vector<PartHeat>& heats) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_touched(parts[i], heats[i])) ++parts[i].windows;
  }
}

}  // namespace

std::size_t HeatParts::part(std::vector<HeatPart>& parts, Known& known, const Subject& subject,
                            const weights::Range& range, int expert) {
  const auto [at, is_new] = known.try_emplace({&subject, range.layer, expert}, parts.size());
  if (is_new) {
    parts.push_back({.model = model_of(subject), .layer = range.layer, .expert = expert});
  }
  grow(parts[at->second], range);
  return at->second;
}

void HeatParts::take(const WatchedFile& file) {
  auto& slices = slices_.emplace_back();
  std::uint32_t last = weights::Range::no_tensor;
  for (const auto& range : file.ranges()) {
    if (range.tensor == weights::Range::no_tensor) continue;
    Slice slice{.offset = range.offset, .size = range.size};
    if (range.tensor != last) {
      const auto& tensor = file.subject->model.tensors[range.tensor];
      tensors_.push_back({.model = model_of(*file.subject),
                          .name = tensor.name,
                          .layer = tensor.layer,
                          .expert = tensor.expert});
    }
    last = range.tensor;
    slice.tensor = tensors_.size() - 1;
    grow(tensors_.back(), range);
    if (range.layer >= 0) slice.layer = part(layers_, known_layers_, *file.subject, range, -1);
    if (range.layer >= 0 && range.expert >= 0)
      slice.expert = part(experts_, known_experts_, *file.subject, range, range.expert);
    slices.push_back(slice);
  }
}

WindowParts HeatParts::add(const HeatWindow& window, std::span<const WatchedFile> files) {
  while (slices_.size() < files.size()) take(files[slices_.size()]);
  WindowParts found{.layers = std::vector<PartHeat>(layers_.size()), .experts_by_layer = {}};
  std::vector<PartHeat> tensors(tensors_.size());
  std::vector<PartHeat> experts(experts_.size());
  for (const auto& heat : window.files) {
    if (heat.file >= slices_.size()) continue;
    for (const Slice& slice : slices_[heat.file]) {
      const PartHeat part{.bytes = pages::bytes_in(heat.touched, slice.offset, slice.size),
                          .pages = heat.touched.count(first_page(slice.offset),
                                                      page_count(slice.offset, slice.size))};
      const auto add_to = [&](std::vector<PartHeat>& to, std::size_t at) {
        if (at == none) return;
        to[at].bytes += part.bytes;
        to[at].pages += part.pages;
      };
      add_to(found.layers, slice.layer);
      add_to(tensors, slice.tensor);
      add_to(experts, slice.expert);
    }
  }
  count_windows(tensors_, tensors);
  count_windows(experts_, experts);
  std::map<std::pair<std::string_view, int>, std::uint64_t> by_layer;
  for (std::size_t i = 0; i < experts_.size(); ++i) {
    const auto& expert = experts_[i];
    by_layer[{expert.model, expert.layer}] += is_touched(expert, experts[i]) ? 1 : 0;
  }
  for (const auto& [layer, count] : by_layer) found.experts_by_layer.push_back(count);
  return found;
}

}  // namespace bytepath::faults
