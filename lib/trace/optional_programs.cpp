#include "trace/optional_programs.h"

#include <cerrno>
#include <cstring>

namespace bytepath::trace {

void lack(std::vector<MissingPart>& missing, const OptionalProgram& program, std::string reason) {
  if (!missing.empty() && missing.back().what == program.missing) return;
  missing.push_back({.what = program.missing,
                     .reason = std::move(reason),
                     .remedy = "a newer kernel, with the module loaded before where it is one"});
}

void attach_optional(const OptionalProgram& optional, std::vector<MissingPart>& missing) {
  if (!bpf_program__autoload(optional.program)) return;
  *optional.link = bpf_program__attach(optional.program);
  if (*optional.link != nullptr) return;
  const char* const why = errno == ENOENT ? "this kernel has none" : std::strerror(errno);
  lack(missing, optional, fmt::format("tracepoint {}: {}", optional.tracepoint, why));
}

}  // namespace bytepath::trace
