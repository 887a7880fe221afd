#include "storage/bus_error_guard.h"

#include <sys/mman.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdint>

#include "pages/page_set.h"

namespace bytepath::storage {
namespace {

// A signal handler is given nothing of ours.
std::atomic<std::uintptr_t> guarded_begin{0};
std::atomic<std::uintptr_t> guarded_end{0};
std::atomic<bool> caught{false};

void put_empty_page(int signal, siginfo_t* info, void*) {
  const int error = errno;
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr) & ~(pages::page_bytes - 1);
  const bool is_guarded = at >= guarded_begin && at < guarded_end;
  void* const page = reinterpret_cast<void*>(at);  // NOLINT(performance-no-int-to-ptr)
  if (is_guarded && ::mmap(page, pages::page_bytes, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
    caught = true;
  else
    ::signal(signal, SIG_DFL);  // what touched it is tried again, and ends us as without a guard
  errno = error;
}

}  // namespace

BusErrorGuard::BusErrorGuard(std::byte* begin, std::size_t bytes) {
  assert(guarded_end == 0);
  guarded_begin = reinterpret_cast<std::uintptr_t>(begin);
  guarded_end = guarded_begin + bytes;
  caught = false;
  struct sigaction action{};
  action.sa_sigaction = put_empty_page;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, &before_);
}

BusErrorGuard::~BusErrorGuard() {
  ::sigaction(SIGBUS, &before_, nullptr);
  guarded_end = 0;
}

bool BusErrorGuard::has_caught() { return caught.load(std::memory_order_relaxed); }

}  // namespace bytepath::storage
