#include "faults/command_line.h"

#include <unistd.h>

namespace bytepath::faults {

Result<> CommandLine::resolve() {
  if (words.empty()) {
    return fail(ErrorKind::usage, "there is no command to run", "give it behind --");
  }
  BYTEPATH_TRY(found, process::find_program(words.front()));
  path = found;
  if (!as_root) credentials = process::invoking_user();
  return {};
}

intercept::Request CommandLine::request() const {
  intercept::Request request{.path = path, .arguments = words, .environment = {}};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    request.environment.emplace_back(*variable);
  }
  if (credentials) request.credentials = &*credentials;
  return request;
}

std::string CommandLine::text() const { return fmt::format("{}", fmt::join(words, " ")); }

}  // namespace bytepath::faults
