#include "cli/interrupt.h"

#include <atomic>
#include <chrono>
#include <csignal>

namespace bytepath::cli {
namespace {

// timeout(1), sudo(8) and scripts pass a signal on that their whole group got too: what comes so
// soon is the same wish again, and nobody's second thought.
constexpr std::chrono::milliseconds one_wish(200);

using Clock = std::chrono::steady_clock;
static_assert(std::atomic<Clock::rep>::is_always_lock_free);  // as a signal handler may use it

volatile std::sig_atomic_t received = 0;
std::atomic<Clock::rep> received_at = 0;

void note(int number) {
  const Clock::rep now = Clock::now().time_since_epoch().count();
  if (received == 0) {
    received_at = now;
    received = number;
  } else if (Clock::duration(now - received_at) > one_wish) {
    std::signal(number, SIG_DFL);
    std::raise(number);  // comes when this handler has returned
  }
}

}  // namespace

Interrupt::Interrupt() {
  received = 0;
  struct sigaction action{};
  action.sa_handler = note;
  // SA_RESTART is left out: a system call that waits must return so that the work can stop. None of
  // the three interrupts the handling of another.
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaddset(&action.sa_mask, SIGHUP);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction before{};
  sigaction(SIGHUP, nullptr, &before);
  // nohup(1) has it ignored, which is to stay so.
  hangs_up_ = before.sa_handler != SIG_IGN;
  if (hangs_up_) sigaction(SIGHUP, &action, nullptr);
}

Interrupt::~Interrupt() {
  if (received != 0) return;  // the program ends by that one, and the same wish may still come
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (hangs_up_) std::signal(SIGHUP, SIG_DFL);
}

int Interrupt::signal() { return received; }

}  // namespace bytepath::cli
