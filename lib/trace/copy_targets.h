#pragma once
#include <bpf/libbpf.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "trace/bpf_session.h"
#include "trace/copy_sampler.h"
#include "trace/optional_programs.h"
#include "trace/pid_namespace.h"

// What the two tracers of copies have in common: copy_programs.bpf.h in each of their objects.
namespace bytepath::trace {

template <class S>
std::vector<OptionalProgram> tree_programs(S& skeleton, const CopyTargets& targets) {
  const bool wanted = targets.process != 0;
  return {
      {skeleton.progs.follow_child, &skeleton.links.follow_child, "sched_process_fork",
       "child processes", wanted},
      {skeleton.progs.forget_process, &skeleton.links.forget_process, "sched_process_exit",
       "the end of processes: a new one with the number of an old one is looked at too", wanted}};
}

// Loads the object and attaches what follows the tree of processes.
template <class S>
Result<Skeleton<S>> load_for(const char* object, const CopyTargets& targets,
                             std::vector<MissingPart>& missing) {
  auto loaded = load_softly<S>(
      object,
      [&](S& skeleton) {
        auto& constants = *skeleton.rodata;
        constants.root_process = static_cast<std::uint32_t>(targets.process);
        constants.pid_namespace = own_pid_namespace();
        constants.all_processes = targets.process == 0;
        constants.leave_out_root = targets.without_itself;
      },
      [&](S& skeleton) { return tree_programs(skeleton, targets); }, missing);
  if (!loaded) return loaded;
  const LibbpfLog log;
  for (const auto& each : tree_programs(**loaded, targets)) attach_optional(each, missing);
  return loaded;
}

// Last: until then the programs look away.
template <class S>
void begin_tree(S& skeleton, const CopyTargets& targets) {
  if (targets.process == 0) return;
  if (skeleton.rodata->pid_namespace == 0)
    skeleton.data->root_tgid = static_cast<std::uint32_t>(targets.process);
  else
    skeleton.bss->finding_root = 1;
}

// All that a hash holds; nothing is ever taken out of ours. each(key, value).
template <class Key, class Value, class Each>
void read_map(const bpf_map* map, std::size_t values, const Each& each) {
  Key key{};
  bool first = true;
  std::vector<Value> value(values);
  while (bpf_map__get_next_key(map, first ? nullptr : &key, &key, sizeof key) == 0) {
    first = false;
    if (bpf_map__lookup_elem(map, &key, sizeof key, value.data(), values * sizeof(Value), 0) == 0)
      each(key, value);
  }
}

}  // namespace bytepath::trace
