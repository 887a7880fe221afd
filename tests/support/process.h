#pragma once
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

// Runs a built program as its user would, and keeps what came of it.
namespace bytepath::test {

struct Command {
  std::vector<std::string> arguments;  // the first one is the program's path
  std::vector<std::string> environment = {"LC_ALL=C", "PATH=/usr/bin:/bin:/usr/sbin:/sbin"};
  std::string input;              // its standard input
  std::string directory;          // where it starts; here when empty
  std::string output_path;        // standard output goes there, if given
  std::vector<int> closed;        // descriptors it finds closed
  std::vector<unsigned> refused;  // system calls that a seccomp filter answers with EPERM
  std::optional<uid_t> user;      // another user, when the test is root
  std::optional<std::chrono::milliseconds> interrupt_after;  // a signal this long after the start
  int interrupt_signal = SIGINT;
  bool interrupt_group = false;  // as a terminal does it: also what the program started
  std::chrono::milliseconds limit = std::chrono::seconds(60);  // then it is killed
};

struct Outcome {
  int status = -1;  // exit status, or 128 + the signal that ended it, as a shell says it
  bool timed_out = false;
  std::string out;
  std::string err;
  std::chrono::milliseconds elapsed{};
  long peak_rss_kib = 0;
};

Outcome run(const Command& command);

}  // namespace bytepath::test
