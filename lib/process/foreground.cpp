#include "process/foreground.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace bytepath::process {

using namespace std::chrono_literals;

Result<SpawnOutcome> run_in_foreground(const ForegroundCommand& command, const std::string& path,
                                       SpawnHelper& helper) {
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  SpawnRequest request{.path = path,
                       .arguments = command.words,
                       .input = STDIN_FILENO,
                       .output = STDOUT_FILENO,
                       .error = STDERR_FILENO,
                       .own_group = false,
                       .credentials = command.credentials};
  if (command.quiet) request.input = request.output = request.error = null.get();
  for (char** each = environ; *each != nullptr; ++each) request.environment.emplace_back(*each);
  auto ended = helper.run(request);
  if (!ended && ended.error().kind == ErrorKind::usage && ended.error().hint.empty())
    return fail(ErrorKind::usage, ended.error().message, "is the path right, and may it be run?");
  return ended;
}

Attendance attend(const Descriptor& process,
                  const std::optional<std::chrono::nanoseconds>& duration, const Progress& progress,
                  std::string_view what) {
  using Clock = std::chrono::steady_clock;
  constexpr auto look_interval = 200ms;
  const auto begin = Clock::now();
  Attendance attendance;
  while (true) {
    auto wait = std::chrono::nanoseconds(look_interval);
    if (duration) {
      const auto left = *duration - (Clock::now() - begin);
      if (left <= 0ns) break;
      wait = std::min(wait, std::chrono::nanoseconds(left));
    }
    pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};  // below 0: not looked at
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    if (::poll(&ended, 1, static_cast<int>(milliseconds)) > 0) break;
    if (!progress(0, 0, what)) {
      attendance.asked_to_stop = true;
      break;
    }
  }
  attendance.wall_ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  return attendance;
}

}  // namespace bytepath::process
