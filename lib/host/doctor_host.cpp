#include <array>

#include "base/file.h"
#include "host/cgroup_limits.h"
#include "host/doctor_rows.h"
#include "host/noise.h"
#include "libbpf/libbpf.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

Judgement proc(const Situation& situation) {
  if (situation.has_proc) return {.state = State::available, .evidence = "/proc/self/status"};
  return {.state = State::refused,
          .evidence = "no /proc/self/status",
          .remedy = "sudo mount -t proc proc /proc (in a chroot: from outside, on its /proc)"};
}

Judgement container(const Situation& situation) {
  const auto& found = situation.kernel.container;
  if (found.kind.empty()) return {.state = State::available, .evidence = "no sign of a container"};
  auto evidence = fmt::format("{} ({})", found.kind, found.how);
  if (!in_container(situation)) {
    return {.state = State::available,
            .evidence = evidence +
                        ", but process 2 is kthreadd and nothing is restricted: a "
                        "machine made from an image"};
  }
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy = "run it on the host for what is refused here"};
}

Judgement hypervisor(const Situation& situation) {
  if (!situation.has_proc) {
    return {.state = State::unknown, .evidence = "no /proc/cpuinfo", .remedy = "see host.proc"};
  }
  if (!situation.kernel.virtual_machine) {
    return {.state = State::available, .evidence = "no hypervisor flag in /proc/cpuinfo"};
  }
  const auto& name = situation.kernel.hypervisor;
  return {.state = State::degraded,
          .evidence = fmt::format("hypervisor flag in /proc/cpuinfo; {}",
                                  name.empty() ? "its name is not told" : name),
          .remedy = "nothing in this guest: caches and page tables are shared with other guests"};
}

Judgement frequency(const Situation& situation) {
  const auto& root = situation.root;
  const auto governor =
      read_line_or(root.at("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"), "");
  const auto boost = read_line_or(root.at("/sys/devices/system/cpu/cpufreq/boost"), "");
  const auto no_turbo = read_line_or(root.at("/sys/devices/system/cpu/intel_pstate/no_turbo"), "");
  if (governor.empty()) {
    return {.state = State::unknown,
            .evidence = "no /sys/devices/system/cpu/cpu0/cpufreq",
            .remedy = situation.kernel.virtual_machine
                          ? "nothing in this guest: the host sets the frequency"
                          : "boot a kernel with the cpufreq driver of this CPU"};
  }
  const bool boosts = boost == "1" || no_turbo == "0";
  auto evidence = fmt::format("governor {}{}", governor, boosts ? ", boost on" : "");
  if (governor == "performance") {
    return {.state = State::available, .evidence = std::move(evidence)};
  }
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy = "sudo cpupower frequency-set -g performance"};
}

Judgement steal(const Situation& situation) {
  const auto times = read_cpu_times(situation.root);
  if (!times) return {.state = State::unknown, .evidence = "no /proc/stat"};
  const double share = steal_share({}, *times).value_or(0);
  auto evidence = fmt::format("steal {:.2f} % of the time wanted since boot", share * 100);
  // One part in a hundred is what a median over repeated samples hides without trouble.
  if (share < 0.01) return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy = "nothing in this guest: other guests take the CPU; ask for a dedicated one"};
}

Judgement cpus(const Situation& situation) {
  const auto online =
      count_cpus(read_line_or(situation.root.at("/sys/devices/system/cpu/online"), ""));
  const auto allowed = count_cpus(situation.status.allowed_cpus);
  const auto limits = read_cgroup_limits(situation.root);
  if (!online && !allowed) return {.state = State::unknown, .evidence = "no /proc and no /sys"};
  std::string evidence = allowed ? fmt::format("{} allowed", *allowed) : "";
  if (online) evidence += fmt::format("{}{} online", evidence.empty() ? "" : " of ", *online);
  if (limits.cpus) {
    return {.state = State::degraded,
            .evidence = fmt::format("{}; {}: {:.2f} CPUs", evidence, limits.cpu_file, *limits.cpus),
            .remedy =
                "raise the quota where the group was made (systemd: CPUQuota=, containers: "
                "--cpus): a throttled process waits for up to 100 ms"};
  }
  if (online && allowed && *allowed < *online) {
    return {.state = State::degraded,
            .evidence = std::move(evidence),
            .remedy = "taskset -c 0- COMMAND, unless a cpuset of the container is the limit"};
  }
  return {.state = State::available, .evidence = std::move(evidence)};
}

