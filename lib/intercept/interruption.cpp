#include "intercept/interruption.h"

#include <csignal>

namespace bytepath::intercept {

bool Interruption::is_wanted(Time now) const {
  constexpr std::chrono::seconds patience(2);
  if (!asked_ || (sent_ > 0 && now - last_ < patience)) return false;
  return asked_();
}

int Interruption::next_signal() const {
  if (sent_ == 0) return SIGINT;
  return sent_ == 1 ? SIGTERM : SIGKILL;
}

void Interruption::done(Time now) {
  ++sent_;
  last_ = now;
}

}  // namespace bytepath::intercept
