#include "counters/tracepoint.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::counters {
namespace {

// Keeps "." and "/" out, so that a name cannot lead out of tracefs.
bool is_plain_word(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !word.empty() && word.find_first_not_of(plain) == std::string_view::npos;
}

int errno_of_access(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0 ? 0 : errno;
}

}  // namespace

bool may_be_tracepoint(std::string_view name) {
  const auto words = split(name, ':');
  return words.size() == 2 && std::ranges::all_of(words, is_plain_word);
}

Result<std::optional<std::uint64_t>> find_tracepoint(std::string_view name, const Root& root) {
  constexpr std::size_t id_bytes = 64;
  bool denied = false;
  const auto words = split(name, ':');
  for (const auto* place : {"/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"}) {
    const std::string events = root.at(place);
    const std::string path = fmt::format("{}/{}/{}/id", events, words.front(), words.back());
    if (const auto id = read_file(path, id_bytes)) return parse_unsigned(trim(*id));
    if (errno_of_access(path) == EACCES) {
      denied = true;
    } else if (errno_of_access(events) == 0) {
      return std::nullopt;
    }
  }
  if (denied) {
    return fail(ErrorKind::denied, "tracefs is not readable by this user", "run as root");
  }
  return fail(ErrorKind::unsupported, "tracefs is not mounted",
              "mount -t tracefs tracefs /sys/kernel/tracing");
}

}  // namespace bytepath::counters
