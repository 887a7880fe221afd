#include <fmt/format.h>

#include <array>

#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

// The highest kernel.perf_event_paranoid that still lets everybody do it
// (Documentation/admin-guide/perf-security.rst). Upstream kernels never refuse user-mode events;
// Debian and Ubuntu do above 2 (their patch "security,perf: Allow further restriction").
enum Scope : int { any_process_raw = -1, any_process = 0, with_kernel = 1, user_only = 2 };

constexpr std::string_view paranoid_path = "/proc/sys/kernel/perf_event_paranoid";

Judgement judge_refusal(const Situation& situation, std::string_view id, Scope scope) {
  const auto paranoid = setting(situation, paranoid_path);
  auto evidence = attempt_evidence(situation, id);
  if (paranoid) evidence += fmt::format("; kernel.perf_event_paranoid = {}", *paranoid);
  const bool may = situation.status.has(LinuxCapability::perfmon);
  if ((may && situation.initial_user_namespace) || (paranoid && *paranoid <= scope)) {
    // The rules of perf allow it, so something else refuses.
    if (under_seccomp_filter(situation)) {
      return {.state = State::refused,
              .evidence = evidence + "; Seccomp: 2 in /proc/self/status",
              .remedy = seccomp_remedy(situation, "cap_perfmon")};
    }
    if (situation.kernel.lockdown == Lockdown::confidentiality) {
      return {.state = State::refused,
              .evidence = evidence + "; lockdown = confidentiality",
              .remedy = "boot with lockdown=integrity or without lockdown="};
    }
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = "nothing for this user: a security module refuses what perf itself allows"};
  }
  const auto command =
      fmt::format("sudo sysctl kernel.perf_event_paranoid={}", static_cast<int>(scope));
  if (!situation.initial_user_namespace) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = "on the host: " + command};
  }
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = fmt::format("{}; or {}", command, capability_remedy(situation, "cap_perfmon"))};
}

Judgement judge_event(const Situation& situation, std::string_view id, Scope scope) {
  if (auto common = judge_common(situation, id, "cap_perfmon")) return *common;
  auto evidence = attempt_evidence(situation, id);
  switch (attempt(situation, id)->error) {
    case EACCES:
    case EPERM:
      return judge_refusal(situation, id, scope);
    case ENOSYS:
      return {.state = State::unsupported,
              .evidence = std::move(evidence),
              .remedy = "boot a kernel built with CONFIG_PERF_EVENTS"};
    case EBUSY:
      return {.state = State::degraded,
              .evidence = std::move(evidence),
              .remedy =
                  "another user holds the counters; the NMI watchdog gives up its one with: "
                  "sudo sysctl kernel.nmi_watchdog=0"};
    default:
      return {.state = State::unsupported,
              .evidence = std::move(evidence),
              .remedy = "nothing: this kernel has no such event"};
  }
}

// Why there is no performance monitoring unit, and whether anything can be done.
Judgement judge_missing_unit(const Situation& situation, std::string_view id) {
  auto evidence = attempt_evidence(situation, id);
  if (attempt(situation, id)->error == EOPNOTSUPP) {
    return {.state = State::unsupported,
            .evidence = std::move(evidence),
            .remedy = "nothing: the counters of this CPU cannot do it"};
  }
  if (situation.kernel.virtual_machine) {
    return {.state = State::unsupported,
            .evidence = evidence + "; hypervisor flag in /proc/cpuinfo",
            .remedy =
                "nothing in this guest: the hypervisor offers no PMU (QEMU: -cpu host,pmu=on;"
                " clouds: a bare-metal or full-size instance)"};
  }
  return {.state = State::unsupported,
          .evidence = std::move(evidence),
          .remedy =
              "enable performance monitoring in the firmware, or boot a kernel that knows "
              "this CPU: sudo dmesg | grep 'Performance Events'"};
}

bool lacks_unit(int error) {
  return error == ENOENT || error == ENODEV || error == ENXIO || error == EOPNOTSUPP;
}

Judgement judge_hardware(const Situation& situation, std::string_view id, Scope scope) {
  if (auto common = judge_common(situation, id, "cap_perfmon")) return *common;
  if (lacks_unit(attempt(situation, id)->error)) return judge_missing_unit(situation, id);
  // Permission is checked first: only the attempt that is allowed tells that there is no PMU.
  const auto allowed = attempt(situation, "perf.cycles.user");
  if (allowed && lacks_unit(allowed->error)) {
    auto judgement = judge_missing_unit(situation, "perf.cycles.user");
    judgement.evidence = attempt_evidence(situation, id) + "; " + judgement.evidence;
    return judgement;
  }
  return judge_event(situation, id, scope);
}

