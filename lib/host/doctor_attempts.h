#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

// The live half of the doctor: what happened when this process tried each thing it may need. The
// other half (doctor_rows.h) turns these outcomes into words and is tested on recorded ones.
namespace bytepath::host {

// error is an errno, 0 when it worked. value is what was learnt, if the row says so.
struct Attempt {
  int error = 0;
  std::int64_t value = 0;
  bool killed = false;  // a seccomp filter answers this system call with SIGSYS
};

using Attempts = std::map<std::string, Attempt, std::less<>>;

// One thing to try. run() leaves nothing behind: each descriptor and mapping is closed before it
// returns, no event is enabled, no program is attached.
struct AttemptRow {
  std::string_view id;    // "perf.cycles"
  std::string_view call;  // "perf_event_open(cycles)", as evidence shows it
  Attempt (*run)();
};

std::span<const AttemptRow> perf_attempts();
std::span<const AttemptRow> bpf_attempts();
std::span<const AttemptRow> file_attempts();
std::span<const AttemptRow> memory_attempts();

// The call of the row with that id; "" when no row has it.
std::string_view attempted_call(std::string_view id);

// Tries them all. A process under a seccomp filter tries them in a child, because a filter may kill
// instead of refusing; each such death is one SIGSYS line in the log of the host.
Attempts try_everything();

// As above for some rows, always in a child. A row in which the child died is marked killed.
Attempts try_in_child(std::span<const AttemptRow> rows);

// "EPERM"; "524" is written ENOTSUPP, which BPF uses and libc has no name for.
std::string errno_name(int error);

}  // namespace bytepath::host
