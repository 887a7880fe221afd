// What this host's C library does now: relations between independent sources, no fixed figures.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/text.h"
#include "host/libc_copy_path.h"
#include "support/child_process.h"

namespace bytepath::host {
namespace {

using tests::ChildProcess;
namespace fs = std::filesystem;

// What the loader itself says: `ld.so --list-diagnostics` under a setting of GLIBC_TUNABLES.
std::optional<std::uint64_t> loader_says(const std::string& threshold,
                                         const std::string& tunables = "") {
  const std::string loader = "/lib64/ld-linux-x86-64.so.2";  // where its ABI has it
  if (!fs::exists(loader)) return std::nullopt;
  ChildProcess child({loader, "--list-diagnostics"}, {"GLIBC_TUNABLES=" + tunables});
  std::istringstream lines(child.output());
  const std::string key = "x86.cpu_features." + threshold + "=";
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(key)) return parse_unsigned(line.substr(key.size()), 16);
  return std::nullopt;
}

#define BYTEPATH_NEED_GLIBC()                                               \
  if (!loader_says("rep_movsb_threshold"))                                  \
  GTEST_SKIP() << "ld.so --list-diagnostics tells no thresholds: no glibc " \
                  "2.33 or later here"

constexpr const char* thresholds[] = {"rep_movsb_threshold", "rep_movsb_stop_threshold",
                                      "non_temporal_threshold", "rep_stosb_threshold"};

void expect_loader_thresholds(const LibcCopyPath& path, const std::string& tunables) {
  for (const char* name : thresholds) {
    if (!path.threshold(name)) continue;
    EXPECT_EQ(path.threshold(name), loader_says(name, tunables)) << name;
  }
}

// A shell that says when it runs, and waits.
Result<LibcCopyPath> read_child(const std::string& tunables) {
  ChildProcess child({"/bin/sh", "-c", "echo ready; read line"}, {"GLIBC_TUNABLES=" + tunables});
  if (!child.ready()) return fail(ErrorKind::failed, "no child");
  return read_process_libc(child.pid());
}

TEST(OwnLibc, HasTheThresholdsThatTheLoaderTells) {
  BYTEPATH_NEED_GLIBC();
  const auto path = read_own_libc();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->kind, LibcKind::glibc);
  EXPECT_FALSE(path->version.empty());
  EXPECT_FALSE(path->package.empty());
  EXPECT_EQ(path->build_id.size(), 40U);
  ASSERT_EQ(path->functions.size(), 4U);
  for (const CopyFunction& function : path->functions) {
    EXPECT_EQ(function.name_evidence, NameEvidence::implementation_list) << function.function;
    EXPECT_TRUE(function.variant.starts_with("__" + function.function)) << function.variant;
  }
  EXPECT_TRUE(path->threshold("non_temporal_threshold"));
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  expect_loader_thresholds(*path, tunables == nullptr ? "" : tunables);
}

TEST(OtherProcess, AgreesWithThisOne) {
  BYTEPATH_NEED_GLIBC();
  const auto own = read_own_libc();
  const auto other = read_child("");
  ASSERT_TRUE(own) << own.error().message;
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->build_id, own->build_id);
  EXPECT_EQ(other->version, own->version);
  EXPECT_EQ(other->package, own->package);
  EXPECT_TRUE(other->tunables.empty());
  ASSERT_EQ(other->functions.size(), own->functions.size());
  for (std::size_t i = 0; i < own->functions.size(); ++i) {
    EXPECT_EQ(other->functions[i].variant, own->functions[i].variant);
    EXPECT_EQ(other->functions[i].offset, own->functions[i].offset);
    EXPECT_EQ(other->functions[i].string_offsets, own->functions[i].string_offsets);
  }
  expect_loader_thresholds(*other, "");
}

TEST(OtherProcess, ShowsTheTunableThatItWasStartedWith) {
  BYTEPATH_NEED_GLIBC();
  const std::string tunable = "glibc.cpu.x86_rep_movsb_threshold=0x40000000";
  const auto path = read_child(tunable);
  ASSERT_TRUE(path) << path.error().message;
  expect_loader_thresholds(*path, tunable);
  if (!path->threshold("rep_movsb_threshold"))
    GTEST_SKIP() << "memmove does not use rep movsb on this CPU";
  EXPECT_EQ(path->threshold("rep_movsb_threshold"), 0x40000000U);
  EXPECT_EQ(path->rep_movsb_window.has_value(),
            *path->threshold("rep_movsb_stop_threshold") > 0x40000001U);
  ASSERT_EQ(path->tunables.size(), 1U);
  EXPECT_EQ(path->tunables[0].value, "0x40000000");
}

TEST(OtherProcess, ShowsAnIgnoredTunableAsIgnored) {
  BYTEPATH_NEED_GLIBC();
  const auto path = read_child("glibc.cpu.x86_rep_movsb_threshold=100");
  ASSERT_TRUE(path) << path.error().message;
  ASSERT_EQ(path->tunables.size(), 1U);
  EXPECT_EQ(path->tunables[0].verdict, TunableVerdict::ignored);
  EXPECT_NE(path->threshold("rep_movsb_threshold"), 100U);
}

TEST(OtherProcess, HasNoRepMovsbWithoutErms) {
  BYTEPATH_NEED_GLIBC();
  const auto path = read_child("glibc.cpu.hwcaps=-ERMS");
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_FALSE(path->rep_movsb_window.has_value());
  EXPECT_FALSE(path->rep_stosb_window.has_value());
  const CopyFunction* function = path->find_function("memcpy");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->instruction, CopyInstruction::vector);
  EXPECT_EQ(function->variant.find("erms"), std::string::npos) << function->variant;
}

