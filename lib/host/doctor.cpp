#include "host/doctor.h"

#include <algorithm>

#include "host/doctor_rows.h"

namespace bytepath::host {

std::string_view name(Capability::State state) {
  switch (state) {
    case Capability::State::available:
      return "available";
    case Capability::State::refused:
      return "refused";
    case Capability::State::unsupported:
      return "unsupported";
    case Capability::State::degraded:
      return "degraded";
    case Capability::State::unknown:
      return "unknown";
  }
  return "";
}

std::vector<Capability> examine() { return examine(Root{}, try_everything()); }

std::vector<Capability> examine(const Root& root, const Attempts& attempts) {
  const auto situation = read_situation(root, attempts);
  std::vector<Capability> capabilities;
  for (const auto rows : {host_rows(), user_rows(), kernel_rows(), perf_rows(), bpf_rows(),
                          memory_rows(), page_cache_rows()}) {
    for (const auto& row : rows) {
      auto judgement = row.judge(situation);
      capabilities.push_back({.id = std::string(row.id),
                              .what = std::string(row.what),
                              .why = std::string(row.why),
                              .state = judgement.state,
                              .evidence = std::move(judgement.evidence),
                              .remedy = std::move(judgement.remedy)});
    }
  }
  return capabilities;
}

const Capability* find_capability(const std::vector<Capability>& capabilities,
                                  std::string_view id) {
  const auto found = std::ranges::find(capabilities, id, &Capability::id);
  return found == capabilities.end() ? nullptr : &*found;
}

}  // namespace bytepath::host
