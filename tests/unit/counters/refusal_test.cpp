#include "counters/refusal.h"

#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <cerrno>

namespace bytepath::counters {
namespace {

Event event(std::string_view name) { return find_event(name).value(); }

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void expect_refusal(const Error& error, ErrorKind kind, std::string_view part) {
  EXPECT_EQ(error.kind, kind) << error.message;
  EXPECT_TRUE(contains(error.message + "; " + error.hint, part)) << error.message << error.hint;
}

TEST(Refusal, TellsAHostWithoutPmuFromACpuWithoutTheEvent) {
  for (const int code : {ENOENT, ENODEV, EOPNOTSUPP}) {
    expect_refusal(refusal(event("cycles"), code, false), ErrorKind::unsupported, "no PMU");
    expect_refusal(refusal(event("cycles"), code, true), ErrorKind::unsupported, "this CPU's PMU");
    expect_refusal(refusal(event("cs"), code, false), ErrorKind::unsupported, "this kernel");
  }
}

TEST(Refusal, NamesTheWayOutOfADenialAndWhatIsCountedInstead) {
  for (const int code : {EACCES, EPERM}) {
    const Error faults = refusal(event("page-faults"), code, true);
    expect_refusal(faults, ErrorKind::denied, "kernel.perf_event_paranoid=1 or CAP_PERFMON");
    expect_refusal(faults, ErrorKind::denied, "getrusage");
    EXPECT_FALSE(contains(refusal(event("cpu-migrations"), code, true).hint, "getrusage"));
  }
}

TEST(Refusal, SaysWhatIsNoFaultOfTheEvent) {
  expect_refusal(refusal(event("cs"), EMFILE, true), ErrorKind::failed, "ulimit -n");
  expect_refusal(refusal(event("cs"), EINVAL, true), ErrorKind::unsupported, "does not know");
  expect_refusal(refusal_of_task(77, ESRCH), ErrorKind::failed, "no process 77");
  expect_refusal(refusal_of_task(77, EACCES), ErrorKind::denied, "process 77");
  expect_refusal(refusal_of_task(77, ENOSYS), ErrorKind::unsupported, "without perf events");
  expect_refusal(refusal_of_task(77, ENFILE), ErrorKind::failed, "ulimit -n");
}

TEST(Refusal, OffersTheRawCodeOfAnotherCpusEvent) {
  const Error error = refusal_of_foreign(
      Event{.name = "spr::LD_BLOCKS:STORE_FORWARD", .config = 0x8203, .absent_pmu = "spr"});
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_TRUE(contains(error.hint, "r8203")) << error.hint;
}

TEST(KernelsPart, MayBeLeftOutOnlyWhereTheRestMeansTheSame) {
  for (const auto* name : {"cycles", "L1-dcache-loads", "r0224", "task-clock", "cpu-clock"}) {
    EXPECT_TRUE(may_leave_kernel_out(event(name))) << name;
  }
  for (const auto* name : {"page-faults", "minor-faults", "major-faults", "context-switches",
                           "cpu-migrations", "alignment-faults", "cycles:k", "task-clock:k"}) {
    EXPECT_FALSE(may_leave_kernel_out(event(name))) << name;
  }
  EXPECT_FALSE(may_leave_kernel_out(Event{.name = "a:b", .type = PERF_TYPE_TRACEPOINT}));
}

}  // namespace
}  // namespace bytepath::counters