Judgement clock(const Situation& situation) {
  const auto source = read_line_or(
      situation.root.at("/sys/devices/system/clocksource/clocksource0/current_clocksource"), "");
  const auto cpuinfo = cpuinfo_text(situation.root);
  const bool invariant =
      has_cpu_flag(cpuinfo, "constant_tsc") && has_cpu_flag(cpuinfo, "nonstop_tsc");
  if (source.empty()) return {.state = State::unknown, .evidence = "no clocksource in /sys"};
  auto evidence =
      fmt::format("clocksource {}, {}", source, invariant ? "TSC invariant" : "TSC not invariant");
  // kvm-clock and hyperv reach the TSC through a page of the vDSO, at the same cost.
  const bool by_vdso = source == "tsc" || source == "kvm-clock" || source.starts_with("hyperv");
  if (by_vdso && invariant) return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::degraded,
          .evidence = std::move(evidence),
          .remedy = by_vdso ? "nothing: this CPU or hypervisor does not promise an even TSC"
                            : "boot with tsc=reliable if the TSC is known to be good: each reading "
                              "of this clock costs a system call"};
}

// fusermount3 is setuid and opens the device for everybody.
Judgement fuse(const Situation& situation) {
  if (auto common = judge_common(situation, "open.fuse", "cap_sys_admin")) return *common;
  auto evidence = attempt_evidence(situation, "open.fuse");
  const int error = attempt(situation, "open.fuse")->error;
  if (error != EACCES && error != EPERM) {
    return {.state = State::unsupported,
            .evidence = std::move(evidence),
            .remedy = !in_container(situation)
                          ? "sudo modprobe fuse"
                          : "start the container with --device /dev/fuse --cap-add=SYS_ADMIN"};
  }
  if (error == EPERM && in_container(situation)) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = "start the container with --device /dev/fuse --cap-add=SYS_ADMIN"};
  }
  if (has_path(situation, "/usr/bin/fusermount3")) {
    return {.state = State::degraded,
            .evidence = evidence + "; /usr/bin/fusermount3 may open it",
            .remedy = "none needed for mounts of this user"};
  }
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = "sudo; or sudo apt install fuse3, whose fusermount3 mounts for everybody"};
}

Judgement bpf_library(const Situation&) {
  if (auto library = libbpf::available(); !library) {
    return {.state = State::unsupported,
            .evidence = library.error().message,
            .remedy = library.error().hint};
  }
  return {.state = State::available, .evidence = "libbpf " + libbpf::version()};
}

constexpr std::array rows = {
    Row{"host.proc", "/proc", "every probe: most facts of this list come from there", proc},
    Row{"host.container", "no container in between",
        "every tracer: a container takes permissions away", container},
    Row{"host.hypervisor", "no hypervisor in between",
        "every probe: a guest sees neither all counters nor the real page tables", hypervisor},
    Row{"host.libbpf", "the library that loads BPF programs", "every tracer", bpf_library},
    Row{"cpu.count", "CPUs of this process", "every probe: rounds on other CPUs, and the quota",
        cpus},
    Row{"cpu.frequency", "a steady CPU frequency", "every timing: cycles and nanoseconds agree",
        frequency},
    Row{"cpu.steal", "a CPU that nobody takes away",
        "every timing: stolen time looks like slow "
        "memory",
        steal},
    Row{"clock.source", "a cheap and even clock", "every timing below a microsecond", clock},
    Row{"fuse.device", "FUSE mounts", "chunk-probe: a mount whose fetches are known", fuse},
};

}  // namespace

std::span<const Row> host_rows() { return rows; }

}  // namespace bytepath::host
