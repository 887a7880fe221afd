#pragma once
#include <bpf/libbpf.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"

namespace bytepath::trace {

struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

// Has a program run at the end of every page fault of this host: `config` is
// PERF_COUNT_SW_PAGE_FAULTS_MIN or _MAJ, which the kernel counts when it has handled one
// (mm_account_fault, mm/memory.c). Adds a link a CPU.
Result<> attach_fault_ends(const bpf_program* program, std::uint64_t config,
                           std::vector<Link>& links);

}  // namespace bytepath::trace
