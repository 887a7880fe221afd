#include "intercept/process_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

namespace bytepath::intercept {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ProcessTableTest : public testing::Test {
 protected:
  ProcessTableTest() : first_(table_.add_first(10)) {
    first_.memory->mappings.insert({.start = 0x1000,
                                    .end = 0x2000,
                                    .offset = 0,
                                    .file = std::make_shared<const MappedFile>(),
                                    .exact = true});
  }
  ProcessTable table_;
  Tracee& first_;
};

TEST(Kinship, FollowsFromTheFlagsOfClone) {
  EXPECT_EQ(kinship_of(17), Kinship::copies_memory);
  EXPECT_EQ(kinship_of(CLONE_VM | CLONE_VFORK | 17), Kinship::shares_memory);
  EXPECT_EQ(kinship_of(CLONE_VFORK | 17), Kinship::copies_memory);
  EXPECT_EQ(kinship_of(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD), Kinship::thread);
}

TEST_F(ProcessTableTest, ThreadsShareMemoryAndProcess) {
  const Tracee& thread = table_.add_child(first_, 11, Kinship::thread);
  EXPECT_EQ(thread.process, 10);
  EXPECT_EQ(thread.memory, first_.memory);
  EXPECT_EQ(first_.memory->threads, 2U);
  EXPECT_FALSE(table_.shares_memory(first_));
  EXPECT_THAT(table_.processes(), ElementsAre(10));
  EXPECT_THAT(table_.one_of_each_memory(), SizeIs(1));
}

TEST_F(ProcessTableTest, ForkCopiesTheMappings) {
  Tracee& child = table_.add_child(first_, 12, Kinship::copies_memory);
  EXPECT_EQ(child.process, 12);
  EXPECT_THAT(child.memory->mappings.all(), SizeIs(1));
  child.memory->mappings.remove(0, 0x9000);
  EXPECT_THAT(first_.memory->mappings.all(), SizeIs(1));
  EXPECT_FALSE(child.memory->userfault);
  EXPECT_THAT(table_.one_of_each_memory(), SizeIs(2));
}

TEST_F(ProcessTableTest, AProcessMadeByVforkSharesMemoryUntilItExecs) {
  table_.add_child(first_, 12, Kinship::shares_memory);
  EXPECT_TRUE(table_.shares_memory(first_));
  EXPECT_EQ(first_.memory->threads, 2U);
  const Tracee& child = table_.exec(12, 12);
  EXPECT_TRUE(child.memory->mappings.empty());
  EXPECT_TRUE(child.has_stopped);
  EXPECT_FALSE(table_.shares_memory(first_));
  EXPECT_EQ(first_.memory->threads, 1U);
  EXPECT_THAT(first_.memory->mappings.all(), SizeIs(1));
}

TEST_F(ProcessTableTest, TheThreadThatExecsTakesTheNumberOfItsProcess) {
  table_.add_child(first_, 11, Kinship::thread);
  table_.add_child(first_, 13, Kinship::thread);
  const auto memory = first_.memory;
  const Tracee& left = table_.exec(10, 13);
  EXPECT_EQ(left.thread, 10);
  EXPECT_EQ(left.memory->threads, 1U);
  EXPECT_EQ(memory->threads, 0U);
  EXPECT_EQ(table_.find(11), nullptr);
  EXPECT_EQ(table_.find(13), nullptr);
}

TEST_F(ProcessTableTest, MemoryIsLeftOnceAndTheLastIsTold) {
  Tracee& thread = table_.add_child(first_, 11, Kinship::thread);
  EXPECT_FALSE(ProcessTable::leave_memory(first_));
  EXPECT_FALSE(ProcessTable::leave_memory(first_)) << "it had left already";
  EXPECT_TRUE(ProcessTable::leave_memory(thread));
  table_.remove(10);
  table_.remove(11);
  table_.remove(11);
  EXPECT_TRUE(table_.empty());
}

}  // namespace
}  // namespace bytepath::intercept
