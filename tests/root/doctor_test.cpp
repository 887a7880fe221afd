#include "host/doctor.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <set>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"

// What the doctor says is compared with what happens when the same thing is done another way: by
// libbpf's own probes, with counters that run, by reading whole files.
namespace bytepath::host {
namespace {

using State = Capability::State;
constexpr uid_t nobody = 65534;

bool says_available(const std::vector<Capability>& capabilities, std::string_view id) {
  const auto* row = find_capability(capabilities, id);
  return row != nullptr && row->state == State::available;
}

// Runs work in a child and returns what it complains about, or how it died.
std::string in_child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
  const Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return "no child";
  if (child == 0) {
    const bool sent = write_all(writer.get(), work(), "pipe").has_value();
    ::_exit(sent ? 0 : 1);
  }
  writer = Descriptor();
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(reader.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? text : fmt::format("{} (child ended with status {:#x})", text, status);
}

std::string as_user(uid_t user, const std::function<std::string()>& work) {
  return in_child([&]() -> std::string {
    if (user != 0 && ::setresgid(user, user, user) != 0) return "cannot change the group";
    if (user != 0 && ::setresuid(user, user, user) != 0) return "cannot change the user";
    // A process that changed its user does not own its files in /proc; one that was started does.
    ::prctl(PR_SET_DUMPABLE, 1);
    return work();
  });
}

bool loads_tracing(const char* function, bpf_attach_type attach) {
  const std::array instructions = {bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K},
                                   bpf_insn{.code = BPF_JMP | BPF_EXIT}};
  const int type = libbpf_find_vmlinux_btf_id(function, attach);
  if (type < 0) return false;
  bpf_prog_load_opts options{};
  options.sz = sizeof options;
  options.expected_attach_type = attach;
  options.attach_btf_id = static_cast<unsigned>(type);
  const Descriptor loaded(bpf_prog_load(BPF_PROG_TYPE_TRACING, nullptr, "GPL", instructions.data(),
                                        instructions.size(), &options));
  return static_cast<bool>(loaded);
}

// Whether an event counts this process touching fresh pages.
bool counts_faults(bool user_only) {
  constexpr std::size_t pages = 64;
  perf_event_attr attribute{};
  attribute.size = sizeof attribute;
  attribute.type = PERF_TYPE_SOFTWARE;
  attribute.config = PERF_COUNT_SW_PAGE_FAULTS;
  attribute.exclude_kernel = user_only ? 1 : 0;
  const Descriptor event(
      static_cast<int>(::syscall(SYS_perf_event_open, &attribute, 0, -1, -1, 0)));
  if (!event) return false;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* memory =
      ::mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ::madvise(memory, pages * page, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < pages; ++at) static_cast<volatile char*>(memory)[at * page] = 1;
  ::munmap(memory, pages * page);
  std::uint64_t count = 0;
  return ::read(event.get(), &count, sizeof count) == sizeof count && count >= pages;
}

bool opens(const char* path) {
  return static_cast<bool>(Descriptor(::open(path, O_RDONLY | O_CLOEXEC)));
}

bool shows_addresses() {
  const auto text = read_file("/proc/kallsyms", 64U << 20U).value_or("");
  for (const auto line : split(text, '\n')) {
    const auto fields = words(line);
    if (fields.size() > 2 && fields[2] == "_stext") return parse_unsigned(fields[0], 16) != 0U;
  }
  return false;
}

bool probes_type(bpf_prog_type type) { return libbpf_probe_bpf_prog_type(type, nullptr) == 1; }
bool probes_map(bpf_map_type type) { return libbpf_probe_bpf_map_type(type, nullptr) == 1; }

struct Check {
  const char* id;
  bool (*works)();
};

constexpr std::array checks = {
    Check{"bpf.raw-tracepoint", [] { return probes_type(BPF_PROG_TYPE_RAW_TRACEPOINT); }},
    Check{"bpf.tracepoint", [] { return probes_type(BPF_PROG_TYPE_TRACEPOINT); }},
    Check{"bpf.perf-event", [] { return probes_type(BPF_PROG_TYPE_PERF_EVENT); }},
    Check{"bpf.syscall", [] { return probes_type(BPF_PROG_TYPE_SYSCALL); }},
    Check{"bpf.ring-buffer", [] { return probes_map(BPF_MAP_TYPE_RINGBUF); }},
    Check{"bpf.task-storage", [] { return probes_map(BPF_MAP_TYPE_TASK_STORAGE); }},
    Check{"bpf.read-kernel",
          [] {
            return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_probe_read_kernel,
                                           nullptr) == 1 &&
                   probes_type(BPF_PROG_TYPE_RAW_TRACEPOINT);
          }},
    Check{"bpf.fentry", [] { return loads_tracing("bpf_fentry_test1", BPF_TRACE_FENTRY); }},
    Check{"bpf.iterator", [] { return loads_tracing("task", BPF_TRACE_ITER); }},
    Check{"perf.software", [] { return counts_faults(false); }},
    Check{"perf.software.user", [] { return counts_faults(true); }},
    Check{"kernel.symbols", shows_addresses},
    Check{"cpu.cpuid", [] { return opens("/dev/cpu/0/cpuid"); }},
    Check{"cpu.msr", [] { return opens("/dev/cpu/0/msr"); }},
    Check{"fuse.device", [] { return opens("/dev/fuse"); }},
};

