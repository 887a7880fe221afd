#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// Where a host gives less than root on bare metal has: the probes run, say what is missing and why,
// and never crash.
namespace bytepath::test {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr uid_t nobody = 65534;
const std::string kernel_text = "the kernel's copy path by its text";

// The quick run, with time enough on a busy machine.
std::vector<std::string> quick_run() {
  return {probe_path("memcpy-probe"), "--quick", "--budget", "3s", "--quiet", "--json", "-"};
}
std::vector<std::string> cpu_run() { return {probe_path("cpu-probe"), "--json", "-"}; }

std::vector<std::string> after(std::vector<std::string> words,
                               const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"}) {
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return {};
}

// Status and one line, as a program that cannot go on ends.
void expect_one_error(const Outcome& outcome, const std::string& named) {
  EXPECT_TRUE(outcome.status == 3 || outcome.status == 4) << outcome.status << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
  EXPECT_LE(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

class OrdinaryUser : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    if (run({.arguments = {probe_path("cpu-probe"), "--version"}, .user = nobody}).status != 0) {
      GTEST_SKIP() << "an ordinary user cannot reach " << probe_path("cpu-probe");
    }
  }
};

TEST_F(OrdinaryUser, IsToldThatTheKernelsCopyPathIsInferred) {
  const auto document = document_of(run({.arguments = cpu_run(), .user = nobody}));
  EXPECT_TRUE(says_not_measured(document, kernel_text));
  EXPECT_EQ(parameter_of(document, "kernel.copy_evidence"), result::Value("inferred"));
  EXPECT_NE(document.verdict.state, "");
}

TEST_F(OrdinaryUser, MeasuresCopies) {
  const auto document = document_of(run({.arguments = quick_run(), .user = nobody}));
  EXPECT_TRUE(document.complete);
  EXPECT_TRUE(says_not_measured(document, kernel_text));
  EXPECT_FALSE(says_not_measured(document, "pread"));
}

TEST_F(OrdinaryUser, IsToldWhatIsRefused) {
  const auto outcome = run({.arguments = {probe_path("cpu-probe"), "doctor"}, .user = nobody});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ContainsRegex("kernel.text +refused"));
}

// /proc is mounted anew in a PID namespace of its own: with another hidepid the mount of the host
// would change.
TEST_F(OrdinaryUser, IsToldThatAProcessIsHidden) {
  if (program("unshare").empty() || program("setpriv").empty())
    GTEST_SKIP() << "needs unshare and setpriv";
  for (const std::string how : {"attach -p 1", "run -p 1 --duration 1s"}) {
    SCOPED_TRACE(how);
    const auto outcome = run(
        {.arguments = {program("unshare"), "-mp", "--fork", "/bin/sh", "-c",
                       "mount -t proc -o hidepid=2 proc /proc || exit 77; setpriv --reuid 65534 "
                       "--regid 65534 --clear-groups \"$1\" " +
                           how + "; exit $?",
                       "sh", probe_path("fault-probe")}});
    if (outcome.status == 77) GTEST_SKIP() << "cannot mount here: " << outcome.err;
    EXPECT_EQ(outcome.status, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("/proc does not show process 1\nhint: "));
  }
}

// As in a container whose lists are those of another host.
class MoreCpusListedThanThereAre : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0 || program("unshare").empty()) GTEST_SKIP() << "needs root and unshare";
  }
  // 77: cannot mount here.
  static Outcome with_256(const std::vector<std::string>& command) {
    const TemporaryFolder folder;
    const auto list = folder.write("list", "0-255\n");
    return run({.arguments =
                    after({program("unshare"), "-m", "/bin/sh", "-c",
                           "list=$1; shift; for name in online possible present; do mount --bind "
                           "\"$list\" /sys/devices/system/cpu/$name || exit 77; done; exec \"$@\"",
                           "sh", list},
                          command)});
  }
};

TEST_F(MoreCpusListedThanThereAre, FaultsAreTracedOnThoseThatThereAre) {
  const auto outcome = with_256({probe_path("fault-probe"), "run", "--", "/bin/true"});
  if (outcome.status == 77) GTEST_SKIP() << "cannot mount here: " << outcome.err;
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, Not(ContainsRegex("cannot (trace mappings|count the page faults)")));
}

