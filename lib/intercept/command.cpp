#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include "intercept/interruption.h"
#include "intercept/launch.h"
#include "intercept/launched_child.h"
#include "intercept/process_status.h"
#include "intercept/tracer.h"

namespace bytepath::intercept {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto tick_every = 4ms;  // so that with what handle_some() takes it is within 5 ms
constexpr auto ask_every = 50ms;

std::uint64_t nanoseconds(Clock::time_point time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// Counts of a process that is read in two ways may be a little apart.
std::uint64_t difference(std::uint64_t all, std::uint64_t before) {
  return all - std::min(all, before);
}

// Something that is to be done every so often.
class Repeated {
 public:
  explicit Repeated(Clock::duration every) : every_(every), due_(Clock::now() + every) {}
  bool is_due(Clock::time_point now) {
    if (now < due_) return false;
    due_ = now + every_;
    return true;
  }
  void not_before(Clock::time_point time) { due_ = std::max(due_, time); }
  Clock::duration rest(Clock::time_point now) const {
    return std::max(due_ - now, Clock::duration::zero());
  }

 private:
  Clock::duration every_;
  Clock::time_point due_;
};

}  // namespace

struct Command::State {
  Request request;
  Launched launched;
  ProcessTable table;

  Outcome outcome(const Tracer& tracer, const FaultCounts& before) const;
  void watch(Tracer& tracer, Interceptor& interceptor, Interruption& interruption,
             const std::function<void()>& tick) const;
};

int Outcome::exit_code() const {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int Outcome::signal() const { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

Result<Command> Command::start(const Request& request) {
  BYTEPATH_TRY(launched, launch(request));
  auto state = std::make_unique<State>(State{.request = request, .launched = std::move(launched)});
  state->table.add_first(state->launched.pid).has_stopped = true;
  return Command(std::move(state));
}

Command::Command(std::unique_ptr<State> state) : state_(std::move(state)) {}
Command::Command(Command&&) noexcept = default;

Command::~Command() {
  if (!state_) return;
  for (const pid_t process : state_->table.processes()) kill(process, SIGKILL);
  while (!state_->table.empty()) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (thread < 0 && errno != EINTR) return;
    if (thread < 0) continue;
    if (WIFSTOPPED(status)) {
      kill(thread, SIGKILL);  // one that was made meanwhile
      ptrace(PTRACE_CONT, thread, nullptr, 0);
    } else {
      state_->table.remove(thread);
    }
  }
}

pid_t Command::pid() const { return state_->launched.pid; }

void Command::State::watch(Tracer& tracer, Interceptor& interceptor, Interruption& interruption,
                           const std::function<void()>& tick) const {
  Repeated ticks(tick_every);
  Repeated questions(ask_every);
  // The kernel takes pages away from a process when memory is short; what was touched long before
  // the end is then only seen by looking now and then. At most a twentieth of the time.
  Repeated looks(1s);
  for (auto handled = tracer.handle_some(); handled != Tracer::Handled::the_last;
       handled = tracer.handle_some()) {
    if (handled == Tracer::Handled::all) Tracer::wait_for_more(ticks.rest(Clock::now()));
    const auto now = Clock::now();
    if (ticks.is_due(now) && tick) tick();
    if (questions.is_due(now)) {
      tracer.adopt_orphans();
      if (interruption.is_wanted(now)) {
        interceptor.tell_all();
        for (const pid_t process : table.processes()) kill(process, interruption.next_signal());
        interruption.done(now);
      }
    }
    if (request.look_at_pages && looks.is_due(now)) {
      interceptor.tell_all();
      const auto end = Clock::now();
      looks.not_before(end + 20 * (end - now));
    }
  }
}

Outcome Command::State::outcome(const Tracer& tracer, const FaultCounts& before) const {
  const FirstEnd& end = tracer.first_end();
  const auto count = [](long value) { return static_cast<std::uint64_t>(std::max(0L, value)); };
  return {
      .ended_ns = end.time_ns,
      .status = end.status,
      .user_us = difference(microseconds(end.used.ru_utime), launched.user_us),
      .system_us = difference(microseconds(end.used.ru_stime), launched.system_us),
      .minor_faults = difference(count(end.used.ru_minflt), before.minor),
      .major_faults = difference(count(end.used.ru_majflt), before.major),
      .blocks_in = difference(count(end.used.ru_inblock), launched.blocks_in),
      .max_rss_kib = tracer.peak_rss_kib() != 0 ? tracer.peak_rss_kib() : count(end.used.ru_maxrss),
      .stops = tracer.stops()};
}

Result<Outcome> Command::run(Observer& observer, const std::function<void()>& tick) {
  State& state = *state_;
  const Request& request = state.request;
  Interceptor interceptor(request.policy, request.look_at_pages, state.launched.filters, observer,
                          state.table);
  Tracer tracer(state.launched.pid, state.table, interceptor);
  Interruption interruption(request.interrupted);
  const ChildSignal child_signal;
  const FaultCounts before = read_fault_counts(state.launched.pid);
  const std::uint64_t started_ns = nanoseconds(Clock::now());
  let_go(state.launched);
  state.watch(tracer, interceptor, interruption, tick);
  if (auto started = check_started(state.launched, request); !started) {
    return std::unexpected(started.error());
  }
  if (!tracer.first_end().seen) {
    return fail(ErrorKind::failed, "the end of the command was not seen",
                "something else in this process waits for its children");
  }
  Outcome outcome = state.outcome(tracer, before);
  outcome.started_ns = started_ns;
  outcome.interrupted = interruption.happened();
  return outcome;
}

}  // namespace bytepath::intercept
