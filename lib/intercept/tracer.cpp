#include "intercept/tracer.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "intercept/errand.h"
#include "intercept/process_status.h"

namespace bytepath::intercept {
namespace {

constexpr int call_stop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD
constexpr unsigned event_shift = 16;       // status of wait4(2): event, signal, 0x7f

int event_of(int status) { return static_cast<int>(static_cast<unsigned>(status) >> event_shift); }

bool stops_its_group(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  constexpr std::uint64_t second = 1000000000;
  return static_cast<std::uint64_t>(time.tv_sec) * second +
         static_cast<std::uint64_t>(time.tv_nsec);
}

unsigned long event_message(pid_t thread) {
  unsigned long message = 0;
  ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message);
  return message;
}

void restore_clone_flags(Tracee& tracee) {
  if (!tracee.clone_flags) return;
  if (auto registers = read_registers(tracee.thread)) {
    registers->rdi = *tracee.clone_flags;
    write_registers(tracee.thread, *registers);
  }
  tracee.clone_flags.reset();
}

}  // namespace

ChildSignal::ChildSignal() {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child, &before_);
}

ChildSignal::~ChildSignal() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Tracer::Tracer(pid_t first, ProcessTable& table, Interceptor& interceptor)
    : first_(first), table_(table), interceptor_(interceptor) {}

Tracer::Handled Tracer::handle_some() {
  constexpr std::uint64_t longest_ns = 1000000;
  const std::uint64_t begun_ns = now_ns();
  while (now_ns() - begun_ns < longest_ns) {
    int status = 0;
    rusage used{};
    const pid_t thread = wait4(-1, &status, __WALL | __WNOTHREAD | WNOHANG, &used);
    if (thread > 0) {
      handle(thread, status, used);
    } else if (thread == 0 || errno != EINTR) {
      const bool is_empty = table_.empty() && strangers_.empty();
      return thread == 0 && !is_empty ? Handled::all : Handled::the_last;
    }
  }
  return Handled::a_part;
}

void Tracer::wait_for_more(std::chrono::nanoseconds timeout) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const timespec time{.tv_sec = 0, .tv_nsec = timeout.count()};  // less than a second
  sigtimedwait(&child, nullptr, &time);
}

void Tracer::handle(pid_t thread, int status, const rusage& used) {
  Tracee* tracee = table_.find(thread);
  if (WIFSTOPPED(status)) {
    ++stops_;
    if (tracee == nullptr) {
      strangers_[thread] = {.status = status};
    } else {
      handle_stop(*tracee, status);
    }
    return;
  }
  if (thread == first_) {
    first_end_ = {.seen = true, .time_ns = now_ns(), .status = status, .used = used};
  }
  strangers_.erase(thread);
  if (tracee == nullptr) return;
  interceptor_.after_end(*tracee);
  table_.remove(thread);
}

void Tracer::handle_stop(Tracee& tracee, int status) {
  const int signal = WSTOPSIG(status);
  const int event = event_of(status);
  if (!tracee.has_stopped) {
    on_first_stop(tracee, status);
  } else if (signal == call_stop) {
    on_call_stop(tracee);
  } else if (event == 0) {
    resume(tracee, signal);
  } else if (event == PTRACE_EVENT_STOP && stops_its_group(signal)) {
    // It stays stopped, as the program's user wants, until SIGCONT.
    ptrace(PTRACE_LISTEN, tracee.thread, nullptr, nullptr);
  } else if (event == PTRACE_EVENT_EXEC) {
    on_exec(tracee.thread);
  } else {
    handle_event(tracee, event);
    resume(tracee);
  }
}

void Tracer::handle_event(Tracee& tracee, int event) {
  switch (event) {
    case PTRACE_EVENT_SECCOMP:
      // Our own calls are stopped at as well.
      if (!tracee.errand) interceptor_.at_call(tracee);
      break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      on_new_thread(tracee);
      break;
    case PTRACE_EVENT_EXIT:
      on_end(tracee);
      break;
    default:
      break;
  }
}

void Tracer::on_first_stop(Tracee& tracee, int status) {
  tracee.has_stopped = true;
  restore_clone_flags(tracee);
  if (tracee.thread == tracee.process && !table_.shares_memory(tracee)) {
    interceptor_.at_birth(tracee);
  }
  if (event_of(status) == PTRACE_EVENT_EXIT) on_end(tracee);
  resume(tracee);
}

void Tracer::on_new_thread(const Tracee& maker) {
  const auto thread = static_cast<pid_t>(event_message(maker.thread));
  if (thread <= 0 || table_.find(thread) != nullptr) return;
  Tracee& tracee = table_.add_child(maker, thread, kinship_made_by(maker.thread));
  tracee.clone_flags = maker.clone_flags;
  const auto stopped = strangers_.extract(thread);
  if (!stopped.empty()) on_first_stop(tracee, stopped.mapped().status);
}

void Tracer::adopt_orphans() {
  for (const auto& [thread, stranger] : std::exchange(strangers_, {})) {
    if (!stranger.has_waited) {
      strangers_[thread] = {.status = stranger.status, .has_waited = true};
      continue;
    }
    const Family family = read_family(thread);
    const bool is_process = family.process == thread;
    const Tracee* maker = table_.find(is_process ? family.parent : family.process);
    Tracee& tracee = maker == nullptr
                         ? table_.add_first(thread)
                         : table_.add_child(*maker, thread,
                                            is_process ? Kinship::copies_memory : Kinship::thread);
    on_first_stop(tracee, stranger.status);
  }
}

void Tracer::on_exec(pid_t process) {
  const auto former = static_cast<pid_t>(event_message(process));
  resume(table_.exec(process, former));
}

void Tracer::on_end(Tracee& tracee) {
  interceptor_.at_end(tracee, static_cast<int>(event_message(tracee.thread)));
  if (tracee.memory->threads == 0) {
    peak_rss_kib_ = std::max(peak_rss_kib_, read_peak_rss_kib(tracee.thread));
  }
}

void Tracer::on_call_stop(Tracee& tracee) {
  if (tracee.errand) {
    go_on_with_errand(tracee);
  } else if (tracee.behind_call) {
    const auto behind_call = std::exchange(tracee.behind_call, nullptr);
    auto registers = read_registers(tracee.thread);
    if (registers) behind_call(*registers);
  }
  resume(tracee);
}

void Tracer::resume(const Tracee& tracee, int signal) {
  const auto how = tracee.needs_call_stops() ? PTRACE_SYSCALL : PTRACE_CONT;
  ptrace(how, tracee.thread, nullptr, signal);
}

}  // namespace bytepath::intercept
