#include "storage/engine.h"

#include <array>

namespace bytepath::storage {

std::span<const EngineKind> engines() {
  static constexpr std::array rows = {
      EngineKind{.name = "pread", .way = "pread(2)", .with_direct = true, .open = open_pread},
      EngineKind{.name = "mmap", .way = "page fault", .with_direct = false, .open = open_mmap},
      EngineKind{.name = "uring", .way = "io_uring", .with_direct = true, .open = open_uring},
  };
  return rows;
}

}  // namespace bytepath::storage
