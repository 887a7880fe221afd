#pragma once
#include <csignal>

namespace bytepath::lazyfs {

// While it lives, SIGINT, SIGTERM and SIGHUP end nothing but are asked for, by a program whose end
// they are. To be made before there is a second thread, since each has its own mask.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Did one come?
  bool came();
  // Until one comes.
  void wait();

 private:
  sigset_t signals_{};
  sigset_t before_{};
  bool came_ = false;
};

}  // namespace bytepath::lazyfs
