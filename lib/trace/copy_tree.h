#pragma once
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "base/result.h"
#include "trace/bpf_session.h"
#include "trace/own_types.h"
#include "trace/traced_tree.h"

// What the two tracers of copies have in common: copy_programs.bpf.h in each of their objects.
namespace bytepath::trace {

// Loads the object for a tree, or with process 0 for the whole host, and attaches what follows the
// tree. It looks away until begin_tree().
template <class S>
Result<Skeleton<S>> load_for(const char* object, const TracedTree& tree) {
  const bool everything = tree.process == 0;
  auto loaded = load<S>(object, [&](S& skeleton) {
    choose_tree(skeleton, tree);
    skeleton.rodata->everything = everything;
    for (bpf_program* each : {skeleton.progs.follow_child, skeleton.progs.execute_program,
                              skeleton.progs.forget_process})
      bpf_program__set_autoload(each, !everything);
  });
  if (!loaded) return std::unexpected(explain_types(loaded.error()));
  if (everything) return loaded;
  const LibbpfLog log;
  auto& programs = (*loaded)->progs;
  auto& links = (*loaded)->links;
  links.follow_child = bpf_program__attach(programs.follow_child);
  links.execute_program = bpf_program__attach(programs.execute_program);
  links.forget_process = bpf_program__attach(programs.forget_process);
  if (links.follow_child == nullptr || links.execute_program == nullptr ||
      links.forget_process == nullptr)
    return fail_errno(errno, "cannot attach to the tracepoints of beginning and ending processes");
  return loaded;
}

// All that a hash holds; nothing is ever taken out of ours. each(key, values): one value a CPU
// where the map has them.
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
