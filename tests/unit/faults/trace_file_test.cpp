#include "faults/trace_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/fault_events.h"
#include "support/trace_event_format.h"

namespace bytepath::faults {
namespace {

struct Trace : testing::Test {
  Trace() {
    const auto path = folder.write("wei\"ghts.bin", std::string(4 * test::page, 'w'));
    auto opened = WatchedFiles::open({path}, test::page);
    if (!opened) ADD_FAILURE() << opened.error().message;
    watched = *opened;
  }
  nlohmann::json written() { return nlohmann::json::parse(folder.read("trace.json")); }

  test::TemporaryFolder folder;
  WatchedFiles watched;
};

TEST_F(Trace, IsASliceForEachFaultWithWhatItWasAbout) {
  FaultLedger ledger(watched, true);
  auto trace = TraceFile::create(folder.at("trace.json"), ledger);
  ASSERT_TRUE(trace);
  const auto mapping = test::mapping_of(watched.files()[0]);
  auto fault = test::fault_at(2, 2500);
  fault.time_ns = 7'000;
  fault.thread = 99;
  (*trace)->fault(fault, &mapping);
  bytepath_call call{};
  call.call = bytepath_call_madvise;
  (*trace)->call(call, &mapping);
  trace::Mapping other = mapping;
  other.file = {.device = 1, .inode = 1};
  other.path = "/nowhere/library.so";
  (*trace)->call(call, &other);  // of a file that nobody asked for
  ASSERT_TRUE((*trace)->finish());
  const auto json = written();
  const auto& events = json.at("traceEvents");
  test::expect_valid_events(events);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at("name"), "cache-hit");
  EXPECT_EQ(events[0].at("ph"), "X");
  EXPECT_EQ(events[0].at("ts"), 7.0);
  EXPECT_EQ(events[0].at("dur"), 2.5);
  EXPECT_EQ(events[0].at("tid"), 99);
  EXPECT_EQ(events[0].at("args").at("offset"), 2 * test::page + 17);
  EXPECT_EQ(events[0].at("args").at("file"), watched.files()[0].path);
  EXPECT_TRUE(events[0].at("args").contains("tensor"));
  EXPECT_EQ(events[1].at("name"), "madvise normal");
}

TEST_F(Trace, PassesEverythingOnToTheLedger) {
  FaultLedger ledger(watched, true);
  auto trace = TraceFile::create(folder.at("trace.json"), ledger);
  ASSERT_TRUE(trace);
  const auto mapping = test::mapping_of(watched.files()[0]);
  (*trace)->fault(test::fault_at(0), &mapping);
  (*trace)->fault(test::fault_at(0), nullptr);
  (*trace)->pages_added(test::added(watched.files()[0], 0, 2));
  EXPECT_EQ(ledger.all_faults(), 2U);
  EXPECT_EQ(ledger.records()[0].pages_read, 2U);
}

TEST_F(Trace, WithoutEventsIsATraceToo) {
  FaultLedger ledger(watched, true);
  auto trace = TraceFile::create(folder.at("trace.json"), ledger);
  ASSERT_TRUE(trace);
  ASSERT_TRUE((*trace)->finish());
  EXPECT_TRUE(written().at("traceEvents").empty());
}

TEST_F(Trace, LeavesNothingWhenItIsGivenUp) {
  FaultLedger ledger(watched, true);
  {
    auto trace = TraceFile::create(folder.at("trace.json"), ledger);
  }
  EXPECT_EQ(folder.names().size(), 1U);  // the weights
}

}  // namespace
}  // namespace bytepath::faults
