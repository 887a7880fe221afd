#pragma once
#include <sched.h>

#include <cstddef>
#include <vector>

#include "base/result.h"

namespace bytepath::measure {

inline constexpr std::size_t page_size = 4096;  // of every x86-64 kernel

// Page-aligned memory whose pages have all been written once, in small pages, so that neighbouring
// pages need not be neighbours in physical memory.
class Pages {
 public:
  // Error (failed): no memory. `address` asks for a place; the mapping fails when it is taken.
  static Result<Pages> map(std::size_t size, void* address = nullptr);
  Pages() = default;
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  ~Pages();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  Pages(std::byte* data, std::size_t size) : data_(data), size_(size) {}
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// The CPUs that the calling thread may run on, ascending; empty where the system does not tell.
std::vector<int> usable_cpus();

// Keeps the calling thread on one CPU while it lives.
class Pinned {
 public:
  // cpu < 0: the one it runs on now, or none (cpu() < 0) where the system does not let itself be
  // asked. Error (usage): a CPU was asked for that does not exist or is not this process's.
  static Result<Pinned> to(int cpu);
  Pinned(Pinned&& other) noexcept;
  Pinned& operator=(Pinned&&) = delete;
  ~Pinned();

  int cpu() const { return cpu_; }

 private:
  Pinned(cpu_set_t before, int cpu) : before_(before), cpu_(cpu) {}
  cpu_set_t before_;
  int cpu_;
};

}  // namespace bytepath::measure
