#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/units.h"

namespace bytepath::cli {

ProgressBar::ProgressBar(bool quiet) : silent_(quiet || isatty(STDERR_FILENO) != 1) {}

ProgressBar::~ProgressBar() { erase(); }

void ProgressBar::erase() {
  if (drawn_) (void)std::fputs("\r\x1b[2K", stderr);
  drawn_ = false;
}

void ProgressBar::show(std::size_t done, std::size_t total, std::string_view what) {
  constexpr std::size_t cells = 24;
  constexpr auto pause = std::chrono::milliseconds(50);
  const auto now = Clock::now();
  if (silent_ || total == 0) return;
  if (done < last_done_) started_ = now;
  last_done_ = done;
  if (now - last_ < pause) return;
  last_ = now;
  drawn_ = true;
  const double part = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
  std::string left;
  if (part > 0.05) {  // before that the rest is a guess
    const double spent = std::chrono::duration<double, std::nano>(now - started_).count();
    left = fmt::format(", {} left", format_duration(spent * (1 - part) / part));
  }
  const auto line = fmt::format("\r\x1b[2K[{}{}] {:3.0f} % {}{}", std::string(full, '#'),
                                std::string(cells - full, '.'), part * 100, what, left);
  (void)std::fputs(line.c_str(), stderr);
}

}  // namespace bytepath::cli
