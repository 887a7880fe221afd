#include "cli/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "report/printable.h"

namespace bytepath::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

bool wants_color(std::string_view color) {
  if (color == "always") return true;
  if (color == "never" || !environment("NO_COLOR").empty()) return false;
  return isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
}

// The locale's character set by the rule of setlocale(3): LC_ALL, then LC_CTYPE, then LANG.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos;
  }
  return false;
}

std::size_t width() {
  constexpr std::size_t narrowest = 40;
  constexpr std::size_t widest = 200;
  constexpr std::size_t usual = 80;
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    return std::clamp<std::size_t>(window.ws_col, narrowest, widest);
  }
  const auto columns = parse_unsigned(environment("COLUMNS"));
  return columns ? std::clamp<std::size_t>(*columns, narrowest, widest) : usual;
}

// A message may repeat a value of any length, and its reason comes after that.
std::string without_middle(const std::string& text) {
  constexpr std::size_t most = 5000;  // more than PATH_MAX
  constexpr std::size_t kept_begin = 400;
  constexpr std::size_t kept_end = 400;
  if (text.size() <= most) return text;
  const auto begins_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
  };
  std::size_t first = kept_begin;
  std::size_t last = text.size() - kept_end;
  while (!begins_character(first)) --first;
  while (!begins_character(last)) --last;
  return fmt::format("{} [{} bytes left out] {}", text.substr(0, first), last - first,
                     text.substr(last));
}

}  // namespace

void guard_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    // open() takes the lowest free number, which is fd.
    (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

report::Target standard_output(std::string_view color, bool verbose) {
  return {.color = wants_color(color),
          .unicode = speaks_utf8(),
          .columns = width(),
          .verbose = verbose};
}

void print_error(std::string_view program, const Error& error) {
  // A name that is in it may hold anything.
  const auto shown = [](const std::string& part) {
    return without_middle(report::printable(part));
  };
  std::string text = fmt::format("{}: {}\n", program, shown(error.message));
  if (!error.hint.empty()) text += fmt::format("hint: {}\n", shown(error.hint));
  (void)std::fputs(text.c_str(), stderr);
}

}  // namespace bytepath::cli
