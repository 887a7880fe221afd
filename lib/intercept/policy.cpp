#include "intercept/policy.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>

namespace bytepath::intercept {
namespace {

// asm-generic/mman-common.h; C libraries lag behind.
constexpr int madv_dontneed_locked = 24;
constexpr int madv_collapse = 25;
constexpr int madv_guard_install = 102;

constexpr std::array bringing_in{MADV_NORMAL,        MADV_RANDOM,         MADV_SEQUENTIAL,
                                 MADV_WILLNEED,      MADV_HUGEPAGE,       MADV_NOHUGEPAGE,
                                 MADV_POPULATE_READ, MADV_POPULATE_WRITE, madv_collapse};
constexpr std::array on_files{POSIX_FADV_NORMAL, POSIX_FADV_RANDOM, POSIX_FADV_SEQUENTIAL,
                              POSIX_FADV_WILLNEED};
constexpr std::array dropping{MADV_DONTNEED, MADV_REMOVE, MADV_PAGEOUT, madv_dontneed_locked,
                              madv_guard_install};

// LEGACY_MAP_MASK, linux/mman.h: with another one MAP_SHARED_VALIDATE is refused, unless it is
// MAP_SYNC on persistent memory.
constexpr std::uint64_t map_above_4g = 0x80;
constexpr std::uint64_t map_uninitialized = 0x4000000;
constexpr std::uint64_t huge_page_sizes = std::uint64_t{21 | 30} << 26U;  // 2 MiB and 1 GiB
constexpr std::uint64_t known_flags =
    MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE |
    MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK |
    MAP_HUGETLB | MAP_32BIT | map_above_4g | map_uninitialized | huge_page_sizes;

// Does a private mapping do all that this one, a shared one, can do?
bool can_be_private(const MapCall& call) {
  if (call.writable_file != false || (call.protection & PROT_WRITE) != 0) return false;
  const std::uint64_t type = call.flags & MAP_TYPE;
  return type == MAP_SHARED || (type == MAP_SHARED_VALIDATE && (call.flags & ~known_flags) == 0);
}

std::vector<int> advice_of(Policy policy) {
  switch (policy) {
    case Policy::exact:
    case Policy::no_huge_pages:
      return {MADV_NOHUGEPAGE};
    case Policy::will_need:
      return {MADV_WILLNEED};
    case Policy::random:
      return {MADV_RANDOM};
    case Policy::sequential:
      return {MADV_SEQUENTIAL};
    case Policy::as_is:
    case Policy::demand:
    case Policy::populate:
      return {};
  }
  return {};
}

}  // namespace

const char* name(Policy policy) {
  switch (policy) {
    case Policy::as_is:
      return "as-is";
    case Policy::exact:
      return "exact";
    case Policy::demand:
      return "demand";
    case Policy::populate:
      return "populate";
    case Policy::will_need:
      return "will-need";
    case Policy::random:
      return "random";
    case Policy::sequential:
      return "sequential";
    case Policy::no_huge_pages:
      return "no-huge-pages";
  }
  return "";
}

MapPlan plan_map(Policy policy, const MapCall& call) {
  const std::uint64_t flags = call.flags;
  MapPlan plan{.flags = flags, .advice = advice_of(policy)};
  if (policy == Policy::as_is) return plan;
  plan.flags &= ~std::uint64_t{MAP_NONBLOCK};  // with it MAP_POPULATE does nothing
  if (policy == Policy::populate) {
    plan.flags |= MAP_POPULATE;
    return plan;
  }
  plan.lock_on_fault = (flags & MAP_LOCKED) != 0;
  plan.flags &= ~std::uint64_t{MAP_POPULATE | MAP_LOCKED};
  if (policy != Policy::exact) return plan;
  plan.one_fault_a_page = true;
  if (can_be_private(call)) plan.flags = (plan.flags & ~std::uint64_t{MAP_TYPE}) | MAP_PRIVATE;
  return plan;
}

bool overrides_advice(Policy policy) { return policy != Policy::as_is; }

bool locks_on_fault(Policy policy) { return policy != Policy::as_is && policy != Policy::populate; }

std::span<const int> memory_advice() { return bringing_in; }
std::span<const int> file_advice() { return on_files; }
std::span<const int> dropping_advice() { return dropping; }

bool drops_pages(int memory_advice) {
  return std::ranges::find(dropping, memory_advice) != dropping.end();
}

bool is_for_others(int memory_advice) {
  return memory_advice == MADV_WILLNEED || memory_advice == madv_collapse;
}

}  // namespace bytepath::intercept
