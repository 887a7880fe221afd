#include "mounts/trace_builder.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include <cstring>

namespace bytepath::mounts {
namespace {

std::string name_of(std::uint32_t process) { return process == 5 ? "lazyfs" : "python3"; }

constexpr std::uint32_t kernel_device = 3U << 20U | 7U;

TEST(TraceBuilder, TellsDevicesAsStatDoes) {
  MountTrace trace;
  TraceBuilder builder(trace, name_of);
  bytepath_request_event request{};
  request.device = kernel_device;
  request.error = static_cast<bytepath_u32>(-5);
  request.process = 7;
  request.thread = 8;
  request.daemon_process = 5;
  request.daemon_thread = 6;
  builder.add(request);
  ASSERT_EQ(trace.requests.size(), 1U);
  EXPECT_EQ(trace.requests[0].device, makedev(3, 7));
  EXPECT_EQ(trace.requests[0].error, -5);
  ASSERT_EQ(trace.processes.size(), 2U);
  EXPECT_EQ(trace.processes[0].name, "python3");
  EXPECT_TRUE(trace.processes[1].is_daemon);
}

TEST(TraceBuilder, FindsTheProcessOfAThreadThatWasSeenBefore) {
  MountTrace trace;
  TraceBuilder builder(trace, name_of);
  bytepath_access_event access{};
  access.process = 7;
  access.thread = 8;
  builder.add(access);
  bytepath_request_event request{};
  request.thread = 8;
  builder.add(request);
  EXPECT_EQ(trace.requests[0].process, 7U);
  request.thread = 9;
  builder.add(request);
  EXPECT_EQ(trace.requests[1].process, 0U);
}

TEST(TraceBuilder, NumbersPeersAlsoAfterTheyWereTakenOut) {
  MountTrace trace;
  TraceBuilder builder(trace, name_of);
  bytepath_transfer_event transfer{};
  transfer.family = AF_INET;
  transfer.port = htons(8080);
  transfer.address[0] = 127;
  transfer.address[3] = 1;
  builder.add(transfer);
  ASSERT_EQ(trace.peers.size(), 1U);
  EXPECT_EQ(trace.peers[0].address, "127.0.0.1");
  trace.peers.clear();
  transfer.port = htons(8081);
  builder.add(transfer);
  builder.add(transfer);
  EXPECT_EQ(trace.peers.size(), 1U);
  EXPECT_EQ(trace.transfers[2].peer, 1U);
}

TEST(TraceBuilder, PutsPathsTogether) {
  bytepath_file_event file{};
  EXPECT_EQ(path_of_parts(file), "/");
  file.parts = 2;
  std::strcpy(file.names[0], "python3");
  std::strcpy(file.names[1], "bin");
  EXPECT_EQ(path_of_parts(file), "/bin/python3");
  file.parts = BYTEPATH_PATH_PARTS;
  for (auto& name : file.names) std::strcpy(name, "x");
  EXPECT_TRUE(path_of_parts(file).starts_with("/.../x/"));
  file.parts = 60'000;
  std::memset(file.names, 'n', sizeof file.names);
  EXPECT_LE(path_of_parts(file).size(), sizeof file.names + 64);
}

TEST(TraceBuilder, KeepsOfHttpWhatMayBeKept) {
  MountTrace trace;
  TraceBuilder builder(trace, name_of);
  bytepath_http_event request{};
  const std::string text = "GET /a?secret HTTP/1.1\r\nCookie: secret\r\n";
  std::memcpy(request.text, text.data(), text.size());
  request.length = 60'000;
  builder.add(request);
  ASSERT_EQ(trace.http.size(), 1U);
  EXPECT_EQ(trace.http[0].path, "/a");
}

}  // namespace
}  // namespace bytepath::mounts
