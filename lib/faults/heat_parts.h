#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "faults/heat.h"
#include "faults/watched_files.h"

namespace bytepath::faults {

// A layer, a tensor or an expert of a model, whatever files it lies in.
struct HeatPart {
  std::string model;  // its first file
  std::string name;   // of a tensor
  int layer = -1;
  int expert = -1;
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;    // that hold a byte of it; those at the edges are its neighbours' too
  std::uint64_t windows = 0;  // in which it was touched; of tensors and experts
};

// How much of each part was touched in a window.
struct PartHeat {
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;
};

struct WindowParts {
  std::vector<PartHeat> layers;  // as HeatParts::layers()
  // Of the layers that have experts, of all models, how many of these were touched.
  std::vector<std::uint64_t> experts_by_layer;
};

// The parts of the models that were seen, and in how many windows each was touched. An expert (or
// a tensor) counts as touched when more than half of the pages of its slices were: its first and
// last pages hold its neighbours' bytes as well, so that one page is no sign.
class HeatParts {
 public:
  // Files that are new to it become parts; a file that a window does not have was not touched.
  WindowParts add(const HeatWindow& window, std::span<const WatchedFile> files);

  // In the order in which they were seen.
  const std::vector<HeatPart>& layers() const { return layers_; }
  const std::vector<HeatPart>& tensors() const { return tensors_; }
  const std::vector<HeatPart>& experts() const { return experts_; }

 private:
  static constexpr std::size_t none = SIZE_MAX;
  // A range of a file, and the parts that it belongs to.
  struct Slice {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::size_t layer = none;
    std::size_t tensor = none;
    std::size_t expert = none;
  };

  // By model, layer and expert.
  using Known = std::map<std::tuple<const Subject*, int, int>, std::size_t>;

  void take(const WatchedFile& file);
  static std::size_t part(std::vector<HeatPart>& parts, Known& known, const Subject& subject,
                          const weights::Range& range, int expert);

  std::vector<HeatPart> layers_;
  std::vector<HeatPart> tensors_;
  std::vector<HeatPart> experts_;
  Known known_layers_;
  Known known_experts_;
  std::vector<std::vector<Slice>> slices_;  // by file
};

}  // namespace bytepath::faults
