#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lazyfs/grid.h"

namespace bytepath::lazyfs {

// What came from a tier over the network.
struct Received {
  std::string bytes;
  std::string node;  // whose answer was the last that was needed
  std::chrono::nanoseconds injected{};
};

// The tiers below L1. All of a call happens in the thread that calls, so that who watches the
// sockets sees which request it was for. For several threads.
class Upstream {
 public:
  Upstream() = default;
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;
  virtual ~Upstream() = default;

  virtual bool has_nodes() const = 0;
  // L3. Error: it did not answer with all of these bytes.
  virtual Result<Received> from_origin(const std::string& path, Extent range) = 0;
  // L2; nothing: it has not enough of the chunk.
  virtual std::optional<Received> from_nodes(const std::string& chunk, std::uint64_t bytes) = 0;
  // Bytes that the nodes took.
  virtual std::uint64_t to_nodes(const std::string& chunk, std::string_view bytes) = 0;
};

}  // namespace bytepath::lazyfs
