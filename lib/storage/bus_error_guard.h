#pragma once
#include <csignal>
#include <cstddef>

namespace bytepath::storage {

// While it lives, a page of this mapping that cannot be had does not end the process (SIGBUS: the
// file has become shorter, its device or daemon failed): an empty page takes its place. One at a
// time, for one thread that touches the mapping.
class BusErrorGuard {
 public:
  BusErrorGuard(std::byte* begin, std::size_t bytes);
  BusErrorGuard(const BusErrorGuard&) = delete;
  BusErrorGuard& operator=(const BusErrorGuard&) = delete;
  ~BusErrorGuard();

  // Whether there was such a page until now. It costs what reading a byte does.
  static bool has_caught();

 private:
  struct sigaction before_{};
};

}  // namespace bytepath::storage
