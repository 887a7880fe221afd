#include "trace/bpf_session.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::trace {
namespace {

constexpr std::size_t max_kept = 4096;
thread_local std::string kept;

int keep(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN || kept.size() > max_kept) return 0;
  std::array<char, 1024> line{};
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
  if (length > 0)
    kept.append(line.data(),
                std::min<std::size_t>(static_cast<std::size_t>(length), line.size() - 1));
  return length;
}

}  // namespace

LibbpfLog::LibbpfLog() : previous_(libbpf_set_print(keep)) { kept.clear(); }
LibbpfLog::~LibbpfLog() { libbpf_set_print(previous_); }

std::string LibbpfLog::take() {
  const std::string all = std::exchange(kept, {});
  return std::string(trim(std::string_view(all).substr(0, all.find('\n'))));
}

std::unexpected<Error> fail_load(int errno_value, const std::string& object,
                                 const std::string& said) {
  const std::string why = said.empty() ? "" : fmt::format(" ({})", said);
  if (errno_value == EPERM || errno_value == EACCES) {
    // Of a missing capability libbpf says what it tried next, such as to raise RLIMIT_MEMLOCK.
    const std::string verifier = errno_value == EACCES ? why : "";
    const std::string lockdown = read_line_or("/sys/kernel/security/lockdown", "");
    const bool confidential = lockdown.contains("[confidentiality]");
    return fail(ErrorKind::denied,
                fmt::format("the kernel refused the BPF program {}: {}{}", object,
                            std::strerror(errno_value), verifier),
                confidential ? "lockdown=confidentiality forbids reading kernel memory"
                             : "run as root, or give CAP_BPF and CAP_PERFMON");
  }
  // With too few to open, libbpf is refused a descriptor by EINVAL.
  constexpr rlim_t few_files = 20;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < few_files)
    return fail(ErrorKind::unsupported,
                fmt::format("cannot load the BPF program {}: this process may open {} files only",
                            object, files.rlim_cur),
                "a larger hard limit: ulimit -Hn");
  if (errno_value == EINVAL || errno_value == ENOSYS || errno_value == ENOENT)
    return fail(ErrorKind::unsupported,
                fmt::format("this kernel does not know what the BPF program {} needs: {}{}", object,
                            std::strerror(errno_value), why));
  return fail(ErrorKind::failed, fmt::format("cannot load the BPF program {}: {}{}", object,
                                             std::strerror(errno_value), why));
}

}  // namespace bytepath::trace
