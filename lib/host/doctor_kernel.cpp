#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/descriptor.h"
#include "base/text.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

// The first page of a symbol table that takes tens of milliseconds to read whole.
std::string read_beginning(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> page{};
  const ssize_t got = file ? ::read(file.get(), page.data(), page.size()) : -1;
  return got > 0 ? std::string(page.data(), static_cast<std::size_t>(got)) : "";
}

bool shows_address(std::string_view symbols) {
  const auto lines = split(symbols, '\n');
  return std::ranges::any_of(lines, [](std::string_view line) {
    const auto fields = words(line);
    return !fields.empty() && parse_unsigned(fields[0], 16).value_or(0) != 0;
  });
}

// CAP_SYSLOG with kptr_restrict below 2; without it kptr_restrict = 0 and paranoid <= 1
// (kallsyms_show_value() of the kernel).
std::string symbols_remedy(const Situation& situation, long restrict) {
  if (restrict >= 2) {
    return "sudo sysctl kernel.kptr_restrict=1; then " + capability_remedy(situation, "cap_syslog");
  }
  return capability_remedy(situation, "cap_syslog") +
         "; or for everybody: sudo sysctl kernel.kptr_restrict=0 kernel.perf_event_paranoid=1";
}

Judgement symbols(const Situation& situation) {
  const auto text = read_beginning(situation.root.at("/proc/kallsyms"));
  const auto restrict = setting(situation, "/proc/sys/kernel/kptr_restrict");
  const auto evidence =
      restrict ? fmt::format("kernel.kptr_restrict = {}", * restrict) : "no kernel.kptr_restrict";
  if (text.empty()) {
    if (!situation.has_proc) {
      return {.state = State::unknown, .evidence = "no /proc", .remedy = "see host.proc"};
    }
    return {.state = State::unsupported,
            .evidence = "no /proc/kallsyms",
            .remedy = "boot a kernel built with CONFIG_KALLSYMS"};
  }
  if (shows_address(text)) {
    return {.state = State::available, .evidence = "addresses in /proc/kallsyms; " + evidence};
  }
  return {.state = State::refused,
          .evidence = "every address in /proc/kallsyms is 0; " + evidence,
          .remedy = symbols_remedy(situation, restrict.value_or(0))};
}

// Two ways to the instructions that the running kernel executes (alternatives applied), and both
// need to know where they are.
Judgement kernel_text(const Situation& situation) {
  const auto found = symbols(situation);
  std::string evidence;
  for (const auto* id : {"bpf.read-kernel", "open.kcore"}) {
    evidence += (evidence.empty() ? "" : "; ") + attempt_evidence(situation, id);
  }
  const bool readable = worked(situation, "bpf.read-kernel") || worked(situation, "open.kcore");
  if (readable && found.state == State::available) {
    return {.state = State::available, .evidence = std::move(evidence)};
  }
  evidence += "; " + found.evidence;
  if (readable) {
    return {.state = found.state, .evidence = std::move(evidence), .remedy = found.remedy};
  }
  if (situation.kernel.lockdown == Lockdown::confidentiality) {
    return {.state = State::refused,
            .evidence = evidence + "; lockdown = confidentiality",
            .remedy = "boot with lockdown=integrity or without lockdown="};
  }
  const auto reader = attempt(situation, "bpf.read-kernel");
  if (!reader) return {.state = State::unknown, .evidence = std::move(evidence)};
  if (under_seccomp_filter(situation)) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = seccomp_remedy(situation, "cap_bpf,cap_perfmon,cap_syslog")};
  }
  if (reader->error == EPERM || reader->error == EACCES) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = capability_remedy(situation, "cap_bpf,cap_perfmon,cap_syslog")};
  }
  return {.state = State::unsupported,
          .evidence = std::move(evidence),
          .remedy =
              "boot a kernel with BPF or CONFIG_PROC_KCORE; meanwhile the copy path is "
              "inferred from the CPU flags"};
}

