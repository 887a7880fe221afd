#include "host/doctor_attempts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace bytepath::host {
namespace {

TEST(DoctorAttempts, AFatalCallCostsOnlyItsOwnRow) {
  constexpr std::array rows = {
      AttemptRow{"first", "first()", [] { return Attempt{.value = 7}; }},
      AttemptRow{"fatal", "fatal()",
                 [] {
                   ::raise(SIGSYS);
                   return Attempt{};
                 }},
      AttemptRow{"refused", "refused()", [] { return Attempt{.error = EPERM}; }},
      AttemptRow{"last", "last()",
                 [] {
                   ::raise(SIGKILL);
                   return Attempt{};
                 }},
  };
  const auto attempts = try_in_child(rows);
  ASSERT_EQ(attempts.size(), rows.size());
  EXPECT_EQ(attempts.at("first").value, 7);
  EXPECT_FALSE(attempts.at("first").killed);
  EXPECT_TRUE(attempts.at("fatal").killed);
  EXPECT_EQ(attempts.at("refused").error, EPERM);
  EXPECT_FALSE(attempts.at("refused").killed);
  EXPECT_TRUE(attempts.at("last").killed);
}

TEST(DoctorAttempts, TheChildIsAnotherProcess) {
  static const pid_t parent = ::getpid();
  constexpr std::array rows = {AttemptRow{
      "self", "getpid()", [] { return Attempt{.value = ::getpid() == parent ? 1 : 0}; }}};
  EXPECT_EQ(try_in_child(rows).at("self").value, 0);
}

TEST(DoctorAttempts, NamesErrors) {
  EXPECT_EQ(errno_name(EPERM), "EPERM");
  EXPECT_EQ(errno_name(524), "ENOTSUPP");
  EXPECT_EQ(errno_name(4000), "4000");
}

TEST(DoctorAttempts, EveryRowHasItsCall) {
  EXPECT_EQ(attempted_call("bpf.ring-buffer"), "bpf(create ring buffer)");
  EXPECT_EQ(attempted_call("ring-buffer"), "");
}

}  // namespace
}  // namespace bytepath::host
