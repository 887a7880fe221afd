#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

Judgement no_proc() {
  return {.state = State::unknown, .evidence = "no /proc/self/status", .remedy = "see host.proc"};
}

Judgement capabilities(const Situation& situation) {
  if (!situation.status.effective_capabilities) return no_proc();
  std::string held;
  std::string missing;
  for (const auto capability : relevant_capabilities()) {
    auto& list = situation.status.has(capability) ? held : missing;
    list += (list.empty() ? "" : " ") + std::string(name(capability));
  }
  auto evidence = fmt::format("CapEff = {:016x}: {}", *situation.status.effective_capabilities,
                              held.empty() ? "none that matter" : held);
  if (!situation.initial_user_namespace) {
    return {.state = State::degraded,
            .evidence = evidence + "; in a user namespace, where most of them do not count",
            .remedy = "run it on the host, or as root of a container that is not rootless"};
  }
  if (missing.empty()) return {.state = State::available, .evidence = std::move(evidence)};
  return {
      .state = held.empty() ? State::refused : State::degraded,
      .evidence = evidence + "; without " + missing,
      .remedy = capability_remedy(situation, "cap_bpf,cap_perfmon,cap_syslog,cap_dac_read_search")};
}

Judgement seccomp(const Situation& situation) {
  if (!situation.has_proc) return no_proc();
  if (!situation.status.seccomp) {
    return {.state = State::available, .evidence = "a kernel without seccomp"};
  }
  auto evidence = fmt::format("Seccomp: {} in /proc/self/status", *situation.status.seccomp);
  if (*situation.status.seccomp == 0) {
    return {.state = State::available, .evidence = std::move(evidence)};
  }
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy = seccomp_remedy(situation, "cap_bpf,cap_perfmon")};
}

// Documentation/admin-guide/LSM/Yama.rst
Judgement ptrace(const Situation& situation) {
  if (!situation.has_proc) return no_proc();
  const auto scope = setting(situation, "/proc/sys/kernel/yama/ptrace_scope");
  if (!scope) return {.state = State::available, .evidence = "no Yama: own processes are open"};
  auto evidence = fmt::format("kernel.yama.ptrace_scope = {}", *scope);
  const bool may = situation.status.has(LinuxCapability::sys_ptrace);
  if (*scope <= 0 || (*scope <= 2 && may)) {
    return {.state = State::available, .evidence = std::move(evidence)};
  }
  if (*scope >= 3) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = "nothing until the next boot: 3 cannot be taken back"};
  }
  auto remedy = "sudo sysctl kernel.yama.ptrace_scope=0; or " +
                capability_remedy(situation, "cap_sys_ptrace");
  // Descendants stay open in scope 1: what the probe itself starts.
  return {.state = *scope == 1 ? State::degraded : State::refused,
          .evidence = std::move(evidence),
          .remedy = std::move(remedy)};
}

constexpr std::array rows = {
    Row{"user.capabilities", "capabilities of this user",
        "every tracer; each probe's manual lists its own under CAPABILITIES", capabilities},
    Row{"user.seccomp", "system calls without a filter",
        "every tracer: a filter answers for the kernel", seccomp},
    Row{"user.ptrace", "looking into other processes of this user",
        "run-probe and fault-probe: attaching to a running process", ptrace},
};

}  // namespace

std::span<const Row> user_rows() { return rows; }

}  // namespace bytepath::host
