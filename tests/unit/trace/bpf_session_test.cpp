#include "trace/bpf_session.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bytepath::trace
