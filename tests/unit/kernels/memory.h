#pragma once
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <string>

#include "kernels/kernel.h"

namespace bytepath::kernels {

// An arena between two pages that nobody may touch, so that a kernel that leaves it crashes.
class TestArena {
 public:
  explicit TestArena(std::size_t bytes, std::string directory = "") : bytes_(bytes) {
    arena_ = {.source = half(), .destination = half(), .size = bytes, .directory = directory};
    std::memset(arena_.source, 1, bytes);
    std::memset(arena_.destination, 2, bytes);
  }
  TestArena(const TestArena&) = delete;
  TestArena& operator=(const TestArena&) = delete;
  ~TestArena() {
    ::munmap(arena_.source - page_bytes, bytes_ + 2 * page_bytes);
    ::munmap(arena_.destination - page_bytes, bytes_ + 2 * page_bytes);
  }

  const Arena& get() const { return arena_; }

 private:
  std::byte* half() const {
    void* all =
        ::mmap(nullptr, bytes_ + 2 * page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(all, MAP_FAILED);
    std::byte* first = static_cast<std::byte*>(all) + page_bytes;
    EXPECT_EQ(::mprotect(first, bytes_, PROT_READ | PROT_WRITE), 0);
    return first;
  }

  std::size_t bytes_;
  Arena arena_;
};

// The row of this name; the test fails when there is none.
inline Kernel find(const std::string& name) {
  for (auto& kernel : all())
    if (kernel.name == name) return kernel;
  ADD_FAILURE() << "no kernel " << name;
  return {};
}

// The state a kernel needs on this arena; kernels that need none get an empty one.
inline Result<State> open(const Kernel& kernel, const Arena& arena) {
  if (!kernel.open) return State(nullptr, [](void*) {});
  return kernel.open(kernel, arena);
}

}  // namespace bytepath::kernels