Judgement lockdown(const Situation& situation) {
  const auto level = situation.kernel.lockdown;
  auto evidence = fmt::format("/sys/kernel/security/lockdown: {}", name(level));
  switch (level) {
    case Lockdown::none:
      return {.state = State::available, .evidence = std::move(evidence)};
    case Lockdown::integrity:
      return {.state = State::degraded,
              .evidence = std::move(evidence),
              .remedy =
                  "none needed: kernel memory can be read, only debugfs settings and MSR "
                  "writes are closed"};
    case Lockdown::confidentiality:
      return {
          .state = State::refused,
          .evidence = std::move(evidence),
          .remedy = "boot with lockdown=integrity or without lockdown= (Secure Boot may set it)"};
    case Lockdown::unknown:
      break;
  }
  return {.state = State::unknown,
          .evidence = "no /sys/kernel/security/lockdown",
          .remedy =
              "sudo mount -t securityfs securityfs /sys/kernel/security (a kernel without "
              "the lockdown module has no such file, and no lockdown)"};
}

Judgement trace_files(const Situation& situation) {
  if (auto common = judge_common(situation, "open.tracefs", "cap_dac_read_search")) return *common;
  auto evidence = attempt_evidence(situation, "open.tracefs");
  const int error = attempt(situation, "open.tracefs")->error;
  if (error == EACCES) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = capability_remedy(situation, "cap_dac_read_search") +
                      "; or: sudo mount -o remount,mode=755 /sys/kernel/tracing"};
  }
  if (error == EPERM) {
    const bool locked = situation.kernel.lockdown == Lockdown::confidentiality;
    return {.state = State::refused,
            .evidence = evidence + (locked ? "; lockdown = confidentiality" : ""),
            .remedy = locked ? "boot with lockdown=integrity or without lockdown="
                             : capability_remedy(situation, "cap_sys_admin")};
  }
  if (has_path(situation, "/sys/kernel/tracing")) {
    return {.state = State::refused,
            .evidence = evidence + "; tracefs is not mounted",
            .remedy = "sudo mount -t tracefs tracefs /sys/kernel/tracing"};
  }
  return {.state = State::unsupported,
          .evidence = evidence + "; no /sys/kernel/tracing",
          .remedy = "boot a kernel built with CONFIG_TRACING, with /sys mounted"};
}

// A device file of the CPU: absent without its kernel module, open to root only.
Judgement device(const Situation& situation, std::string_view id, std::string_view module,
                 std::string_view capabilities) {
  if (auto common = judge_common(situation, id, capabilities)) return *common;
  auto evidence = attempt_evidence(situation, id);
  const int error = attempt(situation, id)->error;
  if (error == EACCES || error == EPERM) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = capability_remedy(situation, capabilities)};
  }
  return {
      .state = State::unsupported,
      .evidence = std::move(evidence),
      .remedy = fmt::format("sudo modprobe {} (a kernel built without it has no remedy)", module)};
}

Judgement model_registers(const Situation& situation) {
  return device(situation, "open.msr", "msr", "cap_sys_rawio,cap_dac_read_search");
}

Judgement cpuid_device(const Situation& situation) {
  return device(situation, "open.cpuid", "cpuid", "cap_dac_read_search");
}

constexpr std::array rows = {
    Row{"kernel.text", "the instructions that the running kernel executes",
        "cpu-probe: the kernel's copy path read, not inferred; run-probe: hot kernel instructions",
        kernel_text},
    Row{"kernel.symbols", "addresses of kernel symbols",
        "run-probe and cpu-probe: names for kernel addresses", symbols},
    Row{"kernel.lockdown", "kernel lockdown", "every tracer: confidentiality closes most of them",
        lockdown},
    Row{"kernel.tracefs", "numbers and formats of tracepoints (tracefs)",
        "fault-probe and chunk-probe: which events this kernel has", trace_files},
    Row{"cpu.msr", "model-specific registers",
        "cpu-probe: firmware switches of prefetchers and fast strings", model_registers},
    Row{"cpu.cpuid", "CPUID of every CPU through /dev/cpu",
        "cpu-probe: hybrid CPUs (visiting each CPU serves as well)", cpuid_device},
};

}  // namespace

std::span<const Row> kernel_rows() { return rows; }

}  // namespace bytepath::host
