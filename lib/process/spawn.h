#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

// Starts and times programs through the spawn helper (spawn_helper.c says why there is one).
namespace bytepath::process {

// The rights a program is started with instead of ours.
struct Credentials {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

// Of the user who called sudo(8), by SUDO_UID and SUDO_GID, when we are root; nothing otherwise, or
// when that user is root too.
std::optional<Credentials> invoking_user();

// While it lives this thread opens files with the rights of such a user, and those it makes are
// that user's: a program that runs as the user may replace the files it is told of by links.
class FileRights {
 public:
  // Nothing: ours stay.
  explicit FileRights(const std::optional<Credentials>& credentials);
  FileRights(const FileRights&) = delete;
  FileRights& operator=(const FileRights&) = delete;
  ~FileRights();

 private:
  bool changed_ = false;
  std::vector<gid_t> groups_;  // ours
};

struct SpawnRequest {
  std::string path;                      // of the program; or
  const Descriptor* program = nullptr;   // one that is open, to be run by execveat(2)
  std::vector<std::string> arguments;    // the first is the name it goes by
  std::vector<std::string> environment;  // "NAME=value"
  int input = -1;                        // descriptors; stay ours
  int output = -1;
  int error = -1;
  int cgroup = -1;                     // of a group's cgroup.procs, open for writing; -1: ours
  std::chrono::nanoseconds timeout{};  // then its process group is killed; 0: never
  bool own_group = true;      // lead a process group: time limit and signals then reach all of it
  bool interruptible = true;  // else it runs on when the helper's `interrupted` says yes
  const Credentials* credentials = nullptr;
  // Read while the program runs, so that a full pipe does not stop it: what `drain` gets is given
  // to `keep`, which may drop it.
  int drain = -1;
  std::function<void(std::string_view)> keep;
};

struct SpawnOutcome {
  std::uint64_t started_ns = 0;  // CLOCK_MONOTONIC
  std::uint64_t ended_ns = 0;
  int status = 0;  // of wait4(2)
  bool timed_out = false;
  // Of the program and the children it waited for. max_rss_kib holds nothing of our own size.
  std::uint64_t user_us = 0;
  std::uint64_t system_us = 0;
  std::uint64_t max_rss_kib = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t blocks_in = 0;  // of 512 bytes, getrusage(2)
  std::uint64_t blocks_out = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;

  // The exit status, or 128 + n for signal n as a shell says it.
  int exit_code() const;
};

class SpawnHelper {
 public:
  // `interrupted` is asked while a program runs: when it says yes, the program's group gets
  // SIGTERM, and a second later SIGKILL.
  static Result<SpawnHelper> start(std::function<bool()> interrupted = {});
  SpawnHelper(SpawnHelper&&) noexcept;
  SpawnHelper& operator=(SpawnHelper&&) = delete;
  ~SpawnHelper();

  // The process whose children the programs are: perf events opened on it are inherited by them.
  pid_t pid() const { return pid_; }

  // Keeps the programs (and the helper) on this CPU. Error (usage): there is none, or it is not
  // this process's.
  Result<> pin_to(unsigned cpu);

  // Runs one program to its end. Errors: it cannot be started (usage: no such program or not one
  // that can be run, or the group or user is refused), or the helper is gone (failed).
  Result<SpawnOutcome> run(const SpawnRequest& request);

 private:
  SpawnHelper(pid_t pid, Descriptor socket, std::function<bool()> interrupted);
  Result<> send(const SpawnRequest& request);
  Result<> wait_for_reply(const SpawnRequest& request);

  pid_t pid_ = -1;
  Descriptor socket_;
  std::function<bool()> interrupted_;
};

// The file that a name without a slash stands for, looked for in PATH as execvp(3) does; a name
// with one is itself. Error (usage): there is none that may be run.
Result<std::string> find_program(const std::string& name);

}  // namespace bytepath::process
