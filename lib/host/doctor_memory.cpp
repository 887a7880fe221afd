#include <array>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "host/doctor_rows.h"

namespace bytepath::host {
namespace {

using State = Capability::State;

// "always [madvise] never" -> "madvise"
std::string chosen_word(std::string_view text) {
  for (const auto word : words(text)) {
    if (word.size() > 2 && word.front() == '[' && word.back() == ']') {
      return std::string(word.substr(1, word.size() - 2));
    }
  }
  return "";
}

constexpr std::string_view huge_path = "/sys/kernel/mm/transparent_hugepage/enabled";

Judgement transparent_huge_pages(const Situation& situation) {
  const auto choice = chosen_word(read_line_or(situation.root.at(huge_path), ""));
  if (choice.empty()) {
    if (!has_path(situation, "/sys/kernel")) {
      return {.state = State::unknown,
              .evidence = "no /sys/kernel",
              .remedy = "sudo mount -t sysfs sysfs /sys"};
    }
    return {.state = State::unsupported,
            .evidence = fmt::format("no {}", huge_path),
            .remedy = "boot a kernel built with CONFIG_TRANSPARENT_HUGEPAGE"};
  }
  auto evidence = fmt::format("{}: {}", huge_path, choice);
  if (choice != "never") return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = fmt::format("echo madvise | sudo tee {}", huge_path)};
}

// A guest's huge page is one only if the host backs it by one, and the guest is not told.
Judgement huge_pages_backed(const Situation& situation) {
  if (situation.kernel.virtual_machine) {
    return {.state = State::unknown,
            .evidence =
                "hypervisor flag in /proc/cpuinfo: the host may back a huge page by small "
                "ones",
            .remedy = "measure it: tier-probe finds how far the TLB reaches with huge pages"};
  }
  if (!situation.has_proc) return {.state = State::unknown, .evidence = "no /proc/cpuinfo"};
  return {.state = State::available, .evidence = "no hypervisor flag in /proc/cpuinfo"};
}

Judgement reserved_huge_pages(const Situation& situation) {
  constexpr std::string_view folder = "/sys/kernel/mm/hugepages/hugepages-2048kB";
  const auto total = setting(situation, fmt::format("{}/nr_hugepages", folder));
  const auto free = setting(situation, fmt::format("{}/free_hugepages", folder));
  if (!total || !free) {
    return {.state = State::unsupported,
            .evidence = fmt::format("no {}", folder),
            .remedy = "boot a kernel built with CONFIG_HUGETLBFS, with /sys mounted"};
  }
  auto evidence = fmt::format("{} of {} pages of 2 MiB free", *free, *total);
  if (*free > 0) return {.state = State::available, .evidence = std::move(evidence)};
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = fmt::format("sudo sysctl vm.nr_hugepages={} (takes that memory away from "
                                "everybody until set back)",
                                *total + 64)};
}

// A system call that a newer kernel would have, or that a filter hides.
Judgement judge_call(const Situation& situation, std::string_view id, std::string_view since) {
  if (auto common = judge_common(situation, id, "cap_sys_ptrace")) return *common;
  return {.state = State::unsupported,
          .evidence = attempt_evidence(situation, id),
          .remedy = fmt::format("boot Linux {} or newer", since)};
}

Judgement user_faults_only(const Situation& situation) {
  auto judgement = judge_call(situation, "memory.userfaultfd.user", "5.11");
  const auto outcome = attempt(situation, "memory.userfaultfd.user");
  if (outcome && outcome->error == EPERM && under_seccomp_filter(situation)) {
    judgement.state = State::refused;
    judgement.remedy = seccomp_remedy(situation, "cap_sys_ptrace");
  }
  return judgement;
}

// Faults taken inside the kernel (read(2) into the range) need more than those of user code.
Judgement all_faults(const Situation& situation) {
  const auto outcome = attempt(situation, "memory.userfaultfd");
  if (!outcome || outcome->killed || outcome->error != EPERM) {
    return judge_call(situation, "memory.userfaultfd", "4.3");
  }
  auto evidence = attempt_evidence(situation, "memory.userfaultfd");
  if (worked(situation, "open.userfaultfd")) {
    return {.state = State::available,
            .evidence = evidence + "; " + attempt_evidence(situation, "open.userfaultfd")};
  }
  if (const auto sysctl = setting(situation, "/proc/sys/vm/unprivileged_userfaultfd")) {
    evidence += fmt::format("; vm.unprivileged_userfaultfd = {}", *sysctl);
  }
  if (under_seccomp_filter(situation)) {
    return {.state = State::refused,
            .evidence = std::move(evidence),
            .remedy = seccomp_remedy(situation, "cap_sys_ptrace")};
  }
  return {.state = State::refused,
          .evidence = std::move(evidence),
          .remedy = "sudo sysctl vm.unprivileged_userfaultfd=1; or " +
                    capability_remedy(situation, "cap_sys_ptrace")};
}

