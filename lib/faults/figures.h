#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "faults/file_record.h"

namespace bytepath::faults {

// What is known of a part of a model: a tensor, a layer, an expert, a file. Sums of its ranges.
struct Figures {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> touched;  // bytes of it in pages that were used
  std::optional<std::uint64_t> mapped;
  std::optional<std::uint64_t> cached;
  std::optional<std::uint64_t> read;  // came into the page cache
  ClassTotals faults;
  bool counts_faults = false;

  void add(const Figures& other);
};

// Of one range of a record's file, or of all of the file.
Figures figures_of(const FileRecord& record, std::size_t range);
Figures figures_of(const FileRecord& record);

// One part of a model under the name that people know it by.
struct NamedFigures {
  std::string name;
  std::string type;   // of a tensor
  std::string shape;  // "4096 x 4096 x 32"
  int layer = -1;
  int expert = -1;
  std::string model;  // of a layer or an expert: the first of its model's files
  std::string file;   // of a tensor: where it lies
  std::uint64_t offset = 0;
  Figures figures;
};

// The slices of a stacked tensor are one tensor here; what lies between tensors is "(header)"
// before the first, "(between tensors)" after it.
std::vector<NamedFigures> by_tensor(const FileRecord& record);

// Over all files of a run, by model and layer; what belongs to none comes first, with layer -1.
std::vector<NamedFigures> by_layer(std::span<const FileRecord> records);
// By model, layer and expert; empty where no model has experts.
std::vector<NamedFigures> by_expert(std::span<const FileRecord> records);

}  // namespace bytepath::faults
