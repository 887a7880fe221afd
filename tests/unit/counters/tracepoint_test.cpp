#include "counters/tracepoint.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/other_user.h"
#include "support/temporary_folder.h"

namespace bytepath::counters {
namespace {

namespace fs = std::filesystem;

class Tracepoint : public ::testing::Test {
 protected:
  void put(const std::string& place, const std::string& id) const {
    const std::string event = place + "/sched/sched_switch";
    fs::create_directories(folder_.at(event));
    folder_.write(event + "/id", id);
  }
  Result<std::optional<std::uint64_t>> find(std::string_view name) const {
    return find_tracepoint(name, Root{folder_.path()});
  }
  test::TemporaryFolder folder_;
};

TEST_F(Tracepoint, IsFoundInTracefsAndInItsOldPlace) {
  put("sys/kernel/debug/tracing/events", "372\n");
  EXPECT_EQ(find("sched:sched_switch").value(), 372U);
  put("sys/kernel/tracing/events", "842\n");
  EXPECT_EQ(find("sched:sched_switch").value(), 842U);
}

TEST_F(Tracepoint, IsNothingWhereTracefsHasNone) {
  put("sys/kernel/tracing/events", "842\n");
  EXPECT_EQ(find("sched:sched_swith").value(), std::nullopt);
  put("sys/kernel/tracing/events", "no number");
  EXPECT_EQ(find("sched:sched_switch").value(), std::nullopt);
}

TEST_F(Tracepoint, SaysWhenTracefsIsNotMounted) {
  fs::create_directories(folder_.at("sys/kernel/tracing"));
  const auto found = find("sched:sched_switch");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::unsupported);
  EXPECT_NE(found.error().hint.find("mount -t tracefs"), std::string::npos);
}

TEST_F(Tracepoint, SaysWhenThisUserMayNotReadTracefs) {
  put("sys/kernel/tracing/events", "842\n");
  fs::permissions(folder_.path(), fs::perms::all);
  fs::permissions(folder_.at("sys/kernel/tracing"), fs::perms::none);
  EXPECT_TRUE(test::holds_without_root([&] {
    const auto found = find("sched:sched_switch");
    return !found && found.error().kind == ErrorKind::denied && !found.error().hint.empty();
  }));
  fs::permissions(folder_.at("sys/kernel/tracing"), fs::perms::owner_all);
}

TEST_F(Tracepoint, HasANameOfTwoPlainWords) {
  EXPECT_TRUE(may_be_tracepoint("syscalls:sys_enter_read"));
  for (const auto* name :
       {"", ":", "a:", ":b", "a", "a::b", "a:b:c", "../..:etc", "a/b:c", "a:b*", "a.b:c"}) {
    EXPECT_FALSE(may_be_tracepoint(name)) << name;
  }
}

}  // namespace
}  // namespace bytepath::counters
