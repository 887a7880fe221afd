#pragma once
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace bytepath::test {

// Memory that a child writes and the test reads: what it did, and where.
template <class T>
class Shared {
 public:
  Shared()
      : value_(static_cast<T*>(::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { ::munmap(value_, sizeof(T)); }
  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }

 private:
  T* value_;
};

// A child that stands still before its work until it is let go, so that it can be looked at from a
// known moment on.
class StandingChild {
 public:
  explicit StandingChild(const std::function<void()>& work) {
    std::array<int, 2> gate{};
    if (::pipe(gate.data()) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(gate[1]);
      char byte = 0;
      if (::read(gate[0], &byte, 1) != 1) ::_exit(1);
      work();
      ::_exit(0);
    }
    ::close(gate[0]);
    gate_ = gate[1];
    while (state() != 'S' && pid_ > 0) ::usleep(1000);
  }
  StandingChild(const StandingChild&) = delete;
  StandingChild& operator=(const StandingChild&) = delete;
  ~StandingChild() {
    if (gate_ >= 0) ::close(gate_);
    if (pid_ <= 0 || ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }

  // Both kinds, of all its threads, up to now.
  std::uint64_t faults_so_far() const {
    const auto fields = stat_fields();
    return fields.size() < 11 ? 0 : std::stoull(fields[7]) + std::stoull(fields[9]);
  }
  void let_go() const { (void)!::write(gate_, "g", 1); }

  // Whether it has ended; its status and usage, that of its own children included, are kept.
  bool ended() {
    if (!ended_) ended_ = ::wait4(pid_, &status_, WNOHANG, &usage_) == pid_;
    return ended_;
  }
  bool ended_well() const { return ended_ && WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }
  std::uint64_t all_faults() const {
    return static_cast<std::uint64_t>(usage_.ru_minflt + usage_.ru_majflt);
  }

 private:
  // proc_pid_stat(5) from its third field on: the second, the name, may hold spaces.
  std::vector<std::string> stat_fields() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    return {std::istream_iterator<std::string>(rest), {}};
  }
  char state() const {
    const auto fields = stat_fields();
    return fields.empty() ? '?' : fields[0][0];
  }

  pid_t pid_ = -1;
  int gate_ = -1;
  bool ended_ = false;
  int status_ = 0;
  rusage usage_{};
};

}  // namespace bytepath::test