TEST_F(MoreCpusListedThanThereAre, CopiesAreSampledOnThoseThatThereAre) {
  const auto outcome =
      with_256({probe_path("memcpy-probe"), "trace", "--quiet", "--", "/bin/true"});
  if (outcome.status == 77) GTEST_SKIP() << "cannot mount here: " << outcome.err;
  if (outcome.status == 3 && outcome.err.find("sample") == std::string::npos)
    GTEST_SKIP() << outcome.err;
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

class WithoutProc : public testing::Test {
 protected:
  void SetUp() override {
    if (program("unshare").empty() || hidden({"/bin/true"}).status != 0) {
      GTEST_SKIP() << "cannot hide /proc: no unshare, or not allowed";
    }
  }
  static Outcome hidden(const std::vector<std::string>& command) {
    return run({.arguments = after({program("unshare"), "-m", "/bin/sh", "-c",
                                    "mount -t tmpfs none /proc && exec \"$@\"", "sh"},
                                   command)});
  }
};

TEST_F(WithoutProc, TheProcessorIsDescribed) {
  const auto document = document_of(hidden(cpu_run()));
  EXPECT_TRUE(says_not_measured(document, "/proc/cpuinfo"));
  EXPECT_NE(document.host.cpu.vendor, "");
}

TEST_F(WithoutProc, CopiesAreMeasured) {
  EXPECT_NE(document_of(hidden(quick_run())).verdict.state, "not-known");
}

TEST_F(WithoutProc, TheDoctorSaysSo) {
  const auto outcome = hidden({probe_path("cpu-probe"), "doctor"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ContainsRegex("host.proc +refused"));
}

// The probe cannot find its own file; what it measured stays.
TEST_F(WithoutProc, RemediesCannotBeTried) {
  const auto document = document_of(hidden(after(quick_run(), {"--verify"})));
  EXPECT_TRUE(says_not_measured(document, "remedies"));
}

TEST_F(WithoutProc, ACommandCannotBeLookedAt) {
  const auto outcome = hidden({probe_path("fault-probe"), "touch", "--", "/bin/true"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("/proc is not mounted\nhint: mount"));
}

TEST_F(WithoutProc, MountsCannotBeLookedAt) {
  const auto outcome = hidden({probe_path("chunk-probe"), "stack", "/"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("/proc is not mounted\nhint: mount"));
}

// The program, the libraries that ldd names and /dev/null: nothing else.
void fill(const fs::path& root, const std::string& path) {
  const auto libraries = run({.arguments = {"/usr/bin/ldd", path}});
  std::istringstream words(libraries.out);
  for (std::string word; words >> word;) {
    if (!word.starts_with('/')) continue;
    const fs::path to = root / fs::path(word).relative_path();
    fs::create_directories(to.parent_path());
    fs::copy_file(fs::canonical(word), to, fs::copy_options::skip_existing);
  }
  fs::copy_file(path, root / base_name(path));
}

TEST(Environment, BareChroot) {
  if (geteuid() != 0 || program("chroot").empty() || program("ldd").empty()) {
    GTEST_SKIP() << "needs root, chroot and ldd";
  }
  const fs::path root = testing::TempDir() + "bytepath-bare-chroot";
  fs::remove_all(root);
  fs::create_directories(root / "dev");
  for (const char* name : {"cpu-probe", "memcpy-probe"}) fill(root, probe_path(name));
  std::ofstream(root / "dev/null").close();
  const std::vector<std::string> enter = {program("chroot"), root};
  const auto cpu = document_of(run({.arguments = after(enter, {"/cpu-probe", "--json", "-"})}));
  EXPECT_NE(cpu.host.cpu.vendor, "");
  EXPECT_TRUE(says_not_measured(cpu, "/proc/cpuinfo"));
  const auto copies = document_of(
      run({.arguments =
               after(enter, {"/memcpy-probe", "--quick", "--budget", "3s", "-q", "--json", "-"})}));
  EXPECT_NE(copies.verdict.state, "not-known");
  EXPECT_EQ(run({.arguments = after(enter, {"/cpu-probe", "doctor"})}).status, 0);
  fs::remove_all(root);
}

// Nehalem has neither AVX nor ERMS: what needs them must not be executed.
class EmulatedProcessor : public testing::TestWithParam<const char*> {};

TEST_P(EmulatedProcessor, IsDescribedAndMeasured) {
  const std::string qemu = program("qemu-x86_64");
  if (qemu.empty()) GTEST_SKIP() << "no qemu-x86_64 (Debian: qemu-user)";
  const std::vector<std::string> emulate = {qemu, "-cpu", GetParam()};
  const auto cpu = document_of(run({.arguments = after(emulate, cpu_run())}));
  EXPECT_EQ(cpu.host.hypervisor, "QEMU TCG");
  EXPECT_TRUE(says_not_measured(cpu, kernel_text));
  const auto copies = document_of(run({.arguments = after(emulate, quick_run())}));
  EXPECT_TRUE(copies.complete);
  const bool has_erms = cpu.host.cpu.features.at("erms");
  EXPECT_EQ(has_erms, std::string(GetParam()) == "Haswell");
}

INSTANTIATE_TEST_SUITE_P(Qemu, EmulatedProcessor,
                         testing::Values("Haswell", "EPYC", "max,-erms", "Nehalem"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::erase_if(name, [](char c) { return c == ',' || c == '-'; });
                           return name;
                         });

TEST(Refused, MemoryFiles) {
  const auto document = document_of(run({.arguments = quick_run(), .refused = {SYS_memfd_create}}));
  EXPECT_TRUE(says_not_measured(document, "pread"));
  EXPECT_TRUE(says_not_measured(document, "pwrite"));
  EXPECT_NE(document.verdict.state, "not-known");
}

TEST(Refused, MemoryOfProcesses) {
  const auto document =
      document_of(run({.arguments = after(quick_run(), {"--kernels",
                                                        "rep-movsb,process-vm-readv,"
                                                        "process-vm-writev,sendfile"}),
                       .refused = {SYS_process_vm_readv, SYS_process_vm_writev, SYS_sendfile}}));
  for (const char* kernel : {"process-vm-readv", "process-vm-writev", "sendfile"}) {
    EXPECT_TRUE(says_not_measured(document, kernel)) << kernel;
  }
}

TEST(Refused, BpfAndPerf) {
  const Command command{.arguments = cpu_run(), .refused = {SYS_bpf, SYS_perf_event_open}};
  const auto document = document_of(run(command));
  EXPECT_TRUE(says_not_measured(document, kernel_text));
  EXPECT_EQ(parameter_of(document, "kernel.copy_evidence"), result::Value("inferred"));
}

TEST(Refused, StayingOnOneCpu) {
  for (const auto& arguments : {cpu_run(), quick_run()}) {
    const auto document =
        document_of(run({.arguments = arguments, .refused = {SYS_sched_setaffinity}}));
    EXPECT_TRUE(says_not_measured(document, "one CPU alone"));
    EXPECT_NE(document.host.cpu.vendor, "");
    EXPECT_NE(document.verdict.state, "not-known");
  }
  const auto named =
      run({.arguments = after(quick_run(), {"--cpu", "0"}), .refused = {SYS_sched_setaffinity}});
  EXPECT_EQ(named.status, 2);
}

TEST(Limits, TooLittleMemoryIsOneError) {
  const std::string prlimit = program("prlimit");
  if (prlimit.empty()) GTEST_SKIP() << "no prlimit (Debian: util-linux)";
  const auto outcome = run({.arguments = {prlimit, "--as=60000000", probe_path("memcpy-probe"),
                                          "--quiet", "--thorough", "--budget", "1s"}});
  if (outcome.err.find("shared") != std::string::npos) GTEST_SKIP() << outcome.err;
  expect_one_error(outcome, "memory");
}

// Wherever it runs out: in a table, in a page, in the code of a library.
TEST(Limits, LittleMemoryNeverEndsAProbeBySignal) {
  const std::string prlimit = program("prlimit");
  if (prlimit.empty()) GTEST_SKIP() << "no prlimit (Debian: util-linux)";
  constexpr std::size_t megabyte = 1'000'000;
  int told = 0;
  for (std::size_t limit = 10 * megabyte; limit < 40 * megabyte; limit += megabyte) {
    const auto outcome =
        run({.arguments = {prlimit, fmt::format("--as={}", limit), probe_path("memcpy-probe"),
                           "scan", probe_path("run-probe"), "--format", "html"}});
    EXPECT_LE(outcome.status, 127) << limit << outcome.err;  // that of the loader
    if (outcome.err.find("there is not enough memory") == std::string::npos) continue;
    ++told;
    expect_one_error(outcome, "memory");
  }
  EXPECT_GT(told, 0);
}

TEST(Limits, FewDescriptors) {
  const std::string prlimit = program("prlimit");
  if (prlimit.empty()) GTEST_SKIP() << "no prlimit (Debian: util-linux)";
  // As few as let the loader open one library after the other beside what we inherited.
  constexpr int not_loaded = 127;
  Outcome outcome;
  for (int limit = 4; limit < 16; ++limit) {
    const auto probe = after(quick_run(), {"--kernels", "rep-movsb,pipe-read,unix-send"});
    outcome = run({.arguments = after({prlimit, fmt::format("--nofile={}", limit)}, probe)});
    if (outcome.status != not_loaded) break;
  }
  EXPECT_TRUE(says_not_measured(document_of(outcome), "pipe-read"));
}

TEST(Environment, HomeCannotBeWritten) {
  for (const auto& arguments : {cpu_run(), quick_run()}) {
    const auto outcome =
        run({.arguments = arguments, .environment = {"HOME=/proc", "PATH=/nowhere"}});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
}

TEST(Environment, StandardInputIsClosed) {
  for (const auto& arguments : {cpu_run(), quick_run()}) {
    const auto document = document_of(run({.arguments = arguments, .closed = {0}}));
    EXPECT_TRUE(document.complete);
  }
}

}  // namespace
}  // namespace bytepath::test
