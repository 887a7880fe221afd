#include "chunks/trace_events.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/mount_traces.h"
#include "support/trace_event_format.h"

namespace bytepath::chunks {
namespace {

using nlohmann::json;

mounts::MountTrace start() {
  mounts::MountTrace trace;
  trace.begin_ns = 1'000'000;
  trace.files = {{.id = {.device = test::fuse_device, .inode = 2}, .bytes = 8192, .path = "/a\"b"}};
  trace.processes = {{.number = 7, .name = "lazyfs", .is_daemon = true},
                     {.number = 9, .name = "python3", .is_daemon = false}};
  auto one = test::read_request(2, 0, 4096, 1'002'000);
  one.end_ns = 3'002'000;
  one.daemon_process = 7;
  auto other = test::read_request(2, 4096, 4096, 1'500'000);
  other.end_ns = 2'000'000;
  other.daemon_process = 7;
  trace.requests = {one, other};
  trace.stalls = {{.begin_ns = 1'003'000,
                   .end_ns = 3'010'500,
                   .device = test::fuse_device,
                   .inode = 2,
                   .page = 1,
                   .process = 9,
                   .thread = 10,
                   .cause = mounts::Stall::fault}};
  trace.transfers = {{.time_ns = 1'600'000, .bytes = 100, .process = 7, .direction = 1},
                     {.time_ns = 1'700'000, .bytes = 4000, .process = 7, .direction = 2},
                     {.time_ns = 1'800'000, .bytes = 4192, .process = 7, .direction = 2}};
  return trace;
}

json events_of(const mounts::MountTrace& trace, std::uint64_t most = max_trace_events,
               std::uint64_t left_out = 0) {
  std::string text;
  const auto append = [&](std::string_view piece) -> Result<> {
    text += piece;
    return {};
  };
  const auto written = write_trace_events(trace, append, most);
  EXPECT_TRUE(written);
  EXPECT_EQ(written ? written->left_out : 0, left_out);
  return json::parse(text).at("traceEvents");
}

TEST(TraceEvents, AreValidAndTellRequestsStallsAndTransfers) {
  const auto events = events_of(start());
  test::expect_valid_events(events);
  ASSERT_EQ(events.size(), 2U + 4U + 1U + 3U);
  EXPECT_EQ(events[0]["args"]["name"], "lazyfs (daemon)");
  EXPECT_EQ(events[2]["name"], "READ");
  EXPECT_EQ(events[2]["ts"], 2.0);
  EXPECT_EQ(events[2]["pid"], 7);
  EXPECT_EQ(events[2]["args"]["path"], "/a\"b");
  EXPECT_EQ(events[3]["ts"], 2002.0);
  EXPECT_EQ(events[3]["id"], events[2]["id"]);
  EXPECT_NE(events[4]["id"], events[2]["id"]);
  EXPECT_EQ(events[4]["args"]["offset"], 4096);
  EXPECT_EQ(events[6]["name"], "waits: page fault");
  EXPECT_EQ(events[6]["dur"], 2007.5);
  EXPECT_EQ(events[6]["tid"], 10);
  EXPECT_EQ(events[6]["args"]["offset"], 4096);
  EXPECT_EQ(events[9]["args"]["received"], 8192);
  EXPECT_EQ(events[9]["args"]["sent"], 100);
}

TEST(TraceEvents, AreValidJsonOfNothingAndOfNamesThatAreNoUtf8) {
  EXPECT_EQ(events_of({}).size(), 0U);
  auto trace = start();
  trace.files[0].path = "/\xff\n";
  test::expect_valid_events(events_of(trace));
}

TEST(TraceEvents, AreNoMoreThanAskedForAndNeverHalfARequest) {
  const auto events = events_of(start(), 5, 5);
  test::expect_valid_events(events);
  EXPECT_EQ(events.size(), 5U);  // both names, a request, and the stall that still has room
}

TEST(TraceEvents, SayThatTheDiskIsFull) {
  const auto written = write_trace_events(
      start(), [](std::string_view) -> Result<> { return fail(ErrorKind::failed, "no space"); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "no space");
}

}  // namespace
}  // namespace bytepath::chunks
