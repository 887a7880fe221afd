#pragma once

namespace bytepath::cli {

// While it lives, the first SIGINT, SIGTERM or SIGHUP is only noted, so that the report of what was
// measured so far can be written; a second one, unless it follows at once, ends the program as
// usual.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // The signal that came, or 0.
  static int signal();

 private:
  bool hangs_up_ = false;  // when the terminal does
};

}  // namespace bytepath::cli
