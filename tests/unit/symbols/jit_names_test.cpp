#include "symbols/jit_names.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "unit/host/temporary_root.h"

namespace bytepath::symbols {
namespace {

// Process 70 of a saved /proc, which knows itself as 7.
class JitNamesOf : public testing::Test {
 protected:
  void write_status(uid_t user) {
    root_.write("/proc/70/status", fmt::format("Name:\tnode\nUid:\t{0}\t{0}\t{0}\t{0}\n"
                                               "NSpid:\t70\t7\n",
                                               user));
  }
  std::string map_path() const { return root_.root().at("/proc/70/root/tmp/perf-7.map"); }
  void write_map(std::string_view text) { root_.write("/proc/70/root/tmp/perf-7.map", text); }

  host::TemporaryRoot root_;
  MissingList missing_;
};

TEST_F(JitNamesOf, ReadsTheMapOfTheProcessesOwnNamespaces) {
  write_status(::geteuid());
  write_map("7f0000001000 40 LazyCompile:*add\n");
  root_.write("/tmp/perf-70.map", "7f0000001000 40 wrong\n");
  JitNames names(root_.root(), missing_);
  const auto name = names.find(70, 0x7f0000001010);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->text, "LazyCompile:*add");
  EXPECT_EQ(name->start, 0x7f0000001000U);
  EXPECT_FALSE(names.find(70, 0x7f0000001040));
  EXPECT_TRUE(missing_.parts().empty());
}

TEST_F(JitNamesOf, ReadsItAgainWhenItHasGrown) {
  write_status(::geteuid());
  write_map("7f0000001000 40 first\n");
  JitNames names(root_.root(), missing_);
  EXPECT_FALSE(names.find(70, 0x7f0000002000));
  std::ofstream(map_path(), std::ios::app) << "7f0000002000 40 second\n";
  const auto name = names.find(70, 0x7f0000002000);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->text, "second");
}

TEST_F(JitNamesOf, ReadsOursOfAProcessThatHasEnded) {
  root_.write("/tmp/perf-80.map", "1000 40 ended\n");
  JitNames names(root_.root(), missing_);
  const auto name = names.find(80, 0x1000);
  ASSERT_TRUE(name) << missing_.parts().front().reason;
  EXPECT_EQ(name->text, "ended");
}

TEST_F(JitNamesOf, SaysHowToGetOne) {
  write_status(::geteuid());
  root_.write("/proc/70/root/tmp/other", "");
  JitNames names(root_.root(), missing_);
  EXPECT_FALSE(names.find(70, 0x1000));
  EXPECT_FALSE(names.find(70, 0x2000));
  ASSERT_EQ(missing_.parts().size(), 1U);
  EXPECT_EQ(missing_.parts()[0].what, "functions that process 70 made at run time");
  EXPECT_EQ(missing_.parts()[0].reason, "it wrote no /tmp/perf-7.map");
  EXPECT_FALSE(missing_.parts()[0].remedy.empty());
}

TEST_F(JitNamesOf, TrustsNoLink) {
  write_status(::geteuid());
  root_.write("/proc/70/root/tmp/elsewhere", "1000 40 linked\n");
  ASSERT_EQ(::symlink("elsewhere", map_path().c_str()), 0);
  JitNames names(root_.root(), missing_);
  EXPECT_FALSE(names.find(70, 0x1000));
  EXPECT_EQ(missing_.parts().size(), 1U);
}

TEST_F(JitNamesOf, TrustsNoFileOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file to another user";
  write_status(1234);
  write_map("1000 40 foreign\n");
  ASSERT_EQ(::chown(map_path().c_str(), 4321, 4321), 0);
  {
    JitNames names(root_.root(), missing_);
    EXPECT_FALSE(names.find(70, 0x1000));
    ASSERT_EQ(missing_.parts().size(), 1U);
    EXPECT_NE(missing_.parts()[0].reason.find("another user"), std::string::npos);
  }
  ASSERT_EQ(::chown(map_path().c_str(), 1234, 1234), 0);
  JitNames names(root_.root(), missing_);
  EXPECT_TRUE(names.find(70, 0x1000));
}

TEST_F(JitNamesOf, TrustsNoFileThatIsOlderThanTheProcess) {
  write_status(::geteuid());
  write_map("1000 40 old\n");
  // Began in the last tick of the clock that runs since the machine was started.
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const long ticks = ::sysconf(_SC_CLK_TCK);
  root_.write("/proc/70/stat",
              fmt::format("70 (node (x) 1) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 {} 20",
                          now.tv_sec * ticks));
  const timespec times[2] = {{.tv_sec = 1'000'000}, {.tv_sec = 1'000'000}};
  ASSERT_EQ(::utimensat(AT_FDCWD, map_path().c_str(), times, 0), 0);
  {
    JitNames names(root_.root(), missing_);
    EXPECT_FALSE(names.find(70, 0x1000));
    ASSERT_EQ(missing_.parts().size(), 1U);
    EXPECT_NE(missing_.parts()[0].reason.find("older"), std::string::npos);
  }
  write_map("1000 40 new\n");
  JitNames names(root_.root(), missing_);
  EXPECT_TRUE(names.find(70, 0x1000));
}

TEST(InnerProcess, IsTheLastNumberAndTheEffectiveUser) {
  const auto inner =
      parse_inner_process("Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nNSpid:\t100\t20\t3\n");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->number, 3U);
  EXPECT_EQ(inner->user, 2U);
  EXPECT_FALSE(parse_inner_process("Name:\tx\nUid:\t1\t2\t3\t4\n"));
  EXPECT_FALSE(parse_inner_process("NSpid:\nUid:\n"));
  EXPECT_FALSE(parse_inner_process(""));
}

}  // namespace
}  // namespace bytepath::symbols
