#include "mounts/trace_file.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "support/temporary_folder.h"

namespace bytepath::mounts {
namespace {

MountTrace example() {
  MountTrace trace;
  trace.version = "1.2.3";
  trace.started = "2026-11-26T13:00:00Z";
  trace.begin_ns = 1000;
  trace.end_ns = 9000;
  trace.levels = {"fuse", "cache"};
  trace.command = {"python3", "-c", "print(1)"};
  trace.exit_code = 3;
  trace.cpu_ns = 250.5;
  trace.mounts = {{.device = 44, .path = "/mnt/a b", .type = "fuse.lazyfs", .bytes = 1U << 20U}};
  trace.requests = {{.begin_ns = 1100,
                     .end_ns = 1300,
                     .device = 44,
                     .inode = 2,
                     .offset = 4096,
                     .size = 4096,
                     .replied = 4096,
                     .opcode = 15,
                     .process = 7,
                     .thread = 8}};
  trace.accesses = {
      {.time_ns = 1350, .device = 44, .inode = 2, .page = 1, .pages = 1, .missed = 1}};
  trace.stalls = {{.begin_ns = 1100, .end_ns = 1300, .device = 44, .inode = 2, .page = 1}};
  trace.transfers = {{.time_ns = 1200,
                      .socket = 99,
                      .bytes = 4096,
                      .process = 5,
                      .thread = 6,
                      .peer = 0,
                      .direction = Transfer::received}};
  trace.heat = {
      {.device = 44, .inode = 2, .chunk = 0, .first_ns = 1350, .accessed = 3, .touched = {2, 0}}};
  trace.files = {{.id = {44, 2}, .node = 2, .bytes = 1U << 20U, .path = "/image"}};
  trace.peers = {{.family = "inet", .address = "127.0.0.1", .port = 8080}};
  trace.http = {{.time_ns = 1150,
                 .socket = 99,
                 .thread = 6,
                 .method = "GET",
                 .path = "/image",
                 .first = 4096,
                 .last = 8191}};
  trace.processes = {{.number = 5, .name = "lazyfs", .is_daemon = true}};
  trace.missing = {{.what = "readahead", .reason = "this kernel has none", .remedy = ""}};
  trace.losses.stalls = 2;
  return trace;
}

TEST(TraceFile, HasAllThatWasWritten) {
  const std::string bytes = to_bytes(example());
  const auto trace = trace_from_bytes(bytes, "t");
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_TRUE(trace->whole);
  EXPECT_EQ(trace->damaged_blocks, 0U);
  EXPECT_EQ(trace->exit_code, 3);
  EXPECT_EQ(trace->losses.stalls, 2U);
  EXPECT_EQ(to_bytes(*trace), bytes);
}

TEST(TraceFile, OfWhichTheEndIsMissingIsReadAsFarAsItGoes) {
  const std::string bytes = to_bytes(example());
  std::size_t readable = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto trace = trace_from_bytes(std::string_view(bytes).substr(0, length), "t");
    if (!trace) continue;
    ++readable;
    EXPECT_FALSE(trace->whole) << length;
    EXPECT_LE(trace->requests.size(), 1U);
  }
  EXPECT_GT(readable, 0U);
}

TEST(TraceFile, LosesOneBlockForAWrongBit) {
  std::string bytes = to_bytes(example());
  const auto heat = bytes.rfind(std::string(1, '\x06') + std::string(3, '\0'));
  ASSERT_NE(heat, std::string::npos);
  bytes[heat + 24 + 16] ^= 1;
  const auto trace = trace_from_bytes(bytes, "t");
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->damaged_blocks, 1U);
  EXPECT_TRUE(trace->heat.empty());
  EXPECT_EQ(trace->requests.size(), 1U);
  EXPECT_TRUE(trace->whole);
}

TEST(TraceFile, TellsWhatIsNone) {
  EXPECT_THAT(trace_from_bytes("", "t").error().message, testing::HasSubstr("t is no trace"));
  EXPECT_THAT(trace_from_bytes("BPMOUNT", "t").error().message, testing::HasSubstr("is no trace"));
  std::string newer = to_bytes(example());
  newer[8] = 2;
  EXPECT_EQ(trace_from_bytes(newer, "t").error().message,
            "t has version 2 of the format, and this program knows 1");
}

TEST(TraceFile, IsWrittenPieceByPiece) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/t.trace";
  auto trace = example();
  const auto all = example();
  auto writer = TraceWriter::create(path, trace);
  ASSERT_TRUE(writer);
  for (int round = 0; round < 3; ++round) {
    trace.requests.assign(5000, all.requests[0]);
    trace.transfers.assign(round == 1 ? 5000 : 10, all.transfers[0]);
    ASSERT_TRUE(writer->add(trace));
    EXPECT_TRUE(trace.requests.empty());
  }
  EXPECT_FALSE(read_trace(path)) << "it appears at the end";
  ASSERT_TRUE(writer->finish(trace));
  const auto read = read_trace(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->requests.size(), 15'000U);
  EXPECT_EQ(read->peers.size(), 1U);
  EXPECT_TRUE(read->whole);
}

TEST(TraceFile, ThatIsKeptAfterAnErrorLacksItsEnd) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/t.trace";
  auto trace = example();
  auto writer = TraceWriter::create(path, trace);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->keep());
  const auto read = read_trace(path);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->whole);
  EXPECT_EQ(read->mounts.size(), 1U);
}

}  // namespace
}  // namespace bytepath::mounts
