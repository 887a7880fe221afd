#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.h"

namespace bytepath::tests {

// A child process that has a file mapped and touches the pages that the test names. By default the
// file is in the page cache in single pages (it is written 4 KiB at a time), and mapped whole.
class PageToucher {
 public:
  struct Options {
    std::uint64_t pages = 0;
    unsigned threads = 1;  // each touches its part
    bool populate = true;
    bool huge = false;  // the file read into the cache in one go: in large folios, which the kernel
                        // maps by 2 MiB entries where it and the file system can
    std::string path;   // empty: a file of its own, which is gone with it
  };

  explicit PageToucher(Options options) : options_(std::move(options)) {
    if (!make_file() || !map() || ::pipe2(orders_.data(), O_CLOEXEC) != 0 ||
        ::pipe2(answers_.data(), O_CLOEXEC) != 0)
      return;
    pid_ = ::fork();
    if (pid_ == 0) serve();
    ready_ = pid_ > 0 && answered();
  }
  PageToucher(const PageToucher&) = delete;
  PageToucher& operator=(const PageToucher&) = delete;
  ~PageToucher() {
    end_process();
    for (const int fd : {orders_[0], orders_[1], answers_[0], answers_[1]}) ::close(fd);
    if (memory_ != nullptr) ::munmap(memory_, bytes());
  }

  bool ready() const { return ready_; }
  pid_t pid() const { return pid_; }
  std::uint64_t start() const { return reinterpret_cast<std::uint64_t>(memory_); }
  std::uint64_t end() const { return start() + bytes(); }

  // Returns when they have been touched.
  void touch(std::span<const std::uint64_t> numbers) {
    const std::uint64_t count = numbers.size();
    send(std::as_bytes(std::span(&count, 1)));
    send(std::as_bytes(numbers));
    answered();
  }
  void touch(std::initializer_list<std::uint64_t> numbers) {
    touch(std::span(numbers.begin(), numbers.size()));
  }

  void end_process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  static constexpr std::uint64_t page = 4096;
  std::uint64_t bytes() const { return options_.pages * page; }

  bool make_file() {
    const bool named = !options_.path.empty();
    std::string name = named ? options_.path : "/var/tmp/bytepath-touch.XXXXXX";
    file_ = Descriptor(named ? ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)
                             : ::mkostemp(name.data(), O_CLOEXEC));
    if (!file_) return false;
    if (!named) ::unlink(name.c_str());
    const std::vector<char> content(page, 'x');
    for (std::uint64_t i = 0; i < options_.pages; ++i)
      if (::write(file_.get(), content.data(), page) != static_cast<ssize_t>(page)) return false;
    return !options_.huge || read_again();
  }

  bool read_again() {
    if (::fsync(file_.get()) != 0 || ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_DONTNEED) != 0)
      return false;
    std::vector<char> buffer(std::size_t{1} << 20);
    ssize_t got = 0;
    off_t at = 0;
    while ((got = ::pread(file_.get(), buffer.data(), buffer.size(), at)) > 0) at += got;
    return got == 0;
  }

  // 2 MiB more of address space than is used, so that what is used can begin at a multiple of it.
  bool map() {
    if (bytes() == 0) return false;
    constexpr std::uint64_t huge = std::uint64_t{2} << 20;
    void* room = ::mmap(nullptr, bytes() + huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return false;
    const auto at = (reinterpret_cast<std::uint64_t>(room) + huge - 1) / huge * huge;
    void* memory = ::mmap(reinterpret_cast<void*>(at), bytes(), PROT_READ, MAP_SHARED | MAP_FIXED,
                          file_.get(), 0);
    if (memory == MAP_FAILED) return false;
    memory_ = static_cast<char*>(memory);
    return ::madvise(memory_, bytes(), options_.huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) == 0;
  }

  [[noreturn]] void serve() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (options_.populate) ::madvise(memory_, bytes(), MADV_POPULATE_READ);
    std::uint64_t count = 0;
    do {
      const char done = 1;
      if (::write(answers_[1], &done, 1) != 1) break;
      if (!receive(std::as_writable_bytes(std::span(&count, 1)))) break;
      std::vector<std::uint64_t> numbers(count);
      if (!receive(std::as_writable_bytes(std::span(numbers)))) break;
      touch_all(numbers);
    } while (true);
    ::_exit(0);
  }

  void touch_all(const std::vector<std::uint64_t>& numbers) {
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < options_.threads; ++thread) {
      threads.emplace_back([this, thread, &numbers] {
        for (std::size_t i = thread; i < numbers.size(); i += options_.threads)
          static_cast<void>(*static_cast<volatile char*>(memory_ + numbers[i] * page));
      });
    }
  }

  void send(std::span<const std::byte> data) {
    while (!data.empty()) {
      const ssize_t sent = ::write(orders_[1], data.data(), data.size());
      if (sent <= 0) return;
      data = data.subspan(static_cast<std::size_t>(sent));
    }
  }
  bool receive(std::span<std::byte> data) {
    while (!data.empty()) {
      const ssize_t got = ::read(orders_[0], data.data(), data.size());
      if (got <= 0) return false;
      data = data.subspan(static_cast<std::size_t>(got));
    }
    return true;
  }
  bool answered() {
    char done = 0;
    return ::read(answers_[0], &done, 1) == 1;
  }

  Options options_;
  Descriptor file_;
  char* memory_ = nullptr;
  std::array<int, 2> orders_ = {-1, -1};
  std::array<int, 2> answers_ = {-1, -1};
  pid_t pid_ = -1;
  bool ready_ = false;
};

}  // namespace bytepath::tests