Judgement hardware(const Situation& situation) {
  return judge_hardware(situation, "perf.cycles", with_kernel);
}

Judgement hardware_user(const Situation& situation) {
  return judge_hardware(situation, "perf.cycles.user", user_only);
}

Judgement rdpmc(const Situation& situation) {
  auto judgement = judge_hardware(situation, "perf.rdpmc", user_only);
  if (judgement.state != State::available) return judgement;
  if (attempt(situation, "perf.rdpmc")->value != 0) return judgement;
  return {.state = State::degraded,
          .evidence = "cap_user_rdpmc = 0 in the page of the event",
          .remedy =
              "echo 1 | sudo tee /sys/bus/event_source/devices/cpu/rdpmc "
              "(read(2) is used meanwhile)"};
}

Judgement time_stamp_counter(const Situation& situation) {
  const auto outcome = attempt(situation, "perf.tsc");
  if (outcome && outcome->error == ENOENT) {
    return {
        .state = State::unsupported,
        .evidence = attempt_evidence(situation, "perf.tsc") + "; /sys/bus/event_source/devices/msr",
        .remedy = "boot a kernel built with CONFIG_PERF_EVENTS and the msr event source"};
  }
  return judge_event(situation, "perf.tsc", with_kernel);
}

// What each event asks for is bound to its row here, so that the table below stays a table.
template <std::array id, Scope scope>
Judgement event(const Situation& situation) {
  return judge_event(situation, std::string_view(id.data()), scope);
}

template <std::size_t size>
constexpr std::array<char, size> text(const char (&characters)[size]) {
  return std::to_array(characters);
}

// The attempt stops before the last check of the kernel, which is for raw samples, and the number
// of a tracepoint must be read from tracefs first.
Judgement tracepoint(const Situation& situation) {
  auto judgement = judge_event(situation, "perf.tracepoint", any_process_raw);
  if (judgement.state != State::available) return judgement;
  const auto paranoid = setting(situation, paranoid_path);
  const bool raw = situation.status.has(LinuxCapability::perfmon) || (paranoid && *paranoid < 0);
  if (!raw) return judge_refusal(situation, "perf.tracepoint", any_process_raw);
  const auto files = attempt(situation, "open.tracefs");
  if (files && files->error == 0) return judgement;
  return {.state = State::degraded,
          .evidence = judgement.evidence + "; " + attempt_evidence(situation, "open.tracefs"),
          .remedy = "make tracefs readable, see kernel.tracefs"};
}

constexpr std::array rows = {
    Row{"perf.hardware", "hardware events in user and kernel mode",
        "memcpy-probe and run-probe: cycles, cache fills and store-forward conflicts", hardware},
    Row{"perf.hardware.user", "hardware events in user mode only",
        "as perf.hardware, without the copies that the kernel does", hardware_user},
    Row{"perf.rdpmc", "reading hardware counters without a system call",
        "memcpy-probe: counts around a single short copy", rdpmc},
    Row{"perf.software", "software events in user and kernel mode",
        "run-probe and fault-probe: page faults, also those inside read(2)",
        event<text("perf.faults"), with_kernel>},
    Row{"perf.software.user", "software events in user mode only",
        "run-probe: faults of the program itself (those inside read(2) are not seen)",
        event<text("perf.faults.user"), user_only>},
    Row{"perf.sampling", "sampling by clock in user and kernel mode",
        "run-probe: where the time goes, with the kernel's copies",
        event<text("perf.clock"), with_kernel>},
    Row{"perf.sampling.user", "sampling by clock in user mode only",
        "run-probe: where the time goes in the program and its libraries",
        event<text("perf.clock.user"), user_only>},
    Row{"perf.registers", "register values in samples, user and kernel mode",
        "run-probe: (destination - source) mod 4096 of each copy caught, also in the kernel",
        event<text("perf.registers"), with_kernel>},
    Row{"perf.registers.user", "register values in samples, user mode only",
        "run-probe: (destination - source) mod 4096 of the copies in libc",
        event<text("perf.registers.user"), user_only>},
    Row{"perf.system-wide", "events of every process on a CPU",
        "fault-probe and tier-probe: what other programs do meanwhile",
        event<text("perf.system-wide"), any_process>},
    Row{"perf.tracepoint", "kernel tracepoints as perf events",
        "fault-probe: fault and read-ahead events without BPF", tracepoint},
    Row{"perf.tsc", "the time stamp counter as a perf event",
        "run-probe: the clock that counters are set against", time_stamp_counter},
};

}  // namespace

std::span<const Row> perf_rows() { return rows; }

}  // namespace bytepath::host
