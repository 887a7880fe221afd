#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/root.h"

namespace bytepath::storage {

// What on this host takes pages out of the page cache.
struct Evicting {
  std::vector<std::string> damon;            // actions of its running schemes: "pageout"
  bool damon_hidden = false;                 // it may have some: only root sees them
  std::optional<std::uint64_t> pressure_us;  // that tasks waited for memory meanwhile
};

class EvictionWatch {
 public:
  explicit EvictionWatch(const Root& root);
  // Since it was made.
  Evicting seen() const;

 private:
  Root root_;
  std::optional<std::uint64_t> before_;
};

}  // namespace bytepath::storage
