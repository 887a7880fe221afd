#include "intercept/errand.h"

#include <sys/ptrace.h>

#include <cerrno>
#include <utility>

namespace bytepath::intercept {
namespace {

// sizeof(sigset_t) of the kernel, as ptrace(2) asks for.
constexpr auto mask_bytes = sizeof(std::uint64_t);

bool begin_call(Tracee& tracee) {
  Errand& errand = *tracee.errand;
  errand.in_call = false;
  const Call& call = errand.calls.front();
  return write_registers(tracee.thread, with_call(errand.resume, call.number, call.arguments));
}

void finish(Tracee& tracee) {
  const std::unique_ptr<Errand> errand = std::move(tracee.errand);
  write_registers(tracee.thread, errand->resume);
  ptrace(PTRACE_SETSIGMASK, tracee.thread, mask_bytes, &errand->signal_mask);
  if (errand->done) errand->done();
}

}  // namespace

Result<> start_errand(Tracee& tracee, const Registers& after, std::deque<Call> calls,
                      std::function<void()> done) {
  if (!is_behind_call(tracee.thread, after.rip)) {
    return fail(ErrorKind::unsupported,
                fmt::format("thread {} is not behind a 64-bit system call", tracee.thread));
  }
  Errand errand{.resume = after, .calls = std::move(calls), .done = std::move(done)};
  const std::uint64_t all = ~std::uint64_t{0};
  if (ptrace(PTRACE_GETSIGMASK, tracee.thread, mask_bytes, &errand.signal_mask) != 0 ||
      ptrace(PTRACE_SETSIGMASK, tracee.thread, mask_bytes, &all) != 0) {
    return fail_errno(errno, "cannot hold back the signals of thread {}", tracee.thread);
  }
  tracee.errand = std::make_unique<Errand>(std::move(errand));
  if (tracee.errand->calls.empty() || !begin_call(tracee)) finish(tracee);
  return {};
}

void go_on_with_errand(Tracee& tracee) {
  Errand& errand = *tracee.errand;
  if (!errand.in_call) {
    errand.in_call = true;
    return;
  }
  const auto registers = read_registers(tracee.thread);
  if (!registers) return;  // killed: its end will be told
  const Call call = std::move(errand.calls.front());
  errand.calls.pop_front();
  if (call.then) call.then(registers->rax);
  if (errand.calls.empty() || !begin_call(tracee)) finish(tracee);
}

}  // namespace bytepath::intercept
