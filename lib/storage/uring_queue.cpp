#include "storage/uring_queue.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace bytepath::storage {
namespace {

std::unexpected<Error> refused(int error) {
  if (error == ENOSYS)
    return fail(ErrorKind::unsupported, "this kernel has no io_uring, or a seccomp filter hides it",
                "Linux 5.6 or newer");
  const std::string disabled = read_line_or("/proc/sys/kernel/io_uring_disabled", "0");
  if (error == EPERM && disabled != "0")
    return fail(ErrorKind::unsupported,
                fmt::format("io_uring is switched off (kernel.io_uring_disabled = {})", disabled),
                "sysctl kernel.io_uring_disabled=0");
  if (error == EPERM || error == EACCES)
    return fail(ErrorKind::unsupported, "this process may not use io_uring",
                "a seccomp filter, as of a container, or a security module forbids it");
  return fail(ErrorKind::unsupported,
              fmt::format("cannot make an io_uring: {}", std::strerror(error)),
              error == ENOMEM ? "see ulimit -l" : "");
}

}  // namespace

Result<UringQueue> UringQueue::create() {
  io_uring_params parameters{};
  UringQueue queue;
  queue.ring_ = Descriptor(static_cast<int>(::syscall(SYS_io_uring_setup, 1, &parameters)));
  if (!queue.ring_) return refused(errno);
  // IORING_OP_READ came with it; older kernels answer each with EINVAL.
  if ((parameters.features & IORING_FEAT_RW_CUR_POS) == 0) return refused(ENOSYS);
  if (auto mapped = queue.map_rings(parameters); !mapped) return std::unexpected(mapped.error());
  return queue;
}

Result<> UringQueue::map_rings(const io_uring_params& parameters) {
  submission_ = parameters.sq_off;
  completion_ = parameters.cq_off;
  const auto map = [&](Mapping& mapping, std::size_t bytes, off_t what) {
    void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                            ring_.get(), what);
    if (at == MAP_FAILED) return false;
    mapping = {.at = static_cast<std::byte*>(at), .bytes = bytes};
    return true;
  };
  const std::size_t submissions = submission_.array + parameters.sq_entries * sizeof(std::uint32_t);
  const std::size_t completions = completion_.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
  if (!map(submissions_, submissions, IORING_OFF_SQ_RING) ||
      !map(completions_, completions, IORING_OFF_CQ_RING) ||
      !map(entries_, parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES))
    return refused(errno);
  return {};
}

UringQueue::UringQueue(UringQueue&& other) noexcept
    : ring_(std::move(other.ring_)),
      submissions_(std::exchange(other.submissions_, {})),
      completions_(std::exchange(other.completions_, {})),
      entries_(std::exchange(other.entries_, {})),
      submission_(other.submission_),
      completion_(other.completion_) {}

UringQueue::~UringQueue() {
  for (const Mapping& mapping : {submissions_, completions_, entries_}) {
    if (mapping.at != nullptr) ::munmap(mapping.at, mapping.bytes);
  }
}

std::uint32_t* UringQueue::word(const Mapping& ring, std::uint32_t offset) {
  return reinterpret_cast<std::uint32_t*>(ring.at + offset);
}

std::int64_t UringQueue::read(int file, void* to, std::uint32_t bytes, std::uint64_t offset) {
  auto* const entry = reinterpret_cast<io_uring_sqe*>(entries_.at);
  *entry = {};
  entry->opcode = IORING_OP_READ;
  entry->fd = file;
  entry->off = offset;
  entry->addr = reinterpret_cast<std::uint64_t>(to);
  entry->len = bytes;
  const std::atomic_ref tail(*word(submissions_, submission_.tail));
  *word(submissions_, submission_.array) = 0;  // of a queue of one the only entry
  tail.store(tail.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  const std::atomic_ref head(*word(completions_, completion_.head));
  const std::atomic_ref end(*word(completions_, completion_.tail));
  unsigned to_submit = 1;
  while (head.load(std::memory_order_relaxed) == end.load(std::memory_order_acquire)) {
    const long submitted = ::syscall(SYS_io_uring_enter, ring_.get(), to_submit, 1U,
                                     static_cast<unsigned>(IORING_ENTER_GETEVENTS), nullptr, 0UL);
    if (submitted < 0 && errno != EINTR) return -errno;
    if (submitted > 0) to_submit = 0;
  }
  const std::uint32_t at =
      head.load(std::memory_order_relaxed) & *word(completions_, completion_.ring_mask);
  const std::int64_t result =
      reinterpret_cast<const io_uring_cqe*>(completions_.at + completion_.cqes)[at].res;
  head.store(head.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  return result;
}

}  // namespace bytepath::storage
