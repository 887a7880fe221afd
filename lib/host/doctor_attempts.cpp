#include "host/doctor_attempts.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <vector>

#include "base/descriptor.h"
#include "base/file.h"
#include "host/process_status.h"

namespace bytepath::host {
namespace {

std::vector<AttemptRow> all_rows() {
  std::vector<AttemptRow> rows;
  for (const auto group : {perf_attempts(), bpf_attempts(), file_attempts(), memory_attempts()}) {
    rows.insert(rows.end(), group.begin(), group.end());
  }
  return rows;
}

// The child: one record a row, so that the parent knows in which one it died.
[[noreturn]] void report_attempts(std::span<const AttemptRow> rows, int pipe) {
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  std::signal(SIGSYS, SIG_DFL);
  for (const auto& row : rows) {
    const Attempt attempt = row.run();
    if (::write(pipe, &attempt, sizeof attempt) != static_cast<ssize_t>(sizeof attempt)) break;
  }
  ::_exit(0);
}

// Records until the child ends. A record is smaller than PIPE_BUF, so it arrives whole.
std::vector<Attempt> read_attempts(int pipe) {
  std::vector<Attempt> attempts;
  while (true) {
    Attempt attempt;
    const ssize_t got = ::read(pipe, &attempt, sizeof attempt);
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof attempt)) return attempts;
    attempts.push_back(attempt);
  }
}

void reap(pid_t child) {
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// As many rows as one child survives.
std::vector<Attempt> try_until_death(std::span<const AttemptRow> rows) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return {};
  if (child == 0) report_attempts(rows, writer.get());
  writer = Descriptor();
  auto attempts = read_attempts(reader.get());
  reap(child);
  return attempts;
}

}  // namespace

Attempts try_in_child(std::span<const AttemptRow> rows) {
  Attempts attempts;
  while (!rows.empty()) {
    const auto survived = try_until_death(rows);
    for (std::size_t row = 0; row < survived.size(); ++row) {
      attempts.emplace(rows[row].id, survived[row]);
    }
    rows = rows.subspan(survived.size());
    if (rows.empty()) break;
    attempts.emplace(rows[0].id, Attempt{.killed = true});
    rows = rows.subspan(1);
  }
  return attempts;
}

Attempts try_everything() {
  const auto rows = all_rows();
  const auto status = parse_process_status(read_line_or("/proc/self/status", ""));
  // Without /proc there is no harmless way to ask: prctl(PR_GET_SECCOMP) may itself be fatal.
  if (status.seccomp.value_or(1) != 0) return try_in_child(rows);
  Attempts attempts;
  for (const auto& row : rows) attempts.emplace(row.id, row.run());
  return attempts;
}

std::string_view attempted_call(std::string_view id) {
  for (const auto& row : all_rows()) {
    if (row.id == id) return row.call;
  }
  return "";
}

std::string errno_name(int error) {
  constexpr int not_supported_by_kernel = 524;  // ENOTSUPP of include/linux/errno.h
  if (error == not_supported_by_kernel) return "ENOTSUPP";
  const char* known = ::strerrorname_np(error);
  return known != nullptr ? known : std::to_string(error);
}

}  // namespace bytepath::host