TEST(OtherProcess, MayBeThisOne) {
  const auto own = read_own_libc();
  const auto same = read_process_libc(getpid());
  ASSERT_TRUE(own) << own.error().message;
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(same->build_id, own->build_id);
  for (const char* name : thresholds)
    EXPECT_EQ(same->threshold(name), own->threshold(name)) << name;
}

TEST(OtherProcess, ThatIsGoneIsAUsageError) {
  const auto path = read_process_libc(0x3fffffff);  // above the kernel's PID_MAX_LIMIT
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::usage);
  EXPECT_NE(path.error().message.find("no process"), std::string::npos) << path.error().message;
}

TEST(OtherProcess, ThatHasEndedHasNothingToShow) {
  int code = 0;
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
  const auto path = read_process_libc(pid);
  waitpid(pid, &code, 0);
  ASSERT_FALSE(path);
  EXPECT_NE(path.error().message.find("ended"), std::string::npos) << path.error().message;
}

TEST(KernelThread, HasNoLibc) {
  std::error_code error;
  if (!fs::exists("/proc/2/comm", error) || geteuid() != 0)
    GTEST_SKIP() << "no kernel thread to be seen: not root, or in a container";
  const auto path = read_process_libc(2);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::unsupported);
  EXPECT_NE(path.error().message.find("kernel thread"), std::string::npos) << path.error().message;
}

// Programs that are compiled here, when the compiler is.
class CompiledProgram : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("bytepath-libc-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Empty when the compiler is not here or cannot do it.
  std::string compile(const std::string& command, const std::string& name) {
    const std::string source = (folder_ / "program.c").string();
    FILE* file = fopen(source.c_str(), "w");
    fputs(
        "#include <stdio.h>\n#include <string.h>\n"
        "char a[9000], b[9000];\n"
        "int main(int n, char** v) {\n"
        "  memcpy(a, b + n, n * 4000); memset(b, n, n * 4000); memmove(a + n, a, n * 4000);\n"
        "  puts(v[0]); fflush(stdout); return getchar() + a[n];\n}\n",
        file);
    fclose(file);
    const std::string program = (folder_ / name).string();
    const std::string all = command + " " + source + " -o " + program + " 2>/dev/null";
    return std::system(all.c_str()) == 0 ? program : "";
  }

  fs::path folder_;
};

TEST_F(CompiledProgram, StaticGlibcShowsItsThresholds) {
  BYTEPATH_NEED_GLIBC();
  const std::string program = compile("cc -O1 -static -fno-builtin", "static");
  if (program.empty()) GTEST_SKIP() << "cc -static cannot link here: no static glibc";
  ChildProcess child({program}, {});
  ASSERT_TRUE(child.ready());
  const auto path = read_process_libc(child.pid());
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->kind, LibcKind::static_glibc);
  EXPECT_TRUE(path->threshold("non_temporal_threshold"));
  expect_loader_thresholds(*path, "");
  const auto own = read_own_libc();
  ASSERT_TRUE(own);
  EXPECT_EQ(path->find_function("memcpy")->instruction, own->find_function("memcpy")->instruction);
  EXPECT_EQ(path->find_function("memcpy")->name_evidence, NameEvidence::symbol_table);
}

TEST_F(CompiledProgram, StrippedStaticGlibcIsToldByItsCode) {
  BYTEPATH_NEED_GLIBC();
  for (const char* kind : {"-static -s", "-static-pie -s"}) {
    const std::string program = compile(std::string("cc -O1 -fno-builtin ") + kind, "stripped");
    if (program.empty()) GTEST_SKIP() << "cc " << kind << " cannot link here: no static glibc";
    ChildProcess child({program}, {});
    ASSERT_TRUE(child.ready());
    const auto path = read_process_libc(child.pid());
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(path->kind, LibcKind::static_glibc) << kind;
    EXPECT_TRUE(path->threshold("non_temporal_threshold")) << kind;
    expect_loader_thresholds(*path, "");
    const CopyFunction* function = path->find_function("memcpy");
    ASSERT_NE(function, nullptr) << kind;
    EXPECT_EQ(function->name_evidence, NameEvidence::disassembly) << kind;
  }
}

TEST_F(CompiledProgram, MuslCopiesWithRepMovsq) {
  for (const char* kind : {"", "-static"}) {
    const std::string program = compile(std::string("musl-gcc -O1 -fno-builtin ") + kind, "musl");
    if (program.empty()) GTEST_SKIP() << "no musl-gcc here";
    ChildProcess child({program}, {"GLIBC_TUNABLES=glibc.cpu.hwcaps=-ERMS"});
    ASSERT_TRUE(child.ready());
    const auto path = read_process_libc(child.pid());
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(path->kind, *kind == '\0' ? LibcKind::musl : LibcKind::static_musl);
    const CopyFunction* function = path->find_function("memcpy");
    ASSERT_NE(function, nullptr);
    EXPECT_EQ(to_text(function->instruction), "rep movsq");
    EXPECT_FALSE(path->rep_movsb_window.has_value());
    ASSERT_EQ(path->tunables.size(), 1U);
    EXPECT_EQ(path->tunables[0].verdict, TunableVerdict::ignored);
    EXPECT_EQ(path->version.empty(), path->kind == LibcKind::static_musl);
  }
}

TEST_F(CompiledProgram, ThirtyTwoBitIsRefused) {
  const std::string program = compile("cc -m32 -O1", "thirty-two");
  if (program.empty()) GTEST_SKIP() << "cc -m32 cannot link here";
  ChildProcess child({program}, {});
  ASSERT_TRUE(child.ready());
  const auto path = read_process_libc(child.pid());
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace bytepath::host
