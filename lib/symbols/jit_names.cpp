#include "symbols/jit_names.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "process/spawn.h"

namespace bytepath::symbols {
namespace {

constexpr std::size_t max_map_bytes = 256U << 20;
constexpr std::string_view map_hint =
    "start it so that it writes one: node --perf-basic-prof, python3 -X perf (3.12), "
    "DOTNET_PerfMapEnabled=1, or for Java jcmd PID Compiler.perfmap (17)";

// The start of a process in the seconds of file times; nothing where /proc does not tell.
std::optional<std::int64_t> start_of(const Root& root, std::string_view process) {
  constexpr std::size_t start_word = 19;  // starttime, the 22nd of proc(5), counted behind ')'
  const std::string text = read_line_or(root.at(fmt::format("/proc/{}/stat", process)), "");
  const std::size_t close = text.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  const auto fields = words(std::string_view(text).substr(close + 1));
  if (fields.size() <= start_word) return std::nullopt;
  const auto ticks = parse_unsigned(fields[start_word]);
  const long ticks_a_second = ::sysconf(_SC_CLK_TCK);
  timespec now{};
  timespec since_boot{};
  if (!ticks || ticks_a_second <= 0 || ::clock_gettime(CLOCK_REALTIME, &now) != 0 ||
      ::clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0)
    return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(*ticks) / ticks_a_second;
  // One second less, for what the roundings hide.
  return now.tv_sec - since_boot.tv_sec + seconds - 1;
}

struct Writer {
  std::string root;  // of the file system it sees
  std::uint64_t number = 0;
  std::optional<uid_t> user;  // nothing: it has ended
  std::optional<std::int64_t> since;
};

Writer writer_of(const Root& root, std::uint32_t process) {
  const auto status = read_file(root.at(fmt::format("/proc/{}/status", process)));
  const auto inner = status ? parse_inner_process(*status) : std::nullopt;
  if (!inner) return {.root = root.at("/"), .number = process, .since = start_of(root, "self")};
  return {.root = root.at(fmt::format("/proc/{}/root", process)),
          .number = inner->number,
          .user = inner->user,
          .since = start_of(root, fmt::format("{}", process))};
}

bool may_write(const Writer& writer, uid_t owner) {
  if (owner == 0) return true;
  if (writer.user) return owner == *writer.user;
  const auto invoking = process::invoking_user();
  return owner == ::geteuid() || (invoking && owner == invoking->user);
}

Result<Descriptor> open_map(const Writer& writer) {
  const std::string path = fmt::format("/tmp/perf-{}.map", writer.number);
  const Descriptor folder(::open(writer.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return fail_errno(errno, "cannot open the root of the process for {}", path);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long opened = ::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how);
  if (opened < 0 && errno == ENOENT)
    return fail(ErrorKind::unsupported, fmt::format("it wrote no {}", path), std::string(map_hint));
  if (opened < 0) return fail_errno(errno, "cannot open {}", path);
  Descriptor file(static_cast<int>(opened));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_errno(errno, "cannot examine {}", path);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::unsupported, fmt::format("{} is not a regular file", path),
                std::string(map_hint));
  if (!may_write(writer, status.st_uid))
    return fail(ErrorKind::denied, fmt::format("{} belongs to another user", path),
                fmt::format("remove it, and {}", map_hint));
  if (writer.since && status.st_mtim.tv_sec < *writer.since)
    return fail(ErrorKind::unsupported,
                fmt::format("{} is older than the process and was left by another one", path),
                std::string(map_hint));
  return file;
}

}  // namespace

std::optional<InnerProcess> parse_inner_process(std::string_view status_text) {
  std::optional<std::uint64_t> number;
  std::optional<std::uint64_t> user;
  for (const std::string_view line : split(status_text, '\n')) {
    const auto parts = words(line);
    if (parts.size() >= 2 && parts[0] == "NSpid:") number = parse_unsigned(parts.back());
    if (parts.size() >= 3 && parts[0] == "Uid:") user = parse_unsigned(parts[2]);
  }
  if (!number || !user) return std::nullopt;
  return InnerProcess{.number = *number, .user = static_cast<uid_t>(*user)};
}

std::optional<JitNames::Name> JitNames::find(std::uint32_t process, std::uint64_t address) {
  State& state = states_[process];
  auto found = state.map.find(address);
  if (!found && refresh(process, state)) found = state.map.find(address);
  if (!found) return std::nullopt;
  return Name{.text = std::string(found->name), .start = found->start};
}

bool JitNames::refresh(std::uint32_t process, State& state) {
  const auto file = open_map(writer_of(root_, process));
  struct stat status{};
  if (!file || ::fstat(file->get(), &status) != 0) {
    if (!file && state.bytes < 0)
      missing_->add(fmt::format("functions that process {} made at run time", process),
                    file.error().message, file.error().hint);
    return false;
  }
  if (status.st_size == state.bytes) return false;
  const auto text = read_file(fmt::format("/proc/self/fd/{}", file->get()), max_map_bytes);
  if (!text) {
    missing_->add(fmt::format("functions that process {} made at run time", process),
                  text.error().message, text.error().hint);
    return false;
  }
  state.bytes = status.st_size;
  state.map = PerfMap::parse(*text);
  return true;
}

}  // namespace bytepath::symbols
