#include "host/doctor.h"

#include <gmock/gmock.h>

#include <array>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::host {
namespace {

using State = Capability::State;
using testing::HasSubstr;

int errno_by_name(std::string_view name) {
  for (int error = 0; error < 134; ++error) {
    if (errno_name(error) == name) return error;
  }
  ADD_FAILURE() << "no errno is called " << name;
  return -1;
}

// "id ok|killed|ERRNO [value]" a line.
Attempts read_attempts(const std::string& path) {
  Attempts attempts;
  const auto text = read_file(path);
  EXPECT_TRUE(text) << path;
  const std::string content = text.value_or("");
  for (const auto line : split(trim(content), '\n')) {
    const auto fields = words(line);
    if (fields.size() < 2) continue;
    Attempt attempt{.killed = fields[1] == "killed"};
    if (fields[1] != "ok" && !attempt.killed) attempt.error = errno_by_name(fields[1]);
    if (fields.size() > 2) {
      attempt.value = static_cast<std::int64_t>(parse_unsigned(fields[2]).value_or(0));
    }
    attempts.emplace(fields[0], attempt);
  }
  return attempts;
}

std::vector<Capability> examine_case(std::string_view name) {
  const std::string folder = std::string(BYTEPATH_TEST_DATA "/doctor/") + std::string(name);
  return examine(Root{folder}, read_attempts(folder + "/attempts"));
}

struct Expected {
  const char* host;
  const char* id;
  State state;
  const char* evidence;  // part of it
  const char* remedy;    // part of it; "" wants an empty one
};

constexpr std::array expectations = {
    // A PMU that everything may use.
    Expected{"bare-metal-root", "perf.hardware", State::available, "cycles): ok", ""},
    Expected{"bare-metal-root", "perf.rdpmc", State::available, "ok", ""},
    Expected{"bare-metal-root", "perf.tracepoint", State::available, "ok", ""},
    Expected{"bare-metal-root", "kernel.text", State::available, "kcore): ok", ""},
    Expected{"bare-metal-root", "bpf.fentry", State::available, "ok", ""},
    Expected{"bare-metal-root", "memory.huge-pages-backed", State::available, "no hypervisor", ""},
    Expected{"bare-metal-root", "memory.lock", State::available, "CAP_IPC_LOCK", ""},
    Expected{"bare-metal-root", "cpu.frequency", State::available, "performance, boost on", ""},
    Expected{"bare-metal-root", "user.capabilities", State::available, "CAP_SYSLOG", ""},
    Expected{"bare-metal-root", "host.container", State::available, "no sign", ""},
    Expected{"bare-metal-root", "page-cache.memory-limit", State::available, "no memory limit", ""},
    Expected{"bare-metal-root", "memory.hugetlb", State::refused, "0 of 0", "vm.nr_hugepages=64"},
    Expected{"bare-metal-root", "clock.source", State::available, "tsc, TSC invariant", ""},
    // The user-mode half belongs to everybody.
    Expected{"user-paranoid-2", "perf.hardware", State::refused, "perf_event_paranoid = 2",
             "sysctl kernel.perf_event_paranoid=1; or sudo, or once: sudo setcap cap_perfmon+ep"},
    Expected{"user-paranoid-2", "perf.hardware.user", State::available, "ok", ""},
    Expected{"user-paranoid-2", "perf.registers.user", State::available, "ok", ""},
    Expected{"user-paranoid-2", "perf.system-wide", State::refused, "EACCES", "paranoid=0;"},
    Expected{"user-paranoid-2", "perf.tracepoint", State::refused, "EACCES", "paranoid=-1;"},
    Expected{"user-paranoid-2", "bpf.raw-tracepoint", State::refused,
             "EPERM; without CAP_BPF and CAP_PERFMON", "setcap cap_bpf,cap_perfmon+ep PROBE"},
    Expected{"user-paranoid-2", "bpf.unprivileged", State::refused, "disabled = 2", "leave it"},
    Expected{"user-paranoid-2", "kernel.symbols", State::refused, "every address",
             "setcap cap_syslog+ep PROBE; or for everybody: sudo sysctl kernel.kptr_restrict=0"},
    Expected{"user-paranoid-2", "kernel.text", State::refused, "EPERM",
             "cap_bpf,cap_perfmon,cap_syslog+ep"},
    Expected{"user-paranoid-2", "kernel.tracefs", State::refused, "EACCES", "cap_dac_read_search"},
    Expected{"user-paranoid-2", "memory.userfaultfd", State::refused,
             "vm.unprivileged_userfaultfd = 0", "sysctl vm.unprivileged_userfaultfd=1"},
    Expected{"user-paranoid-2", "memory.userfaultfd.wp-async", State::available, "0x1ffff", ""},
    Expected{"user-paranoid-2", "memory.page-frames", State::refused, "are 0", "cap_sys_admin"},
    Expected{"user-paranoid-2", "memory.lock", State::degraded, "8 MiB", "ulimit -l"},
    Expected{"user-paranoid-2", "user.ptrace", State::available, "ptrace_scope = 0", ""},
    Expected{"user-paranoid-2", "fuse.device", State::refused, "EACCES", "fuse3"},
    // Debian and Ubuntu refuse even user-mode events.
    Expected{"user-paranoid-4", "perf.software.user", State::refused, "perf_event_paranoid = 4",
             "sudo sysctl kernel.perf_event_paranoid=2; or"},
    Expected{"user-paranoid-4", "perf.software", State::refused, "EACCES", "paranoid=1; or"},
    Expected{"user-paranoid-4", "perf.hardware.user", State::refused, "EACCES", "paranoid=2; or"},
    Expected{"user-paranoid-4", "perf.rdpmc", State::refused, "EACCES", "paranoid=2; or"},
    Expected{"user-paranoid-4", "user.ptrace", State::degraded, "ptrace_scope = 1",
             "sysctl kernel.yama.ptrace_scope=0"},
    // A guest without counters: no permission would help.
    Expected{"vm-without-pmu-root", "perf.hardware", State::unsupported, "ENOENT; hypervisor flag",
             "nothing in this guest: the hypervisor offers no PMU"},
    Expected{"vm-without-pmu-root", "perf.software", State::available, "ok", ""},
    Expected{"vm-without-pmu-root", "bpf.fentry", State::refused, "EPERM, with CAP_BPF",
             "nothing: a security module or this vendor's kernel"},
    Expected{"vm-without-pmu-root", "bpf.kprobe", State::unsupported, "no /sys", "KPROBE_EVENTS"},
    Expected{"vm-without-pmu-root", "kernel.text", State::available, "kcore): ENOENT", ""},
    Expected{"vm-without-pmu-root", "kernel.lockdown", State::unknown, "no /sys", "securityfs"},
    Expected{"vm-without-pmu-root", "cpu.msr", State::unsupported, "ENOENT", "modprobe msr"},
    Expected{"vm-without-pmu-root", "memory.huge-pages-backed", State::unknown, "hypervisor",
             "measure it"},
    Expected{"vm-without-pmu-root", "page-cache.damon", State::degraded,
             "kdamond 0: pageout on paddr", "leave it"},
    Expected{"vm-without-pmu-root", "page-cache.balloon", State::degraded, "from order 9",
             "touch memory once"},
    Expected{"vm-without-pmu-root", "cpu.steal", State::degraded, "steal 4.72 %", "dedicated"},
    Expected{"vm-without-pmu-user", "perf.hardware", State::unsupported,
             "cycles): EACCES; perf_event_open(cycles:u): ENOENT", "offers no PMU"},
    Expected{"vm-without-pmu-user", "page-cache.damon", State::unknown, "root only", "sudo cat"},
    Expected{"lockdown-confidentiality", "perf.registers", State::refused,
             "lockdown = confidentiality", "boot with lockdown=integrity"},
    Expected{"lockdown-confidentiality", "perf.sampling", State::available, "ok", ""},
    Expected{"lockdown-confidentiality", "bpf.read-kernel", State::refused,
             "EINVAL; lockdown = confidentiality", "boot with lockdown=integrity"},
    Expected{"lockdown-confidentiality", "kernel.text", State::refused, "confidentiality",
             "boot with lockdown=integrity"},
    Expected{"lockdown-confidentiality", "kernel.tracefs", State::refused, "confidentiality",
             "boot with lockdown=integrity"},
    Expected{"lockdown-confidentiality", "kernel.lockdown", State::refused, "confidentiality",
             "boot with"},
    Expected{"bare-metal-root", "kernel.lockdown", State::available, "none", ""},
    // Capabilities of a user namespace are no capabilities, and the filter answers before.
    Expected{"podman-rootless-seccomp", "host.container", State::degraded,
             "podman (/run/.containerenv)", "on the host"},
    Expected{"podman-rootless-seccomp", "perf.software.user", State::refused, "Seccomp: 2",
             "podman run --security-opt seccomp=unconfined --cap-add=PERFMON"},
    Expected{"podman-rootless-seccomp", "perf.software", State::refused, "paranoid = 2",
             "on the host: sudo sysctl kernel.perf_event_paranoid=1"},
    Expected{"podman-rootless-seccomp", "bpf.raw-tracepoint", State::refused, "EPERM",
             "nothing inside this user namespace"},
    Expected{"podman-rootless-seccomp", "page-cache.cachestat", State::refused, "ENOSYS; Seccomp",
             "seccomp=unconfined"},
    Expected{"podman-rootless-seccomp", "memory.userfaultfd.wp-async", State::refused, "ENOSYS",
             "seccomp=unconfined"},
    Expected{"podman-rootless-seccomp", "user.capabilities", State::degraded, "user namespace",
             "on the host"},
    Expected{"podman-rootless-seccomp", "user.seccomp", State::degraded, "Seccomp: 2", "podman"},
    Expected{"podman-rootless-seccomp", "page-cache.memory-limit", State::degraded,
             "/sys/fs/cgroup/memory.max: 2 GiB", "--memory"},
    Expected{"podman-rootless-seccomp", "cpu.count", State::degraded, "cpu.max: 1.50 CPUs",
             "--cpus"},
    Expected{"podman-rootless-seccomp", "fuse.device", State::unsupported, "ENOENT",
             "--device /dev/fuse"},
    Expected{"docker-seccomp-kill", "bpf.raw-tracepoint", State::refused, "killed by SIGSYS",
             "docker run --security-opt seccomp=unconfined --cap-add=BPF --cap-add=PERFMON"},
    Expected{"docker-seccomp-kill", "bpf.ring-buffer", State::refused, "EPERM; without CAP_BPF",
             "seccomp=unconfined --cap-add=BPF"},
    Expected{"kernel-without-btf", "bpf.types", State::unsupported, "no /sys/kernel/btf",
             "CONFIG_DEBUG_INFO_BTF"},
    Expected{"kernel-without-btf", "bpf.task-storage", State::unsupported, "EINVAL", "newer"},
    Expected{"kernel-without-btf", "bpf.raw-tracepoint", State::available, "ok", ""},
    Expected{"kernel-without-btf", "page-cache.cachestat", State::unsupported, "ENOSYS",
             "Linux 6.5"},
    Expected{"kernel-without-btf", "memory.page-scan", State::unsupported, "ENOTTY", "Linux 6.7"},
    Expected{"kernel-without-btf", "memory.userfaultfd.wp-async", State::unsupported, "0x7fff",
             "Linux 6.7"},
    Expected{"kernel-without-btf", "perf.rdpmc", State::degraded, "cap_user_rdpmc = 0", "rdpmc"},
    Expected{"kptr-restrict-2", "kernel.symbols", State::refused, "kptr_restrict = 2",
             "sudo sysctl kernel.kptr_restrict=1"},
    Expected{"kptr-restrict-2", "kernel.text", State::refused, "kptr_restrict = 2",
             "sudo sysctl kernel.kptr_restrict=1"},
    // setcap replaces, so the remedy names what the file has already.
    Expected{"setcap-user", "bpf.raw-tracepoint", State::available, "ok", ""},
    Expected{"setcap-user", "perf.software", State::available, "ok", ""},
    Expected{"setcap-user", "perf.tracepoint", State::degraded, "EACCES", "tracefs"},
    Expected{"setcap-user", "user.capabilities", State::degraded, "CAP_PERFMON CAP_BPF; without",
             "setcap"},
    Expected{"setcap-user", "kernel.symbols", State::refused, "every address",
             "setcap cap_syslog,cap_perfmon,cap_bpf+ep PROBE"},
    Expected{"chroot-without-proc", "host.proc", State::refused, "no /proc", "mount -t proc"},
    Expected{"chroot-without-proc", "host.container", State::degraded, "chroot (no /proc)", "host"},
    Expected{"chroot-without-proc", "kernel.symbols", State::unknown, "no /proc", "host.proc"},
    Expected{"chroot-without-proc", "bpf.raw-tracepoint", State::available, "ok", ""},
    Expected{"chroot-without-proc", "bpf.types", State::unknown, "no /sys", "mount -t sysfs"},
    Expected{"chroot-without-proc", "page-cache.damon", State::unknown, "no /sys", "sysfs"},
    Expected{"chroot-without-proc", "user.capabilities", State::unknown, "no /proc", "host.proc"},
    Expected{"chroot-without-proc", "memory.huge-pages", State::unknown, "no /sys", "sysfs"},
    Expected{"chroot-without-proc", "perf.hardware", State::available, "ok", ""},
};

TEST(Doctor, JudgesRecordedHosts) {
  for (const auto& expected : expectations) {
    SCOPED_TRACE(std::string(expected.host) + " " + expected.id);
    const auto capabilities = examine_case(expected.host);
    const auto* row = find_capability(capabilities, expected.id);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(name(row->state), name(expected.state)) << row->evidence;
    EXPECT_THAT(row->evidence, HasSubstr(expected.evidence));
    if (*expected.remedy == '\0') {
      EXPECT_EQ(row->remedy, "");
    } else {
      EXPECT_THAT(row->remedy, HasSubstr(expected.remedy));
    }
  }
}

std::set<std::string> recorded_hosts() {
  std::set<std::string> hosts;
  for (const auto& entry : std::filesystem::directory_iterator(BYTEPATH_TEST_DATA "/doctor")) {
    if (entry.is_directory()) hosts.insert(entry.path().filename());
  }
  return hosts;
}

TEST(Doctor, EveryRowOfEveryHostIsComplete) {
  const auto hosts = recorded_hosts();
  ASSERT_GE(hosts.size(), 10U);
  for (const auto& host : hosts) {
    const auto capabilities = examine_case(host);
    std::set<std::string> ids;
    for (const auto& row : capabilities) {
      SCOPED_TRACE(host + " " + row.id);
      EXPECT_TRUE(ids.insert(row.id).second) << "the id is there twice";
      EXPECT_NE(row.what, "");
      EXPECT_NE(row.why, "");
      EXPECT_NE(row.evidence, "");
      EXPECT_EQ(row.remedy.find('\n'), std::string::npos);
      EXPECT_FALSE(row.state == State::available && !row.remedy.empty()) << row.remedy;
      const bool closed = row.state == State::refused || row.state == State::unsupported;
      EXPECT_FALSE(closed && row.remedy.empty());
      // Every attempt a row asks for is one that is made: its id is spelled right.
      EXPECT_THAT(row.evidence, testing::Not(HasSubstr("not tried")));
    }
  }
}

TEST(Doctor, EveryAttemptIsUsedByARow) {
  const auto attempts = read_attempts(BYTEPATH_TEST_DATA "/doctor/bare-metal-root/attempts");
  const Root root{BYTEPATH_TEST_DATA "/doctor/bare-metal-root"};
  const auto describe = [&](const Attempts& tried) {
    std::string all;
    for (const auto& row : examine(root, tried)) all += row.id + row.evidence + row.remedy + "\n";
    return all;
  };
  const auto before = describe(attempts);
  for (const auto& [id, attempt] : attempts) {
    // /dev/userfaultfd matters only when the system call is refused.
    if (id == "open.userfaultfd" || id == "memory.lock-limit") continue;
    auto changed = attempts;
    changed[id] = {.error = EINVAL};
    EXPECT_NE(describe(changed), before) << id << " changes nothing";
  }
}

TEST(Doctor, WithoutAttemptsNothingTriedIsCalledAvailable) {
  const Root root{BYTEPATH_TEST_DATA "/doctor/bare-metal-root"};
  for (const auto& row : examine(root, {})) {
    if (row.id.starts_with("perf.") || row.id == "bpf.raw-tracepoint" || row.id == "kernel.text") {
      EXPECT_EQ(name(row.state), "unknown") << row.id;
    }
  }
}

TEST(Doctor, FindsNoRowOfAnotherName) {
  EXPECT_EQ(find_capability({{.id = "perf.software"}}, "perf"), nullptr);
}

}  // namespace
}  // namespace bytepath::host