std::string disagreements() {
  const auto capabilities = examine();
  std::string text;
  for (const auto& check : checks) {
    const auto* row = find_capability(capabilities, check.id);
    if (row == nullptr) {
      text += fmt::format("no row {}\n", check.id);
    } else if ((row->state == State::available) != check.works()) {
      text += fmt::format("{}: {} ({})\n", check.id, name(row->state), row->evidence);
    }
  }
  return text;
}

class DoctorOnThisHost : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "changes users and asks as root: run as root";
  }
};

TEST_F(DoctorOnThisHost, RootCanDoWhatItSays) { EXPECT_EQ(as_user(0, disagreements), ""); }

TEST_F(DoctorOnThisHost, NobodyCanDoWhatItSays) { EXPECT_EQ(as_user(nobody, disagreements), ""); }

TEST_F(DoctorOnThisHost, NobodyMayNotDoMoreThanRoot) {
  const auto list = [] {
    std::string ids;
    for (const auto& row : examine()) {
      // DAMON and limits: what nobody cannot see looks like nothing there.
      if (row.state == State::available && !row.id.starts_with("page-cache.")) ids += row.id + "\n";
    }
    return ids;
  };
  const auto of_root = as_user(0, list);
  const auto of_nobody = as_user(nobody, list);
  EXPECT_NE(of_nobody, "");
  for (const auto id : split(trim(of_nobody), '\n')) {
    EXPECT_NE(of_root.find(fmt::format("{}\n", id)), std::string::npos) << id;
  }
  EXPECT_LT(of_nobody.size(), of_root.size());
}

// Programs like those of the doctor: no name and a handful of instructions.
std::set<unsigned> nameless_small_programs() {
  std::set<unsigned> found;
  unsigned id = 0;
  while (bpf_prog_get_next_id(id, &id) == 0) {
    const Descriptor program(bpf_prog_get_fd_by_id(id));
    if (!program) continue;
    bpf_prog_info info{};
    unsigned size = sizeof info;
    if (bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) continue;
    constexpr unsigned most_bytes = 16 * sizeof(bpf_insn);
    if (info.name[0] == '\0' && info.xlated_prog_len <= most_bytes) found.insert(id);
  }
  return found;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST_F(DoctorOnThisHost, LeavesNothingBehind) {
  rlimit limit_before{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit_before);
  const auto programs = nameless_small_programs();
  const auto descriptors = open_descriptors();
  const auto capabilities = examine();
  ASSERT_TRUE(says_available(capabilities, "bpf.ring-buffer") ||
              !says_available(capabilities, "bpf.raw-tracepoint"));
  EXPECT_EQ(open_descriptors(), descriptors);
  for (const auto id : nameless_small_programs()) EXPECT_TRUE(programs.contains(id)) << id;
  rlimit limit_after{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit_after);
  EXPECT_EQ(limit_after.rlim_cur, limit_before.rlim_cur);
}

TEST_F(DoctorOnThisHost, TellsWhoMayReadTraceFiles) {
  const auto state = [] {
    const auto capabilities = examine();
    return std::string(name(find_capability(capabilities, "kernel.tracefs")->state));
  };
  const auto mounted = [&](uid_t user) {
    return in_child([&]() -> std::string {
      if (::unshare(CLONE_NEWNS) != 0) return "cannot unshare";
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      if (::mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr) != 0 && errno != EBUSY) {
        return "cannot mount tracefs";
      }
      return as_user(user, state);
    });
  };
  const auto of_root = mounted(0);
  if (of_root.starts_with("cannot")) GTEST_SKIP() << of_root << ": no second way to try it";
  EXPECT_EQ(of_root, "available");
  EXPECT_EQ(mounted(nobody), "refused");
}

// A filter that answers bpf(2) and perf_event_open(2) with that action.
bool filter_tracing(unsigned action) {
  std::array program = {
      sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 2, 0, SYS_bpf},
      sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SYS_perf_event_open},
      sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
      sock_filter{BPF_RET | BPF_K, 0, 0, action},
  };
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

std::string under_filter(unsigned action) {
  return in_child([&]() -> std::string {
    if (!filter_tracing(action)) return "cannot install a filter";
    const auto capabilities = examine();
    std::string text;
    for (const auto* id : {"bpf.raw-tracepoint", "perf.software.user", "page-cache.cachestat"}) {
      const auto* row = find_capability(capabilities, id);
      text += fmt::format("{} {}\n", name(row->state), row->evidence);
    }
    return text;
  });
}

// These two need no root: a process may always filter itself.
TEST(DoctorUnderFilter, SurvivesOneThatKills) {
  const auto text = under_filter(SECCOMP_RET_KILL_PROCESS);
  if (text.starts_with("cannot")) GTEST_SKIP() << text;
  EXPECT_NE(text.find("refused bpf(load raw tracepoint program): killed by SIGSYS"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("refused perf_event_open(page-faults:u): killed by SIGSYS"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("cachestat(memfd): killed"), std::string::npos) << text;
}

TEST(DoctorUnderFilter, DoesNotTakeAFilterForAnOldKernel) {
  const auto text = under_filter(SECCOMP_RET_ERRNO | ENOSYS);
  if (text.starts_with("cannot")) GTEST_SKIP() << text;
  EXPECT_NE(text.find("refused bpf(load raw tracepoint program): ENOSYS; Seccomp: 2"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace bytepath::host
