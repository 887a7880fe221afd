#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "mounts/mount_trace.h"

namespace bytepath::chunks {

// A daemon asked somebody for something and got an answer: what it sent through a socket up to what
// it received before it sent again. Sockets on which it received first are those where it serves
// others, and are left out.
struct Exchange {
  std::uint64_t begin_ns = 0;       // the first bytes sent
  std::uint64_t sent_ns = 0;        // the last
  std::uint64_t first_byte_ns = 0;  // of the answer; 0: none came
  std::uint64_t end_ns = 0;         // the last of the answer
  std::uint64_t sent = 0;           // bytes
  std::uint64_t received = 0;
  std::uint16_t peer = 0;
  std::uint32_t thread = 0;            // that asked
  std::optional<std::uint64_t> first;  // of a range that was asked for in plain HTTP
  std::optional<std::uint64_t> last;
};

// By their begin.
std::vector<Exchange> exchanges_of(const mounts::MountTrace& trace);

}  // namespace bytepath::chunks