// UFFD_FEATURE_WP_ASYNC of include/uapi/linux/userfaultfd.h
Judgement asynchronous_protection(const Situation& situation) {
  constexpr std::int64_t write_protect_async = std::int64_t{1} << 15U;
  const auto outcome = attempt(situation, "memory.userfaultfd.user");
  if (!outcome || outcome->killed || outcome->error != 0) return user_faults_only(situation);
  auto evidence = fmt::format("UFFDIO_API: features = {:#x}", outcome->value);
  if ((outcome->value & write_protect_async) != 0) {
    return {.state = State::available, .evidence = std::move(evidence)};
  }
  return {.state = State::unsupported,
          .evidence = std::move(evidence),
          .remedy = "boot Linux 6.7 or newer built with CONFIG_PTE_MARKER_UFFD_WP"};
}

Judgement page_scan(const Situation& situation) {
  return judge_call(situation, "memory.page-scan", "6.7");
}

Judgement page_frames(const Situation& situation) {
  if (auto common = judge_common(situation, "memory.page-frames", "cap_sys_admin")) {
    if (common->state != State::available) return *common;
    if (attempt(situation, "memory.page-frames")->value != 0) return *common;
    return {.state = State::refused,
            .evidence = "frame numbers in /proc/self/pagemap are 0",
            .remedy = capability_remedy(situation, "cap_sys_admin")};
  }
  return {.state = State::unsupported,
          .evidence = attempt_evidence(situation, "memory.page-frames"),
          .remedy = situation.has_proc ? "boot a kernel built with CONFIG_PROC_PAGE_MONITOR"
                                       : "see host.proc"};
}

Judgement memory_lock(const Situation& situation) {
  const auto outcome = attempt(situation, "memory.lock-limit");
  if (!outcome || outcome->killed || outcome->error != 0) {
    return judge_call(situation, "memory.lock-limit", "2.6");
  }
  if (situation.status.has(LinuxCapability::ipc_lock) && situation.initial_user_namespace) {
    return {.state = State::available, .evidence = "CAP_IPC_LOCK: no limit"};
  }
  if (outcome->value < 0) {
    return {.state = State::available, .evidence = "RLIMIT_MEMLOCK: unlimited"};
  }
  return {.state = State::degraded,
          .evidence = "RLIMIT_MEMLOCK: " + format_size(static_cast<std::uint64_t>(outcome->value)),
          .remedy = "ulimit -l unlimited (as root), or memlock in /etc/security/limits.conf"};
}

constexpr std::array rows = {
    Row{"memory.huge-pages", "transparent huge pages",
        "tier-probe and memcpy-probe: large buffers without TLB misses", transparent_huge_pages},
    Row{"memory.huge-pages-backed", "huge pages backed by huge pages of the host",
        "tier-probe: in a guest a huge page may give no TLB reach", huge_pages_backed},
    Row{"memory.hugetlb", "reserved huge pages", "tier-probe: --pages hugetlb",
        reserved_huge_pages},
    Row{"memory.userfaultfd", "userfaultfd for every fault",
        "fault-probe: touched pages counted exactly, also those the kernel touches", all_faults},
    Row{"memory.userfaultfd.user", "userfaultfd for faults of user code",
        "fault-probe: touched pages counted exactly, without root", user_faults_only},
    Row{"memory.userfaultfd.wp-async", "asynchronous write protection by userfaultfd",
        "fault-probe: the same without a handler thread", asynchronous_protection},
    Row{"memory.page-scan", "PAGEMAP_SCAN",
        "fault-probe: mapped pages of large mappings in one call (pagemap serves else)", page_scan},
    Row{"memory.page-frames", "physical frame numbers",
        "fault-probe: folio sizes from /proc/kpageflags", page_frames},
    Row{"memory.lock", "locking memory", "tier-probe: buffers that are not paged out meanwhile",
        memory_lock},
};

}  // namespace

std::span<const Row> memory_rows() { return rows; }

}  // namespace bytepath::host
