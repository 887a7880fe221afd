#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "process/spawn.h"

// Runs a command and sees, before the kernel does, how its processes map and unmap chosen files;
// changes that where asked. Done by ptrace(2) with a seccomp(2) filter, which stops a process at
// these few system calls only; all others run at full speed. One way for dynamic and static
// programs, any C library and language, as any user, with nothing preloaded and no file left
// behind.
namespace bytepath::intercept {

// How mappings of the chosen files are made.
enum class Policy {
  as_is,          // as the program asks
  exact,          // so that every touched page is one fault and nothing else gets mapped, see below
  demand,         // no MAP_POPULATE, no advice: page by page as it is touched
  populate,       // MAP_POPULATE
  will_need,      // demand + MADV_WILLNEED
  random,         // demand + MADV_RANDOM
  sequential,     // demand + MADV_SEQUENTIAL
  no_huge_pages,  // demand + MADV_NOHUGEPAGE
};
// "as-is", "exact", ...
const char* name(Policy policy);

// Under Policy::exact a mapping gets MADV_NOHUGEPAGE, is not populated, and is registered with
// userfaultfd(2) in write-protect mode with UFFD_FEATURE_WP_ASYNC (Linux 6.7), which never delivers
// an event but has the kernel map one page at a time (should_fault_around, mm/memory.c). Then
// mapped pages are touched pages. What userfaultfd refuses, a shared mapping that can never be
// written to, becomes MAP_PRIVATE (all that a program could notice is that mprotect would now let
// it write, and that mremap with an old size of 0 does not double it); one of a file that is open
// for writing stays shared. Registered again after fork(2) and mremap(2).
//
// Advice that goes through io_uring(7) (IORING_OP_MADVISE, IORING_OP_FADVISE) is not seen, as
// seccomp(2) is not asked there: it has its effect, and of pages that it takes away those are told
// that were mapped at the look before.
//
// Under all but as_is the program's own advice on chosen files (madvise, process_madvise,
// posix_fadvise, readahead) succeeds without effect, and, but under populate, its locks (mlock,
// mlockall, MAP_LOCKED) hold pages from their first touch on (MLOCK_ONFAULT) instead of bringing
// them in.

// What the interceptor saw of a chosen file.
struct MappedFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t device = 0;  // of stat(2)
  std::uint64_t inode = 0;
};

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  // Is this a file to look at? Asked once for each regular file that is mapped or advised on; again
  // when its path has changed.
  virtual bool wanted(const MappedFile& file) = 0;
  // A wanted file was mapped: `length` bytes (whole pages) from `offset` on. applied: the policy is
  // in force for it, or why not: unsupported before Linux 6.7, or when the program has a seccomp
  // filter of its own. The pages told of such a mapping are those that are mapped, not the touched
  // ones.
  virtual void mapped(const MappedFile& file, pid_t process, std::uint64_t offset,
                      std::uint64_t length, const Result<>& applied) = 0;
  // These pages of the file are mapped by a process: told just before they are unmapped, before the
  // process execs or ends, and about every second, since the kernel takes pages away when memory is
  // short. Under Policy::exact they are the touched ones. The same pages may be told several times.
  // A mapping may be longer than its file: pages beyond its end are never told.
  virtual void pages(const MappedFile& file, std::uint64_t first_page, std::uint64_t count) = 0;
  // What a process touched could not be looked at, or not all of it: it was killed (SIGKILL)
  // without a stop, it is a 32-bit program, or its mapping could not be made exact after fork(2).
  // Where it forbids us to look at its descriptors, as a process can to others of its user, a
  // wanted file may be among those that it maps: `file` then has nothing but a path, "any file that
  // 'name' maps".
  virtual void lost(const MappedFile& file, pid_t process, const std::string& why) = 0;
};

struct Request {
  std::string path;                      // of the program
  std::vector<std::string> arguments;    // the first is the name it goes by
  std::vector<std::string> environment;  // "NAME=value"
  int input = 0;                         // descriptors; stay ours; all others are closed for it
  int output = 1;
  int error = 2;
  // Whose rights it gets instead of ours; must outlive start() only.
  const process::Credentials* credentials = nullptr;
  Policy policy = Policy::as_is;
  // Tell Observer::pages. Without, unmapping is not intercepted, and every policy stops a process
  // at the same calls (mapping files, giving advice), so that wall times can be compared.
  bool look_at_pages = true;
  // Asked every 50 ms. true: all processes get SIGINT; still true 2 s later: SIGTERM, and 2 s after
  // that SIGKILL. Before each signal the pages of all processes are told.
  std::function<bool()> interrupted = {};
};

struct Outcome {
  std::uint64_t started_ns = 0;  // CLOCK_MONOTONIC, when the program was let go
  std::uint64_t ended_ns = 0;    // when the first process had ended
  int status = 0;                // of wait4(2), of the first process
  // Of the first process and the children it waited for, getrusage(2), from the moment when it was
  // let go: it had some faults of its own before it became the program.
  std::uint64_t user_us = 0;
  std::uint64_t system_us = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t blocks_in = 0;  // of 512 bytes
  // The largest of any process, from /proc/PID/status (VmHWM) as it ended, as getrusage(2)
  // would give no less than our own size. From there nonetheless when none could be looked at.
  std::uint64_t max_rss_kib = 0;
  bool interrupted = false;
  std::uint64_t stops = 0;  // how often a process was stopped for us

  int exit_code() const;  // or 128 + n for signal n
  int signal() const;     // that ended it, or 0
};

// A command that was started and stands still before its execve(2), so that tracers can be attached
// to pid(). When this is destroyed, or its owner is killed, its processes are killed
// (PTRACE_O_EXITKILL).
//
// A child made with CLONE_UNTRACED is traced all the same; but by clone3(2) or a 32-bit call it is
// not, and finds that the calls at which the others are stopped do not exist (ENOSYS).
//
// It stays in our process group, so that it may read the terminal. As it is traced it can trace
// nothing itself: gdb, strace and LeakSanitizer do not work within. Without CAP_SYS_ADMIN the
// filter needs PR_SET_NO_NEW_PRIVS, and set-user-ID programs run without their owner's rights; with
// it they work as ever.
class Command {
 public:
  // Errors: no such program or not one that can be run (usage); ptrace or seccomp are refused here
  // (denied or unsupported, with the way out).
  static Result<Command> start(const Request& request);
  Command(Command&&) noexcept;
  Command& operator=(Command&&) = delete;
  ~Command();

  pid_t pid() const;
  // Lets it go and waits until all of its processes have ended, also those that outlive the first.
  // Once, by the thread that called start(): ptrace(2) is bound to it. It reaps every child of this
  // thread (not of others) that ends meanwhile, and SIGCHLD is held back from it. `tick` is called
  // at least every 5 ms. Error: the program could not be executed after all (usage).
  Result<Outcome> run(Observer& observer, const std::function<void()>& tick = {});

 private:
  struct State;
  explicit Command(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bytepath::intercept
