#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/root.h"
#include "host/doctor_attempts.h"

// What this user can measure and trace on this host, with the reason and the way out of what is
// not possible. `cpu-probe doctor` shows all of it; a probe that was refused something finds its
// row by id.
namespace bytepath::host {

struct Capability {
  enum class State {
    available,    // works for this user
    refused,      // the host could, this user may not
    unsupported,  // the kernel, the CPU or the hypervisor has not got it
    degraded,     // works in part, or works but disturbs what is measured
    unknown,      // cannot be told from here
  };
  std::string id;    // "perf.hardware": stable, for programs
  std::string what;  // "hardware events in user and kernel mode"
  std::string why;   // which measurement needs it
  State state = State::unknown;
  std::string evidence;  // what was seen: "perf_event_open(cycles): ENOENT"
  std::string remedy;    // the command that enables it, or why nothing can; "" when available
};

std::string_view name(Capability::State state);

// Tries everything and reads what it needs of /proc and /sys: 10 to 25 ms, nothing is changed.
std::vector<Capability> examine();

// The same judgement over recorded files and outcomes.
std::vector<Capability> examine(const Root& root, const Attempts& attempts);

// The row with that id, or nullptr.
const Capability* find_capability(const std::vector<Capability>& capabilities, std::string_view id);

}  // namespace bytepath::host
