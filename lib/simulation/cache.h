#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

// Caches that hold nothing but who would be in them: what a policy and a capacity would have made
// of a sequence of requests.
namespace bytepath::simulation {

// Objects are numbered from 0 without gaps (ObjectNumbers), so that all a policy knows of one is in
// arrays. An object keeps the size of its first request.
struct Request {
  std::uint32_t object = 0;
  std::uint32_t bytes = 1;
  std::uint64_t next = never;  // which request, counted from 0, asks for it next; for Belady only

  static constexpr std::uint64_t never = UINT64_MAX;
};

enum class Policy { lru, lru2, fifo, clock, sieve, s3_fifo, arc, two_queues, lfu, belady };
inline constexpr Policy all_policies[] = {
    Policy::lru,     Policy::lru2, Policy::fifo,       Policy::clock, Policy::sieve,
    Policy::s3_fifo, Policy::arc,  Policy::two_queues, Policy::lfu,   Policy::belady};
// "lru", "lru-2", "fifo", "clock", "sieve", "s3-fifo", "arc", "2q", "lfu", "belady".
std::string_view name(Policy policy);
std::optional<Policy> policy_named(std::string_view name);

class Cache {
 public:
  Cache() = default;
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  virtual ~Cache() = default;

  // Whether the object was there; it is afterwards, unless it is larger than the whole cache.
  virtual bool access(const Request& request) = 0;
  // Bytes of the objects that are in it: never more than the capacity.
  virtual std::uint64_t used() const = 0;
  // The object will be asked for soon: what is known of it is brought near.
  virtual void prefetch(std::uint32_t object) const = 0;
};

// Sources: LRU-2: O'Neil, O'Neil, Weikum, "The LRU-K Page Replacement Algorithm", SIGMOD 1993. ARC:
// Megiddo, Modha, FAST 2003. 2Q: Johnson, Shasha, VLDB 1994. S3-FIFO: Yang et al., "FIFO queues are
// all you need for cache eviction", SOSP 2023. SIEVE: Zhang et al., NSDI 2024. CLOCK: Corbato,
// 1968. LFU forgets nothing: it counts since the begin. Belady, who knows the future, evicts what
// is needed latest ("A study of replacement algorithms", 1966), which is the fewest misses possible
// where all objects have one size.
std::unique_ptr<Cache> make_cache(Policy policy, std::uint64_t capacity_bytes);

}  // namespace bytepath::simulation
