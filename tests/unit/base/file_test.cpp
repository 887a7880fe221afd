#include "base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <thread>

#include "base/descriptor.h"
#include "base/output_target.h"
#include "support/other_user.h"
#include "support/temporary_folder.h"

namespace bytepath {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

mode_t mode_of(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(ReadFile, ReturnsEveryByte) {
  const TemporaryFolder folder;
  const std::string content = std::string("a\0b\n\xff", 5) + std::string(200'000, 'x');
  EXPECT_EQ(read_file(folder.write("file", content)), content);
  EXPECT_EQ(read_file(folder.write("empty", "")), "");
}

TEST(ReadFile, ReadsProcFilesWhoseSizeIsZero) {
  const auto content = read_file("/proc/self/status");
  ASSERT_TRUE(content);
  EXPECT_THAT(*content, HasSubstr("\nPid:"));
}

TEST(ReadFile, RefusesMoreThanTheLimit) {
  const TemporaryFolder folder;
  const auto path = folder.write("file", "12345");
  EXPECT_EQ(read_file(path, 5), "12345");
  const auto refused = read_file(path, 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().message, HasSubstr(path + ": larger than 4 bytes"));
  EXPECT_FALSE(read_file("/dev/zero", 1U << 20U));
}

TEST(ReadFile, SaysWhyItCannot) {
  const TemporaryFolder folder;
  const auto missing = read_file(folder.at("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::failed);
  EXPECT_EQ(missing.error().message,
            "cannot open " + folder.at("missing") + ": No such file or directory");
  const auto directory = read_file(folder.path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message, "cannot read " + folder.path() + ": Is a directory");
}

TEST(ReadLineOr, FallsBackOnlyWhenThereIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_line_or(folder.write("file", " on \n\n"), "off"), "on");
  EXPECT_EQ(read_line_or(folder.write("empty", ""), "off"), "");
  EXPECT_EQ(read_line_or(folder.at("missing"), "off"), "off");
}

TEST(WriteFile, MakesANewFileAsTheUmaskSays) {
  const TemporaryFolder folder;
  const mode_t before = umask(027);
  const auto written = write_file(folder.at("new"), "text");
  EXPECT_EQ(umask(before), 027U) << "the umask was left changed";
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(folder.read("new"), "text");
  EXPECT_EQ(mode_of(folder.at("new")), 0640U);
  EXPECT_THAT(folder.names(), ElementsAre("new"));
}

// A reader that has the old file open goes on reading the old report, whole.
TEST(WriteFile, ReplacesTheFileAtOnceAndKeepsItsMode) {
  const TemporaryFolder folder;
  const auto path = folder.write("report", "old and longer");
  ASSERT_EQ(chmod(path.c_str(), 0604), 0);
  const Descriptor reader(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(write_file(path, "new"));
  EXPECT_EQ(folder.read("report"), "new");
  EXPECT_EQ(mode_of(path), 0604U);
  std::array<char, 64> buffer{};
  const auto got = read(reader.get(), buffer.data(), buffer.size());
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(got)), "old and longer");
  EXPECT_THAT(folder.names(), ElementsAre("report"));
}

TEST(WriteFile, FollowsALink) {
  const TemporaryFolder folder;
  folder.write("target", "old");
  fs::create_symlink("target", folder.at("link"));
  ASSERT_TRUE(write_file(folder.at("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(folder.at("link")));
  EXPECT_EQ(folder.read("target"), "new");
  EXPECT_THAT(folder.names(), ElementsAre("link", "target"));
}

TEST(WriteFile, LeavesAReadOnlyFileAlone) {
  const TemporaryFolder folder;
  const auto path = folder.write("report", "old");
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder.path().c_str(), 0777), 0);
  EXPECT_TRUE(test::holds_without_root([&] {
    const auto written = write_file(path, "new");
    return !written && written.error().kind == ErrorKind::denied &&
           written.error().message == "cannot write " + path + ": Permission denied";
  }));
  EXPECT_EQ(folder.read("report"), "old");
  EXPECT_THAT(folder.names(), ElementsAre("report"));
}

TEST(WriteFile, RefusesAFolderItMayNotWriteTo) {
  const TemporaryFolder folder;
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  EXPECT_TRUE(test::holds_without_root([&] {
    const auto written = write_file(folder.at("new"), "text");
    return !written && written.error().kind == ErrorKind::denied;
  }));
  EXPECT_THAT(folder.names(), testing::IsEmpty());
}

TEST(WriteFile, SaysWhyItCannot) {
  const TemporaryFolder folder;
  const auto missing = write_file(folder.at("no/such/report"), "text");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message,
              HasSubstr(folder.at("no/such/report") + ": No such file or directory"));
  const auto directory = write_file(folder.path(), "text");
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("Is a directory"));
  EXPECT_THAT(folder.names(), testing::IsEmpty());
}

TEST(WriteFile, ReportsAFullDisk) {
  const auto written = write_file("/dev/full", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::failed);
  EXPECT_EQ(written.error().message, "cannot write /dev/full: No space left on device");
}

// The limit on a file's size stands in for the full disk, which a test cannot fill.
TEST(WriteFile, AFailureHalfWayLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  const auto path = folder.write("report", "old");
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit limit{.rlim_cur = 4096, .rlim_max = 4096};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
    const auto written = write_file(path, std::string(100'000, 'x'));
    _exit(!written && written.error().message == "cannot write " + path + ": File too large" ? 0
                                                                                             : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.read("report"), "old");
  EXPECT_THAT(folder.names(), ElementsAre("report"));
}

TEST(WriteFile, WritesIntoAFifoAndLeavesItAFifo) {
  const TemporaryFolder folder;
  const auto path = folder.at("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const std::string content(300'000, 'x');  // more than a pipe holds
  std::string got;
  std::thread reader([&] { got = read_file(path).value_or("nothing"); });
  const auto written = write_file(path, content);
  reader.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(got, content);
  EXPECT_TRUE(fs::is_fifo(path));
  EXPECT_THAT(folder.names(), ElementsAre("fifo"));
}

TEST(WriteAll, SaysWhichDescriptorIsClosed) {
  const auto written = write_all(-1, "text", "standard output");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "cannot write standard output: Bad file descriptor");
  EXPECT_TRUE(write_all(-1, "", "nothing"));
}

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(Descriptor, IsClosedOnceByItsLastOwner) {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  {
    Descriptor first(fd);
    Descriptor second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is tested
    EXPECT_EQ(second.get(), fd);
    Descriptor third;
    EXPECT_FALSE(third);
    third = std::move(second);
    EXPECT_EQ(third.get(), fd);
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(Descriptor, AssignmentClosesWhatItHeld) {
  const int old = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int fresh = open("/dev/null", O_RDONLY | O_CLOEXEC);
  Descriptor holder(old);
  holder = Descriptor(fresh);
  EXPECT_FALSE(is_open(old));
  EXPECT_TRUE(is_open(fresh));
}

TEST(CannotWrite, NamesTheWayOut) {
  EXPECT_EQ(write_file("/nowhere/report", "x").error().hint, "its folder has to be there");
  EXPECT_EQ(check_writable("/proc").error().hint, "give the name of a file");
  EXPECT_EQ(write_file("/dev/full", "x").error().hint,
            "free some space, or give a file on another file system");
  EXPECT_EQ(cannot_write(EACCES, "report").error().hint,
            "give a file in a folder that this user may write");
}

}  // namespace
}  // namespace bytepath
