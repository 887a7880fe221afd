#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// What the mount really did, event by event, for tools that try to tell it from outside.
namespace bytepath::lazyfs {

// Where bytes came from; of a request that needed several, the slowest, which is the last of these.
// joined: another request was already fetching the chunk, and this one waited for it.
enum class Tier : std::uint8_t { none, l1, l2, joined, l3 };
inline constexpr Tier all_tiers[] = {Tier::none, Tier::l1, Tier::l2, Tier::joined, Tier::l3};
std::string_view name(Tier tier);

enum class EventKind : std::uint8_t {
  read,      // a READ of the kernel
  prefetch,  // a line of the prefetch list
  fetch,     // of a chunk, from L2 or L3
  miss,      // L2 was asked for a chunk and has not enough shards of it
  store,     // of a chunk in L2
};
inline constexpr EventKind all_event_kinds[] = {
    EventKind::read, EventKind::prefetch, EventKind::fetch, EventKind::miss, EventKind::store};
std::string_view name(EventKind kind);

struct Event {
  EventKind kind = EventKind::read;
  std::uint64_t time_ns = 0;  // CLOCK_MONOTONIC, at its start
  std::string path;           // from the mount point on
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;   // of a fetch, miss or store: of its chunk
  std::uint64_t length = 0;   // asked for
  std::int64_t returned = 0;  // bytes that came, or went into L2, or -errno
  Tier tier = Tier::none;
  std::uint64_t duration_ns = 0;
  std::string node;  // of a fetch: "origin", or the node whose shard was the last needed
  std::uint64_t injected_ns = 0;  // of a fetch: how long that one held its answer back
  std::int64_t thread = 0;        // of the mount
  bool operator==(const Event&) const = default;
};

// The line that names the columns.
std::string_view truth_header();
// With the line's end.
std::string to_line(const Event& event);
// A line without its end. Nothing: it is not one.
std::optional<Event> from_line(std::string_view line);

}  // namespace bytepath::lazyfs
