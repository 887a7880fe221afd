#include "trace/copy_census_tracer.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <map>
#include <utility>
#include <vector>

#include "trace/bpf_session.h"
#include "trace/own_types.h"
// The skeleton names the types of copy_counts.h.
#include "copy_census.skel.h"

namespace bytepath::trace {
namespace {

// Of a hash map, in no order. Programs only add entries, so that each is seen once.
template <class Key>
std::vector<Key> keys_of(int map) {
  std::vector<Key> keys;
  Key key{};
  const Key* last = nullptr;
  while (::bpf_map_get_next_key(map, last, &key) == 0) {
    keys.push_back(key);
    last = &keys.back();
  }
  return keys;
}

template <class Key>
void clear(int map) {
  for (const auto& key : keys_of<Key>(map)) ::bpf_map_delete_elem(map, &key);
}

CopyAmount amount_of(const bytepath_copy_counts& counts) {
  return {.calls = counts.calls, .bytes = counts.bytes};
}

}  // namespace

struct CopyCensusTracer::Session {
  Skeleton<copy_census_bpf> skeleton;

  int copies() const { return bpf_map__fd(skeleton->maps.copies); }
  int processes() const { return bpf_map__fd(skeleton->maps.processes); }
};

CopyCensusTracer::CopyCensusTracer(std::unique_ptr<Session> session)
    : session_(std::move(session)) {}
CopyCensusTracer::CopyCensusTracer(CopyCensusTracer&&) noexcept = default;
CopyCensusTracer& CopyCensusTracer::operator=(CopyCensusTracer&&) noexcept = default;
CopyCensusTracer::~CopyCensusTracer() = default;

Result<CopyCensusTracer> CopyCensusTracer::open(const CensusOptions& options) {
  auto loaded = load<copy_census_bpf>("copy_census", [&](copy_census_bpf& skeleton) {
    choose_tree(skeleton, options.tree);
    skeleton.rodata->everything = options.everything;
  });
  if (!loaded) return std::unexpected(explain_types(loaded.error()));
  auto session = std::make_unique<Session>();
  session->skeleton = std::move(*loaded);
  const LibbpfLog log;
  if (const int error = copy_census_bpf::attach(session->skeleton.get()))
    return fail_errno(-error, "cannot attach to the tracepoint of ending system calls");
  begin_tree(*session->skeleton, options.tree);
  return CopyCensusTracer(std::move(session));
}

CopyCensus CopyCensusTracer::census() const {
  std::map<std::uint32_t, bytepath_copy_process> names;
  for (const auto process : keys_of<std::uint32_t>(session_->processes())) {
    bytepath_copy_process named{};
    if (::bpf_map_lookup_elem(session_->processes(), &process, &named) == 0) names[process] = named;
  }
  std::vector<CopyRecord> records;
  for (const auto& key : keys_of<bytepath_copy_key>(session_->copies())) {
    CopyRecord record{.key = key};
    if (::bpf_map_lookup_elem(session_->copies(), &key, &record.counts) == 0)
      records.push_back(record);
  }
  const auto& counts = *session_->skeleton->bss;
  return {.processes = copies_by_process(records, names),
          .unplaced = amount_of(counts.unplaced),
          .direct = amount_of(counts.direct),
          .lost = amount_of(counts.lost),
          .lost_processes = counts.lost_processes,
          .compat_calls = counts.compat_calls};
}

void CopyCensusTracer::reset() {
  clear<bytepath_copy_key>(session_->copies());
  clear<std::uint32_t>(session_->processes());
  auto& counts = *session_->skeleton->bss;
  counts.unplaced = counts.direct = counts.lost = {};
  counts.lost_processes = 0;
  counts.compat_calls = 0;
}

}  // namespace bytepath::trace
