#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

#include "intercept/interceptor.h"
#include "intercept/process_table.h"

namespace bytepath::intercept {

// What waiting for a first process brought.
struct FirstEnd {
  bool seen = false;
  std::uint64_t time_ns = 0;
  int status = 0;
  rusage used{};
};

// Waits for stops of the traced threads, has them seen to, and lets them go on. PTRACE_SEIZE's way
// (ptrace(2)): a new thread's first stop and group stops come as PTRACE_EVENT_STOP.
class Tracer {
 public:
  Tracer(pid_t first, ProcessTable& table, Interceptor& interceptor);

  enum class Handled { all, a_part, the_last };
  // Sees to what has happened, without waiting: to all of it, or to what can be done in a
  // millisecond, since processes that stop again and again would keep it here for ever. the_last:
  // no process is left.
  Handled handle_some();
  // Until something happens, a signal comes, or this long.
  static void wait_for_more(std::chrono::nanoseconds timeout);
  // New threads whose maker has been killed before it could tell of them; to be asked now and then.
  void adopt_orphans();

  const FirstEnd& first_end() const { return first_end_; }
  std::uint64_t stops() const { return stops_; }
  std::uint64_t peak_rss_kib() const { return peak_rss_kib_; }  // of all processes, at their ends

 private:
  void handle(pid_t thread, int status, const rusage& used);
  void handle_stop(Tracee& tracee, int status);
  void handle_event(Tracee& tracee, int event);
  void on_first_stop(Tracee& tracee, int status);
  void on_new_thread(const Tracee& maker);
  void on_exec(pid_t process);
  void on_end(Tracee& tracee);
  void on_call_stop(Tracee& tracee);
  static void resume(const Tracee& tracee, int signal = 0);

  // A thread that stopped before its maker told of it.
  struct Stranger {
    int status = 0;
    bool has_waited = false;
  };

  pid_t first_;
  ProcessTable& table_;
  Interceptor& interceptor_;
  std::map<pid_t, Stranger> strangers_;
  FirstEnd first_end_;
  std::uint64_t stops_ = 0;
  std::uint64_t peak_rss_kib_ = 0;
};

// While it lives, SIGCHLD is kept for wait_for_more() of this thread.
class ChildSignal {
 public:
  ChildSignal();
  ~ChildSignal();
  ChildSignal(const ChildSignal&) = delete;
  ChildSignal& operator=(const ChildSignal&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace bytepath::intercept
