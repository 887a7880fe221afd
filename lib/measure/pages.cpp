#include "measure/pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace bytepath::measure {

Result<Pages> Pages::map(std::size_t size, void* address) {
  const std::size_t rounded =
      (std::max<std::size_t>(size, 1) + page_size - 1) / page_size * page_size;
  const int fixed = address == nullptr ? 0 : MAP_FIXED_NOREPLACE;
  void* data = mmap(address, rounded, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
  if (data == MAP_FAILED) return fail_errno(errno, "cannot map {} bytes of memory", rounded);
  Pages pages(static_cast<std::byte*>(data), rounded);
  // A kernel before 4.17 takes the address as a wish only.
  if (address != nullptr && data != address)
    return fail_errno(EEXIST, "cannot map memory at {}", address);
  (void)madvise(data, rounded, MADV_NOHUGEPAGE);  // refused by kernels without huge pages
  for (std::size_t at = 0; at < rounded; at += page_size) pages.data_[at] = std::byte{1};
  return pages;
}

Pages::Pages(Pages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Pages::~Pages() {
  if (data_ != nullptr) munmap(data_, size_);
}

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

Result<Pinned> Pinned::to(int cpu) {
  cpu_set_t before;
  CPU_ZERO(&before);
  const bool asked = cpu >= 0;
  const int chosen = asked ? cpu : sched_getcpu();
  // An emulator, or a host with more CPUs than a cpu_set_t holds: measure wherever we run.
  const bool known = sched_getaffinity(0, sizeof before, &before) == 0 && chosen >= 0;
  if (!known && !asked) return Pinned(before, -1);
  cpu_set_t one;
  CPU_ZERO(&one);
  if (chosen < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(chosen), &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) {
    if (!asked) return Pinned(before, -1);
    return fail(ErrorKind::usage,
                fmt::format("--cpu: cannot run on CPU {}: {}", chosen, std::strerror(errno)),
                "give one of those that taskset -cp $$ lists");
  }
  return Pinned(before, chosen);
}

Pinned::Pinned(Pinned&& other) noexcept
    : before_(other.before_), cpu_(std::exchange(other.cpu_, -1)) {}

Pinned::~Pinned() {
  if (cpu_ >= 0) sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace bytepath::measure
