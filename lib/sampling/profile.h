#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "sampling/sample_record.h"
#include "trace/mapping_table.h"

namespace bytepath::sampling {

// A place in code, the same for all processes that map the same file.
struct CodeAddress {
  bool kernel = false;
  std::uint32_t process = 0;  // one that ran it; 0 for the kernel
  std::uint64_t address = 0;  // in that process
  trace::Mapping mapping;     // there; empty when not known
};

// Samples with the same callers.
struct StackCount {
  std::uint64_t samples = 0;
  double seconds = 0;
  // Samples by (destination - source) mod 4096, which means something where a rep movs is executed:
  // both registers advance together, so that it stays what it was at the first byte.
  std::map<std::uint16_t, std::uint64_t> distances;
};

// The samples of some runs, by where they were taken and through which callers.
class Profile {
 public:
  // Indices into addresses(), the innermost first.
  using Stack = std::vector<std::uint32_t>;

  void add(const Sample& sample, const trace::MappingTable& mappings, double seconds);

  // That so many page faults happened at the sample's instruction.
  void add_faults(const Sample& sample, const trace::MappingTable& mappings, std::uint64_t faults);

  void merge(const Profile& other);

  const std::vector<CodeAddress>& addresses() const { return addresses_; }
  const std::map<Stack, StackCount>& stacks() const { return stacks_; }
  // Page faults by the index of the instruction in addresses(); programs' only.
  const std::map<std::uint32_t, std::uint64_t>& faults() const { return faults_; }
  std::uint64_t samples() const { return samples_; }
  double seconds() const { return seconds_; }

 private:
  // Kernel: (0, 0, "", address). A file: (device, inode, path, offset). Else (0, process, "",
  // address).
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::string, std::uint64_t>;

  std::uint32_t index_of(CodeAddress address);
  std::uint32_t user_index(const Sample& sample, std::uint64_t address,
                           const trace::MappingTable& mappings);

  std::vector<CodeAddress> addresses_;
  std::map<Key, std::uint32_t> index_;
  std::map<Stack, StackCount> stacks_;
  std::map<std::uint32_t, std::uint64_t> faults_;
  std::uint64_t samples_ = 0;
  double seconds_ = 0;
};

}  // namespace bytepath::sampling
