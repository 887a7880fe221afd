#include "faults/page_recorder.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace bytepath::faults {
namespace {

struct Recorder : testing::Test {
  Recorder() {
    const auto path = folder.write("a.bin", std::string(8 * 4096, 'a'));
    auto opened = WatchedFiles::open({path}, 4096);
    if (!opened) ADD_FAILURE() << opened.error().message;
    watched = *opened;
    const auto& known = watched.files()[0];
    file = {.path = path, .size = known.size, .device = known.id.device, .inode = known.id.inode};
    other = {.path = folder.write("b.bin", "b"), .size = 1, .device = 77, .inode = 88};
  }
  test::TemporaryFolder folder;
  WatchedFiles watched;
  intercept::MappedFile file;
  intercept::MappedFile other;
};

TEST_F(Recorder, WantsTheWatchedFilesOnly) {
  PageRecorder recorder(watched);
  EXPECT_TRUE(recorder.wanted(file));
  EXPECT_FALSE(recorder.wanted(other));
  EXPECT_EQ(recorder.mappings_of(0), 0U);
}

TEST_F(Recorder, JoinsThePagesOfAllProcesses) {
  PageRecorder recorder(watched);
  recorder.mapped(file, 1, 0, 8 * 4096, {});
  recorder.mapped(file, 2, 0, 8 * 4096, {});
  recorder.pages(file, 0, 2);
  recorder.pages(file, 1, 3);
  recorder.pages(other, 0, 1);
  ASSERT_NE(recorder.pages_of(0), nullptr);
  EXPECT_EQ(recorder.pages_of(0)->count(), 4U);
  EXPECT_EQ(recorder.mappings_of(0), 2U);
  EXPECT_TRUE(recorder.flaws().empty());
}

TEST_F(Recorder, TellsAReasonOnceWithItsNumber) {
  PageRecorder recorder(watched);
  recorder.mapped(file, 1, 0, 4096, fail(ErrorKind::unsupported, "writable and shared"));
  recorder.lost(file, 1, "killed");
  recorder.lost(file, 2, "killed");
  ASSERT_EQ(recorder.flaws().size(), 2U);
  EXPECT_EQ(recorder.flaws()[0].why, "writable and shared");
  EXPECT_EQ(recorder.flaws()[1].count, 2U);
}

TEST_F(Recorder, KnowsNothingOfAFileThatNobodyMapped) {
  const PageRecorder recorder(watched);
  EXPECT_EQ(recorder.pages_of(0), nullptr);
}

}  // namespace
}  // namespace bytepath::faults
