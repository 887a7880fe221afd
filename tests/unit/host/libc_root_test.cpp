#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/libc_copy_path.h"
#include "host/root_folder.h"

namespace bytepath::host {
namespace {

namespace fs = std::filesystem;

class RootOf : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("bytepath-root-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void copy(const fs::path& from, const std::string& to) {
    fs::create_directories((folder_ / to).parent_path());
    fs::copy_file(from, folder_ / to);
  }
  Root root() const { return {.prefix = folder_.string()}; }

  fs::path folder_;
};

TEST_F(RootOf, GlibcTellsVersionAndBuildButNoThresholds) {
  const fs::path libc = "/lib/x86_64-linux-gnu/libc.so.6";
  if (!fs::exists(libc)) GTEST_SKIP() << "no glibc where Debian keeps it";
  copy(libc, "usr/lib/x86_64-linux-gnu/libc.so.6");
  fs::create_symlink("usr/lib", folder_ / "lib");
  const auto path = read_root_libc(root());
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->kind, LibcKind::glibc);
  EXPECT_FALSE(path->running);
  EXPECT_EQ(path->path, "/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_FALSE(path->version.empty());
  ASSERT_TRUE(path->inference);
  EXPECT_FALSE(path->inference->text.empty());
  ASSERT_EQ(path->thresholds.size(), 4U);
  for (const CopyThreshold& threshold : path->thresholds) {
    EXPECT_FALSE(threshold.value);
    EXPECT_NE(threshold.evidence.find("not known without running it"), std::string::npos);
  }
  ASSERT_NE(path->find_function("memcpy"), nullptr);
  EXPECT_TRUE(path->find_function("memcpy")->variant.empty());
  const auto own = read_own_libc();
  ASSERT_TRUE(own);
  EXPECT_EQ(path->notes.size(), own->build_id == path->build_id ? 1U : 0U);
}

TEST_F(RootOf, MuslTellsAll) {
  const fs::path libc = "/lib/x86_64-linux-musl/libc.so";
  if (!fs::exists(libc)) GTEST_SKIP() << "no musl here";
  copy(libc, "lib/ld-musl-x86_64.so.1");
  const auto path = read_root_libc(root());
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->kind, LibcKind::musl);
  EXPECT_EQ(to_text(path->find_function("memcpy")->instruction), "rep movsq");
}

TEST_F(RootOf, LinksStayInside) {
  std::ofstream(folder_ / "inside") << "in";
  fs::create_symlink("/inside", folder_ / "absolute");
  fs::create_symlink("../../../../../../etc/passwd", folder_ / "upwards");
  fs::create_symlink("/etc/passwd", folder_ / "outside");
  fs::create_symlink("loop", folder_ / "loop");
  fs::create_directories(folder_ / "folder");
  const auto opened = RootFolder::open(folder_.string());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->has_file("/absolute"));
  EXPECT_FALSE(opened->has_file("/upwards"));
  EXPECT_FALSE(opened->has_file("/outside"));
  EXPECT_FALSE(opened->has_file("/loop"));
  EXPECT_FALSE(opened->has_file("/folder"));
}

TEST_F(RootOf, NothingIsAnErrorWithAWayOut) {
  const auto path = read_root_libc(root());
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::unsupported);
  EXPECT_FALSE(path.error().hint.empty());
  EXPECT_FALSE(read_root_libc({.prefix = "/no/such/folder"}));
}

TEST_F(RootOf, GarbageIsNoLibc) {
  fs::create_directories(folder_ / "lib64");
  std::ofstream(folder_ / "lib64/libc.so.6") << "\x7f"
                                                "ELF and then nothing";
  EXPECT_FALSE(read_root_libc(root()));
}

}  // namespace
}  // namespace bytepath::host
