#pragma once
#include <memory>
#include <string>

#include "faults/file_record.h"

namespace bytepath::test {

// A file of 64 pages: a header of 4, a dense tensor of layer 0 with 28, and one of layer 1 that
// holds four experts of 8 pages each.
inline faults::WatchedFile small_model(const std::string& path = "small.gguf") {
  constexpr std::uint64_t page_size = 4096;
  weights::Model model{.format = "gguf",
                       .files = {{.path = path, .size = 64 * page_size, .device = 1, .inode = 2}},
                       .tensors = {}};
  model.tensors.push_back({.name = "blk.0.ffn_up.weight",
                           .type = "Q8_0",
                           .shape = {256, 448},
                           .offset = 4 * page_size,
                           .size = 28 * page_size,
                           .layer = 0});
  model.tensors.push_back({.name = "blk.1.ffn_up_exps.weight",
                           .type = "Q8_0",
                           .shape = {256, 128, 4},
                           .offset = 32 * page_size,
                           .size = 32 * page_size,
                           .layer = 1,
                           .experts = 4});
  return {.path = path,
          .size = 64 * page_size,
          .id = {.device = 1, .inode = 2},
          .subject = std::make_shared<const faults::Subject>(std::move(model)),
          .part = 0};
}

}  // namespace bytepath::test
