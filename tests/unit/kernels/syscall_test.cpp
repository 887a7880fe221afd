// Syscall kernels where the system refuses, and what they leave behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include "kernels/backing_file.h"
#include "kernels/channel.h"
#include "unit/kernels/memory.h"

namespace bytepath::kernels {
namespace {

using testing::HasSubstr;

std::set<int> open_descriptors() {
  std::set<int> found;
  for (int fd = 0; fd < 1024; ++fd)
    if (::fcntl(fd, F_GETFD) >= 0) found.insert(fd);
  return found;
}

std::vector<Kernel> syscall_kernels() {
  auto rows = all();
  std::erase_if(rows, [](const Kernel& each) {
    return each.family != Family::syscall || !each.unavailable.empty();
  });
  return rows;
}

TEST(SyscallKernels, CloseWhatTheyOpenAndKeepItFromChildren) {
  const TestArena memory(4 * page_bytes);
  const auto before = open_descriptors();
  for (const auto& kernel : syscall_kernels()) {
    {
      const auto state = open(kernel, memory.get());
      ASSERT_TRUE(state) << state.error().message;
      for (const int fd : open_descriptors())
        EXPECT_TRUE(before.contains(fd) || (::fcntl(fd, F_GETFD) & FD_CLOEXEC)) << kernel.name;
    }
    EXPECT_EQ(open_descriptors(), before) << kernel.name;
  }
}

TEST(SyscallKernels, LeaveNoFileInTheDirectory) {
  const std::string directory =
      testing::TempDir() + "bytepath-kernels-" + std::to_string(::getpid());
  std::filesystem::create_directory(directory);
  const TestArena memory(4 * page_bytes, directory);
  for (const auto& kernel : syscall_kernels()) {
    const auto state = open(kernel, memory.get());
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_TRUE(std::filesystem::is_empty(directory)) << kernel.name;
  }
  std::filesystem::remove_all(directory);
}

TEST(SyscallKernels, SayWhichDirectoryCannotBeUsed) {
  const TestArena memory(4 * page_bytes, "/nonexistent/directory");
  for (const char* name : {"pread", "pwrite", "sendfile"}) {
    const auto state = open(find(name), memory.get());
    ASSERT_FALSE(state);
    EXPECT_THAT(state.error().message, HasSubstr("/nonexistent/directory"));
  }
}

// Lets a child do `work` under a filter that makes one system call fail, and returns its status.
// With `flags` the call fails only when its third argument has one of them.
int under_filter(unsigned call, int errno_value, const std::function<int()>& work,
                 unsigned flags = 0) {
  constexpr unsigned third_argument = offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refuse = SECCOMP_RET_ERRNO | static_cast<unsigned>(errno_value);
    const std::uint16_t test = flags == 0 ? BPF_JGE : BPF_JSET;  // everything is >= 0
    std::array<sock_filter, 6> program = {
        sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 3, call},
        sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, third_argument},
        sock_filter{static_cast<std::uint16_t>(BPF_JMP | BPF_K | test), 0, 1, flags},
        sock_filter{BPF_RET | BPF_K, 0, 0, refuse},
        sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog filter{.len = program.size(), .filter = program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
      ::_exit(99);
    ::_exit(work());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

struct Refusal {
  const char* kernel;
  unsigned call;
  const char* named;
};

TEST(SyscallKernels, NameTheCallThatIsRefused) {
  const TestArena memory(4 * page_bytes);
  for (const Refusal& refusal :
       {Refusal{"pread", SYS_pread64, "pread"}, Refusal{"readv", SYS_readv, "readv"},
        Refusal{"write", SYS_write, "write"}, Refusal{"vmsplice", SYS_vmsplice, "vmsplice"},
        Refusal{"process-vm-readv", SYS_process_vm_readv, "process_vm_readv"},
        Refusal{"process-vm-writev", SYS_process_vm_writev, "process_vm_writev"},
        Refusal{"sendfile", SYS_sendfile, "sendfile"},
        Refusal{"copy-file-range", SYS_copy_file_range, "copy_file_range"},
        Refusal{"unix-send", SYS_sendto, "send"}, Refusal{"unix-recv", SYS_recvfrom, "recv"},
        Refusal{"pread", SYS_memfd_create, "memfd_create"}}) {
    for (const int error : {EPERM, ENOSYS}) {
      const Kernel kernel = find(refusal.kernel);
      const int status = under_filter(refusal.call, error, [&] {
        const auto state = kernel.open(kernel, memory.get());
        if (state) return 1;
        if (state.error().message.find(refusal.named) == std::string::npos) return 2;
        if (state.error().message.find(std::strerror(error)) == std::string::npos) return 3;
        const auto wanted = error == EPERM ? ErrorKind::denied : ErrorKind::unsupported;
        return state.error().kind == wanted ? 0 : 4;
      });
      if (status == 99) GTEST_SKIP() << "this system has no seccomp filters";
      EXPECT_EQ(status, 0) << refusal.kernel << " with errno " << error;
    }
  }
}

TEST(SyscallKernels, DoWithoutUnnamedTemporaryFiles) {
  const std::string directory = testing::TempDir() + "bytepath-named-" + std::to_string(::getpid());
  std::filesystem::create_directory(directory);
  const TestArena memory(4 * page_bytes, directory);
  const Kernel kernel = find("pread");
  const auto work = [&] {
    if (!kernel.open(kernel, memory.get())) return 1;
    return std::filesystem::is_empty(directory) ? 0 : 2;
  };
  constexpr unsigned unnamed = O_TMPFILE & ~O_DIRECTORY;
  EXPECT_EQ(under_filter(SYS_openat, EOPNOTSUPP, work, unnamed), 0);
  EXPECT_EQ(under_filter(SYS_openat, EOPNOTSUPP, work, unnamed | O_CREAT), 1);
  std::filesystem::remove_all(directory);
}

TEST(SyscallKernels, WithoutPipesAreListedAsUnavailable) {
  for (const int error : {EPERM, EMFILE}) {
    const int status = under_filter(SYS_pipe2, error, [] {
      for (const auto& kernel : all())
        if (kernel.name == "pipe-read") return kernel.unavailable.starts_with("pipe2") ? 0 : 1;
      return 2;
    });
    if (status == 99) GTEST_SKIP() << "this system has no seccomp filters";
    EXPECT_EQ(status, 0);
  }
}

TEST(Complete, GoesOnAfterShortTransfersAndInterrupts) {
  std::vector<std::size_t> seen;
  const int error = complete(10, [&](std::size_t done) -> ssize_t {
    seen.push_back(done);
    if (seen.size() == 2) {
      errno = EINTR;
      return -1;
    }
    return 4 <= 10 - done ? 4 : static_cast<ssize_t>(10 - done);
  });
  EXPECT_EQ(error, 0);
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 4, 4, 8}));
}

