#include "cli/interrupt.h"

#include <csignal>

namespace bytepath::cli {
namespace {

volatile std::sig_atomic_t received = 0;

void note(int number) { received = number; }

}  // namespace

Interrupt::Interrupt() {
  received = 0;
  struct sigaction action{};
  action.sa_handler = note;
  // SA_RESTART is left out: a system call that waits must return so that the work can stop.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

int Interrupt::signal() { return received; }

}  // namespace bytepath::cli
