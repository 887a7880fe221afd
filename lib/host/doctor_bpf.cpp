#include <array>

#include "base/file.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

constexpr std::string_view needed = "cap_bpf,cap_perfmon";

std::string user_evidence(const Situation& situation) {
  std::string missing;
  for (const auto capability : {LinuxCapability::bpf, LinuxCapability::perfmon}) {
    if (situation.status.has(capability)) continue;
    missing += (missing.empty() ? "; without " : " and ") + std::string(name(capability));
  }
  return missing;
}

Judgement judge_refusal(const Situation& situation, std::string_view id) {
  auto evidence = attempt_evidence(situation, id) + user_evidence(situation);
  const bool may =
      situation.status.has(LinuxCapability::bpf) && situation.status.has(LinuxCapability::perfmon);
  if (!may || !situation.initial_user_namespace) {
    // kernel.unprivileged_bpf_disabled=0 would not help: it frees only socket filters.
    const bool filtered = situation.initial_user_namespace && under_seccomp_filter(situation);
    auto remedy =
        filtered ? seccomp_remedy(situation, needed) : capability_remedy(situation, needed);
    return {.state = State::refused, .evidence = std::move(evidence), .remedy = std::move(remedy)};
  }
  if (under_seccomp_filter(situation)) {
    return {.state = State::refused,
            .evidence = evidence + "; Seccomp: 2 in /proc/self/status",
            .remedy = seccomp_remedy(situation, needed)};
  }
  return {.state = State::refused,
          .evidence = evidence + ", with CAP_BPF and CAP_PERFMON",
          .remedy = "nothing: a security module or this vendor's kernel refuses it to everybody"};
}

Judgement judge_bpf(const Situation& situation, std::string_view id) {
  if (auto common = judge_common(situation, id, needed)) return *common;
  auto evidence = attempt_evidence(situation, id);
  switch (attempt(situation, id)->error) {
    case EPERM:
    case EACCES:
      return judge_refusal(situation, id);
    case ENOSYS:
      return {.state = State::unsupported,
              .evidence = std::move(evidence),
              .remedy = "boot a kernel built with CONFIG_BPF_SYSCALL"};
    case ENOMEM:
      return {.state = State::refused,
              .evidence = std::move(evidence),
              .remedy = "ulimit -l unlimited (kernels before 5.11 charge BPF memory to it)"};
    default:
      return {.state = State::unsupported,
              .evidence = std::move(evidence),
              .remedy = "boot a newer kernel, or one built with this part of BPF"};
  }
}

template <std::array id>
Judgement attempted(const Situation& situation) {
  return judge_bpf(situation, std::string_view(id.data()));
}

template <std::size_t size>
constexpr std::array<char, size> text(const char (&characters)[size]) {
  return std::to_array(characters);
}

// The program type exists in kernels without kprobes; the event source to attach to does not.
Judgement kprobe(const Situation& situation) {
  constexpr std::string_view source = "/sys/bus/event_source/devices/kprobe";
  if (!has_path(situation, source)) {
    return {.state = State::unsupported,
            .evidence = fmt::format("no {}", source),
            .remedy = "boot a kernel built with CONFIG_KPROBE_EVENTS (no probe needs it)"};
  }
  return judge_bpf(situation, "bpf.kprobe");
}

// The helper is refused to the program as if it did not exist.
Judgement read_kernel(const Situation& situation) {
  auto judgement = judge_bpf(situation, "bpf.read-kernel");
  const auto program = attempt(situation, "bpf.raw-tracepoint");
  if (judgement.state == State::available || !program || program->error != 0) return judgement;
  if (situation.kernel.lockdown != Lockdown::confidentiality) return judgement;
  return {.state = State::refused,
          .evidence = judgement.evidence + "; lockdown = confidentiality",
          .remedy = "boot with lockdown=integrity or without lockdown="};
}

Judgement types(const Situation& situation) {
  constexpr std::string_view path = "/sys/kernel/btf/vmlinux";
  if (has_path(situation, path)) {
    return {.state = State::available, .evidence = std::string(path)};
  }
  if (!has_path(situation, "/sys/kernel")) {
    return {.state = State::unknown,
            .evidence = "no /sys/kernel",
            .remedy = "sudo mount -t sysfs sysfs /sys"};
  }
  return {.state = State::unsupported,
          .evidence = fmt::format("no {}", path),
          .remedy = "boot a kernel built with CONFIG_DEBUG_INFO_BTF"};
}

Judgement unprivileged(const Situation& situation) {
  constexpr std::string_view path = "/proc/sys/kernel/unprivileged_bpf_disabled";
  const auto disabled = setting(situation, path);
  if (!disabled) {
    return {.state = State::unknown, .evidence = fmt::format("no {}", path)};
  }
  auto evidence = fmt::format("kernel.unprivileged_bpf_disabled = {}", *disabled);
  if (*disabled == 0) return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = "leave it: it would free only socket filters, which no probe uses"};
}

constexpr std::array rows = {
    Row{"bpf.raw-tracepoint", "BPF programs at raw tracepoints",
        "fault-probe and chunk-probe: exact counts of faults, reads and fetches",
        attempted<text("bpf.raw-tracepoint")>},
    Row{"bpf.tracepoint", "BPF programs at tracepoints",
        "chunk-probe: request and socket events by name", attempted<text("bpf.tracepoint")>},
    Row{"bpf.perf-event", "BPF programs at perf events",
        "fault-probe: the end of a page fault, from the software event after it",
        attempted<text("bpf.perf-event")>},
    Row{"bpf.syscall", "BPF programs that run once on request",
        "fault-probe: a walk of another process's page tables", attempted<text("bpf.syscall")>},
    Row{"bpf.read-kernel", "reading kernel memory in a BPF program",
        "cpu-probe: the copy instruction that the running kernel really uses", read_kernel},
    Row{"bpf.fentry", "BPF programs at kernel functions (fentry)",
        "none: raw tracepoints serve instead; other tools need it", attempted<text("bpf.fentry")>},
    Row{"bpf.iterator", "BPF iterators", "none: snapshots of kernel objects in other tools",
        attempted<text("bpf.iterator")>},
    Row{"bpf.kprobe", "BPF programs at kprobes",
        "none: raw tracepoints serve instead; other tools need it", kprobe},
    Row{"bpf.ring-buffer", "BPF ring buffers", "every tracer: events from kernel to probe",
        attempted<text("bpf.ring-buffer")>},
    Row{"bpf.task-storage", "BPF storage by task",
        "fault-probe: the state of each thread between two events",
        attempted<text("bpf.task-storage")>},
    Row{"bpf.types", "types of the running kernel (BTF)",
        "every tracer: fields are found where this kernel keeps them", types},
    Row{"bpf.unprivileged", "BPF without any capability", "nothing: shown because people ask",
        unprivileged},
};

}  // namespace

std::span<const Row> bpf_rows() { return rows; }

}  // namespace bytepath::host