TEST(Complete, ReportsFailuresAndTheEnd) {
  EXPECT_EQ(complete(1, [](std::size_t) -> ssize_t { return 0; }), EIO);
  EXPECT_EQ(complete(1,
                     [](std::size_t) -> ssize_t {
                       errno = EBADF;
                       return -1;
                     }),
            EBADF);
}

// A channel with room for 3 bytes.
struct Room {
  std::size_t in_flight = 0;
  ssize_t put(std::size_t left) {
    const std::size_t now = std::min(left, 3 - in_flight);
    if (now == 0) {
      errno = EAGAIN;
      return -1;
    }
    in_flight += now;
    return static_cast<ssize_t>(now);
  }
  ssize_t take() { return static_cast<ssize_t>(std::exchange(in_flight, 0)); }
};

TEST(Relay, MovesMoreThanTheChannelHolds) {
  Room room;
  EXPECT_EQ(relay(
                10, [&](std::size_t done) { return room.put(10 - done); },
                [&](std::size_t) { return room.take(); }),
            0);
  EXPECT_EQ(room.in_flight, 0U);
}

TEST(Relay, EndsWhenNeitherEndMovesAndWhenOneFails) {
  const auto full = [](std::size_t) -> ssize_t {
    errno = EAGAIN;
    return -1;
  };
  const auto broken = [](std::size_t) -> ssize_t {
    errno = EPIPE;
    return -1;
  };
  const auto one = [](std::size_t) -> ssize_t { return 1; };
  EXPECT_EQ(relay(2, full, one), EIO);
  EXPECT_EQ(relay(2, broken, one), EPIPE);
  EXPECT_EQ(relay(2, one, broken), EPIPE);
}

TEST(Channel, RefusesRowsThatDeclareMoreRoomThanThereIs) {
  Kernel kernel = find("pipe-read");
  kernel.max_size *= 64;
  const TestArena memory(4 * page_bytes);
  const auto state = kernel.open(kernel, memory.get());
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message, HasSubstr("pipe-read"));
}

}  // namespace
}  // namespace bytepath::kernels
