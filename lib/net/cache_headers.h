#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which of the caches on the way answered, from the headers of an answer alone.
//
// A cache keeps the headers of what it stores: the MISS that an inner cache said when the answer
// was stored comes back with every hit of the outer one. So the caches ("hops") are read from the
// one nearest to the client, and what lies behind the first that served is history.
namespace bytepath::net {

struct Header {
  std::string name;  // any case
  std::string value;
};

enum class CacheAnswer {
  hit,
  stale,        // served although it was too old
  revalidated,  // served after the next hop had said that it is still good
  miss,
  expired,  // was there, too old, and fetched again
  bypass,   // not looked up
  error,
  unknown
};

struct Hop {
  std::string name;  // as it calls itself, or empty
  CacheAnswer answer = CacheAnswer::unknown;
};

struct CacheReading {
  std::vector<Hop> hops;  // nearest to the client first; at most max_hops
  // "edge", "hop 2", "origin", with how behind it where that is no plain hit or miss: "edge,
  // stale", "origin, bypass"; "a cache" where only an age tells; "not said".
  std::string tier;
  std::string evidence;  // the header that told, or "none"
  std::optional<std::uint64_t> age_s;
  std::string point_of_presence;  // which place or machine answered, as it calls itself; or empty
};

inline constexpr std::size_t max_hops = 8;

// The order of headers of one name counts, as received.
CacheReading read_cache_headers(const std::vector<Header>& headers);

// Is it one of those that read_cache_headers looks at?
bool is_cache_header(std::string_view name);

// Adds it if it is one. What only fills memory is left out: the 65th, and one of more than 8 KiB,
// more than servers themselves take in one line.
void keep_cache_header(std::vector<Header>& kept, std::string_view name, std::string_view value);

std::string_view name_of(CacheAnswer answer);

}  // namespace bytepath::net
