#include "intercept/interceptor.h"

#include <gmock/gmock.h>

#include <csignal>

#include "recorded_run.h"

namespace bytepath::intercept {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A process that does not exist, whose table is empty where it could be looked at.
class InterceptorTest : public testing::Test {
 protected:
  InterceptorTest() : tracee_(table_.add_first(1 << 30)) {
    for (const std::uint64_t start : {0x10000U, 0x20000U}) {
      tracee_.memory->mappings.insert(
          {.start = start, .end = start + 0x1000, .offset = 0, .file = file_});
    }
  }
  std::shared_ptr<const MappedFile> file_ =
      std::make_shared<const MappedFile>(MappedFile{.path = "/weights"});
  Recorder recorder_{"/weights"};
  ProcessTable table_;
  Tracee& tracee_;
};

TEST_F(InterceptorTest, WhatEndsWithoutAStopIsLostOnceForEachFile) {
  Interceptor interceptor(Policy::exact, true, 1, recorder_, table_);
  interceptor.after_end(tracee_);
  EXPECT_THAT(recorder_.losses, ElementsAre("/weights: the process was killed"));
}

TEST_F(InterceptorTest, WhatCouldBeLookedAtIsNotLost) {
  Interceptor interceptor(Policy::exact, true, 1, recorder_, table_);
  interceptor.at_end(tracee_, SIGKILL);
  interceptor.after_end(tracee_);
  EXPECT_THAT(recorder_.losses, IsEmpty());
}

TEST_F(InterceptorTest, MemoryThatOthersLiveInIsNotLost) {
  table_.add_child(tracee_, (1 << 30) + 1, Kinship::thread);
  Interceptor interceptor(Policy::exact, true, 1, recorder_, table_);
  interceptor.after_end(tracee_);
  EXPECT_THAT(recorder_.losses, IsEmpty());
}

TEST_F(InterceptorTest, NothingIsLostOfWhatWasNotAskedFor) {
  Interceptor interceptor(Policy::demand, false, 1, recorder_, table_);
  interceptor.after_end(tracee_);
  EXPECT_THAT(recorder_.losses, IsEmpty());
}

TEST_F(InterceptorTest, AChildThatCannotBeMadeExactIsToldAsLost) {
  tracee_.memory->mappings.insert(
      {.start = 0x30000, .end = 0x31000, .offset = 0, .file = file_, .exact = true});
  Tracee& child = table_.add_child(tracee_, (1 << 30) + 1, Kinship::copies_memory);
  Interceptor interceptor(Policy::exact, true, 1, recorder_, table_);
  interceptor.at_birth(child);
  EXPECT_FALSE(recorder_.losses.empty());
}

}  // namespace
}  // namespace bytepath::intercept
