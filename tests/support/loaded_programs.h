#pragma once
#include <bpf/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/descriptor.h"

namespace bytepath::test {

// The ids of the BPF programs with one of these names (up to 15 letters) that are in the kernel.
inline std::set<std::uint32_t> loaded_programs(const std::vector<std::string>& names) {
  std::set<std::uint32_t> out;
  std::uint32_t id = 0;
  while (::bpf_prog_get_next_id(id, &id) == 0) {
    const Descriptor program(::bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    if (!program || ::bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) continue;
    if (std::ranges::find(names, std::string(info.name)) != names.end()) out.insert(id);
  }
  return out;
}

// Whether those that were not there before go: the kernel frees programs a little after their last
// descriptor is closed.
inline bool unloaded_soon(const std::vector<std::string>& names,
                          const std::set<std::uint32_t>& before) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const auto now = loaded_programs(names);
    if (std::ranges::includes(before, now)) return true;
    ::usleep(50'000);
  }
  return false;
}

}  // namespace bytepath::test
