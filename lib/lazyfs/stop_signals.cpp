#include "lazyfs/stop_signals.h"

#include <ctime>

namespace bytepath::lazyfs {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

StopSignals::~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool StopSignals::came() {
  constexpr timespec now{};
  if (!came_) came_ = sigtimedwait(&signals_, nullptr, &now) > 0;
  return came_;
}

void StopSignals::wait() {
  while (!came_) came_ = sigwaitinfo(&signals_, nullptr) > 0;
}

}  // namespace bytepath::lazyfs
