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
  struct sigaction before{};
  sigaction(SIGHUP, nullptr, &before);
  // nohup(1) has it ignored, which is to stay so.
  hangs_up_ = before.sa_handler != SIG_IGN;
  if (hangs_up_) sigaction(SIGHUP, &action, nullptr);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (hangs_up_) std::signal(SIGHUP, SIG_DFL);
}

int Interrupt::signal() { return received; }

}  // namespace bytepath::cli
