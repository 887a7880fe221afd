#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

// "0 0 4294967295": identity over all user ids, which only the first namespace has.
bool is_initial_map(std::string_view map) {
  const auto fields = words(map);
  if (fields.empty()) return true;  // no /proc, or a kernel without user namespaces
  return fields.size() == 3 && fields[0] == "0" && fields[1] == "0" && fields[2] == "4294967295";
}

std::string program_path(const Root& root) {
  std::error_code failure;
  const auto path = std::filesystem::read_symlink(root.at("/proc/self/exe"), failure);
  return failure ? "PROBE" : path.string();
}

}  // namespace

Situation read_situation(const Root& root, const Attempts& attempts) {
  const auto status = read_file(root.at("/proc/self/status"), 1U << 16U);
  return {
      .root = root,
      .attempts = attempts,
      .has_proc = status.has_value(),
      .status = parse_process_status(status.value_or("")),
      .initial_user_namespace = is_initial_map(read_line_or(root.at("/proc/self/uid_map"), "")),
      .program = program_path(root),
      .kernel = read_kernel_facts(root),
  };
}

std::optional<Attempt> attempt(const Situation& situation, std::string_view id) {
  const auto found = situation.attempts.find(id);
  if (found == situation.attempts.end()) return std::nullopt;
  return found->second;
}

bool worked(const Situation& situation, std::string_view id) {
  const auto outcome = attempt(situation, id);
  return outcome && !outcome->killed && outcome->error == 0;
}

std::string attempt_evidence(const Situation& situation, std::string_view id) {
  const auto outcome = attempt(situation, id);
  std::string result = "not tried";
  if (outcome && outcome->killed) result = "killed by SIGSYS";
  if (outcome && !outcome->killed) result = outcome->error == 0 ? "ok" : errno_name(outcome->error);
  return fmt::format("{}: {}", attempted_call(id), result);
}

std::optional<long> setting(const Situation& situation, std::string_view path) {
  const auto text = read_line_or(situation.root.at(path), "");
  long value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

bool has_path(const Situation& situation, std::string_view path) {
  std::error_code ignored;
  return std::filesystem::exists(situation.root.at(path), ignored);
}

bool in_container(const Situation& situation) {
  const auto& container = situation.kernel.container;
  if (container.kind.empty()) return false;
  return !container.sees_host_processes || !situation.initial_user_namespace ||
         under_seccomp_filter(situation);
}

bool under_seccomp_filter(const Situation& situation) {
  return situation.status.seccomp.value_or(0) != 0;
}

namespace {

// "cap_bpf,cap_perfmon" -> "--cap-add=BPF --cap-add=PERFMON"
std::string container_options(std::string_view capabilities) {
  std::string options;
  for (const auto capability : split(capabilities, ',')) {
    options += " --cap-add=";
    for (const char letter : capability.substr(std::string_view("cap_").size())) {
      options += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
  }
  return options;
}

}  // namespace

std::string seccomp_remedy(const Situation& situation, std::string_view capabilities) {
  const auto& kind = situation.kernel.container.kind;
  if (kind == "docker" || kind == "podman") {
    return fmt::format("start the container with: {} run --security-opt seccomp=unconfined{}", kind,
                       container_options(capabilities));
  }
  if (kind == "kubernetes") {
    return "set securityContext.seccompProfile.type: Unconfined for the pod";
  }
  return "run it outside of whatever filters its system calls (systemd: SystemCallFilter=, "
         "a container or a sandbox: its seccomp profile)";
}

namespace {

// setcap replaces what a file had, so what this process got that way is named again.
std::string with_held(const Situation& situation, std::string_view capabilities) {
  std::string all(capabilities);
  const auto wanted = split(capabilities, ',');
  for (const auto capability : relevant_capabilities()) {
    std::string held;
    for (const char letter : name(capability)) {
      held += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    if (situation.status.has(capability) && std::ranges::find(wanted, held) == wanted.end()) {
      all += "," + held;
    }
  }
  return all;
}

}  // namespace

std::string capability_remedy(const Situation& situation, std::string_view capabilities) {
  if (!situation.initial_user_namespace) {
    return fmt::format(
        "nothing inside this user namespace: its capabilities do not count here; run it on the "
        "host, or as root of a container that is not rootless, with {}",
        capabilities);
  }
  return fmt::format("sudo, or once: sudo setcap {}+ep {}", with_held(situation, capabilities),
                     situation.program);
}

std::optional<Judgement> judge_common(const Situation& situation, std::string_view id,
                                      std::string_view capabilities) {
  const auto outcome = attempt(situation, id);
  auto evidence = attempt_evidence(situation, id);
  if (!outcome) {
    return Judgement{
        .state = State::unknown, .evidence = evidence, .remedy = "run doctor on the host itself"};
  }
  if (outcome->killed) {
    return Judgement{.state = State::refused,
                     .evidence = evidence,
                     .remedy = seccomp_remedy(situation, capabilities)};
  }
  if (outcome->error == 0) return Judgement{.state = State::available, .evidence = evidence};
  if (outcome->error == ENOSYS && under_seccomp_filter(situation)) {
    return Judgement{.state = State::refused,
                     .evidence = evidence + "; Seccomp: 2 in /proc/self/status",
                     .remedy = seccomp_remedy(situation, capabilities)};
  }
  if (outcome->error == EMFILE || outcome->error == ENFILE) {
    return Judgement{.state = State::unknown,
                     .evidence = evidence,
                     .remedy = "ulimit -n 4096 (no file descriptor was left to try it with)"};
  }
  return std::nullopt;
}

}  // namespace bytepath::host
