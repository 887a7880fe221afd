#include "trace/perf_fault_pairing.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace bytepath::trace {
namespace {

using Kind = FaultStep::Kind;
constexpr std::uint64_t always = std::numeric_limits<std::uint64_t>::max();

FaultStep step(Kind kind, std::uint64_t time, std::uint32_t thread, std::uint64_t address = 0) {
  return {.kind = kind, .process = 7, .thread = thread, .time_ns = time, .address = address};
}

class Pairing : public testing::Test {
 protected:
  void add(const std::vector<FaultStep>& steps) {
    for (const auto& each : steps) pairing_.add(each);
  }
  std::vector<bytepath_fault> pair(std::uint64_t until = always) {
    std::vector<bytepath_fault> faults;
    pairing_.pair_until(until, faults);
    return faults;
  }
  FaultPairing pairing_;
};

TEST_F(Pairing, MakesAFaultOfItsTwoEnds) {
  FaultStep begin = step(Kind::begin, 100, 8, 0x1234);
  begin.from_kernel = true;
  begin.instruction = 0x99;
  add({begin, step(Kind::major_end, 350, 8, 0x1234)});
  const auto faults = pair();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].kind, bytepath_event_fault);
  EXPECT_EQ(faults[0].major, 1);
  EXPECT_EQ(faults[0].from_kernel, 1);
  EXPECT_EQ(faults[0].process, 7U);
  EXPECT_EQ(faults[0].thread, 8U);
  EXPECT_EQ(faults[0].time_ns, 100U);
  EXPECT_EQ(faults[0].duration_ns, 250U);
  EXPECT_EQ(faults[0].address, 0x1234U);
  EXPECT_EQ(faults[0].instruction, 0x99U);
  EXPECT_EQ(faults[0].switches, 0U);
  EXPECT_EQ(pairing_.unpaired(), 0U);
}

TEST_F(Pairing, SortsWhatTheCpusSayByTime) {
  // Thread 1 begins on one CPU and ends on another, whose ring is read first.
  add({step(Kind::minor_end, 300, 1, 0x10), step(Kind::begin, 310, 1, 0x20),
       step(Kind::minor_end, 320, 1, 0x20), step(Kind::begin, 150, 2, 0x10),
       step(Kind::begin, 100, 1, 0x10), step(Kind::minor_end, 200, 2, 0x10)});
  const auto faults = pair();
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].thread, 2U);
  EXPECT_EQ(faults[0].duration_ns, 50U);
  EXPECT_EQ(faults[1].duration_ns, 200U);
  EXPECT_EQ(faults[2].duration_ns, 10U);
  EXPECT_EQ(faults[0].major, 0);
  EXPECT_EQ(pairing_.unpaired(), 0U);
}

TEST_F(Pairing, WaitsForWhatIsLater) {
  add({step(Kind::begin, 100, 1, 0x10), step(Kind::minor_end, 300, 1, 0x10)});
  EXPECT_TRUE(pair(299).empty());
  add({step(Kind::begin, 120, 2, 0x20), step(Kind::minor_end, 130, 2, 0x20)});
  EXPECT_EQ(pair(299).size(), 1U);
  EXPECT_EQ(pair(300).size(), 1U);
  EXPECT_TRUE(pair().empty());
  pairing_.finish();
  EXPECT_EQ(pairing_.unpaired(), 0U);
}

TEST_F(Pairing, CountsSleepsWithinTheFault) {
  add({step(Kind::slept, 90, 1), step(Kind::begin, 100, 1, 0x10), step(Kind::slept, 110, 1),
       step(Kind::slept, 115, 2), step(Kind::slept, 120, 1), step(Kind::minor_end, 130, 1, 0x10),
       step(Kind::slept, 140, 1), step(Kind::begin, 150, 1, 0x20),
       step(Kind::minor_end, 160, 1, 0x20)});
  const auto faults = pair();
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].switches, 2U);
  EXPECT_EQ(faults[1].switches, 0U);
}

TEST_F(Pairing, CountsABeginningThatIsMadeAgain) {
  add({step(Kind::begin, 100, 1, 0x10), step(Kind::begin, 200, 1, 0x10),
       step(Kind::minor_end, 210, 1, 0x10)});
  const auto faults = pair();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].time_ns, 200U);
  EXPECT_EQ(pairing_.unresolved(), 1U);
  EXPECT_EQ(pairing_.unpaired(), 0U);
}

TEST_F(Pairing, CountsEndsWithoutTheirBeginning) {
  add({step(Kind::minor_end, 50, 1, 0x10), step(Kind::begin, 100, 1, 0x20),
       step(Kind::major_end, 110, 1, 0x30), step(Kind::minor_end, 120, 1, 0x20)});
  const auto faults = pair();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].duration_ns, 20U) << "an end at another address is not that of this fault";
  EXPECT_EQ(pairing_.unpaired(), 2U);
}

TEST_F(Pairing, CountsWhatIsOpenAtTheEnd) {
  add({step(Kind::begin, 100, 1, 0x20), step(Kind::begin, 100, 2, 0x20)});
  EXPECT_TRUE(pair().empty());
  EXPECT_EQ(pairing_.unresolved(), 0U) << "they may still end";
  pairing_.finish();
  EXPECT_EQ(pairing_.unresolved(), 2U);
}

}  // namespace
}  // namespace bytepath::trace
