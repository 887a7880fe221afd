#pragma once
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>
#include <utility>

namespace bytepath {

// What the caller can do about an error. Each kind has one exit status (see cli/probe.h).
enum class ErrorKind {
  usage,        // the command line or an input file is wrong: change it
  unsupported,  // this host cannot do it at all
  denied,       // this user may not; another user or a capability may
  failed,       // it should have worked: I/O, a crash, a full disk
};

struct Error {
  ErrorKind kind = ErrorKind::failed;
  std::string message;  // "cannot open /proc/7/maps: No such file or directory"
  std::string hint;     // the way out, or empty
};

// Every function that can fail returns a Result. Our code throws nothing.
template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = "") {
  return std::unexpected(
      Error{.kind = kind, .message = std::move(message), .hint = std::move(hint)});
}

// Wraps a failed call: fail_errno(errno, "cannot open {}", path). libbpf's -err goes in as -err.
template <class... Args>
std::unexpected<Error> fail_errno(int errno_value, fmt::format_string<Args...> what,
                                  Args&&... args) {
  const bool denied = errno_value == EPERM || errno_value == EACCES;
  return fail(denied ? ErrorKind::denied : ErrorKind::failed,
              fmt::format("{}: {}", fmt::format(what, std::forward<Args>(args)...),
                          std::strerror(errno_value)),
              denied ? "run as root, or see CAPABILITIES in the manual page" : "");
}

}  // namespace bytepath

// Unwraps or returns the error: BYTEPATH_TRY(file, open_file(path)); then use file.
#define BYTEPATH_TRY(name, expression)                                          \
  auto name##_result = (expression);                                            \
  if (!name##_result) return std::unexpected(std::move(name##_result).error()); \
  auto& name = *name##_result  // NOLINT(bugprone-macro-parentheses)
