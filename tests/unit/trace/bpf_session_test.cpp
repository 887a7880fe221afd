#include "trace/bpf_session.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace bytepath::trace {
namespace {

TEST(FailLoad, WithoutTheRightIsNotLibbpfsGuess) {
  const auto refused =
      fail_load(EPERM, "fault_tracer", "libbpf: Failed to bump RLIMIT_MEMLOCK (err = -1)");
  EXPECT_EQ(refused.error().kind, ErrorKind::denied);
  EXPECT_EQ(refused.error().message,
            "the kernel refused the BPF program fault_tracer: Operation not permitted");
}

TEST(FailLoad, OtherwiseSaysWhatLibbpfSaid) {
  EXPECT_TRUE(fail_load(EACCES, "x", "the verifier").error().message.contains("(the verifier)"));
  EXPECT_TRUE(fail_load(EINVAL, "x", "no such type").error().message.contains("(no such type)"));
}

// libbpf tells of both by the same number.
TEST(FailLoad, DoesNotBlameTheKernelForALimitOfOpenFiles) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 10, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto error = fail_load(EINVAL, "x", "").error();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_TRUE(error.message.contains("may open 10 files only")) << error.message;
  EXPECT_TRUE(error.hint.contains("ulimit -Hn"));
}

}  // namespace
}  // namespace bytepath::trace
