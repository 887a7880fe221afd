#include "chunks/exchanges.h"

#include <gtest/gtest.h>

namespace bytepath::chunks {
namespace {

using mounts::Transfer;

Transfer transfer(std::uint64_t time_ns, std::uint64_t socket, std::uint32_t bytes,
                  std::uint16_t direction, std::uint32_t thread = 6) {
  return {.time_ns = time_ns,
          .socket = socket,
          .bytes = bytes,
          .process = 5,
          .thread = thread,
          .peer = 0,
          .direction = direction};
}

mounts::MountTrace trace_with(std::vector<Transfer> transfers) {
  mounts::MountTrace trace;
  trace.peers = {{.family = "inet", .address = "127.0.0.1", .port = 80}};
  trace.transfers = std::move(transfers);
  return trace;
}

TEST(Exchanges, AreWhatIsSentUpToTheNextSending) {
  const auto all = exchanges_of(trace_with(
      {transfer(10, 1, 100, Transfer::sent), transfer(12, 1, 20, Transfer::sent),
       transfer(20, 1, 1000, Transfer::received), transfer(30, 1, 500, Transfer::received),
       transfer(40, 1, 100, Transfer::sent), transfer(50, 1, 7, Transfer::received)}));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sent, 120U);
  EXPECT_EQ(all[0].sent_ns, 12U);
  EXPECT_EQ(all[0].first_byte_ns, 20U);
  EXPECT_EQ(all[0].end_ns, 30U);
  EXPECT_EQ(all[0].received, 1500U);
  EXPECT_EQ(all[1].received, 7U);
}

TEST(Exchanges, OfSocketsAreApartAndInTheOrderOfTime) {
  const auto all = exchanges_of(
      trace_with({transfer(30, 2, 1, Transfer::received), transfer(10, 1, 1, Transfer::sent),
                  transfer(11, 2, 1, Transfer::sent), transfer(40, 1, 1, Transfer::received)}));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].end_ns, 40U);
  EXPECT_EQ(all[1].end_ns, 30U);
}

TEST(Exchanges, AreNotWhereTheDaemonServesOthers) {
  EXPECT_TRUE(exchanges_of(trace_with({transfer(10, 1, 100, Transfer::received),
                                       transfer(20, 1, 1000, Transfer::sent),
                                       transfer(30, 1, 100, Transfer::received)}))
                  .empty());
}

TEST(Exchanges, WithoutAnAnswerHaveNoFirstByte) {
  const auto all = exchanges_of(trace_with({transfer(10, 1, 100, Transfer::sent)}));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].first_byte_ns, 0U);
  EXPECT_EQ(all[0].received, 0U);
}

TEST(Exchanges, KnowTheRangeThatWasAskedFor) {
  auto trace =
      trace_with({transfer(10, 1, 100, Transfer::sent), transfer(20, 1, 1000, Transfer::received),
                  transfer(40, 1, 100, Transfer::sent), transfer(50, 1, 1000, Transfer::received)});
  trace.http = {{.time_ns = 9,
                 .socket = 1,
                 .thread = 6,
                 .method = "GET",
                 .path = "/a",
                 .first = 0,
                 .last = 999},
                {.time_ns = 39,
                 .socket = 1,
                 .thread = 6,
                 .method = "GET",
                 .path = "/a",
                 .first = 5000,
                 .last = 5999},
                {.time_ns = 60,
                 .socket = 1,
                 .thread = 6,
                 .method = "GET",
                 .path = "/a",
                 .first = 7,
                 .last = 8},
                {.time_ns = 9,
                 .socket = 3,
                 .thread = 6,
                 .method = "GET",
                 .path = "/a",
                 .first = 7,
                 .last = 8}};
  const auto all = exchanges_of(trace);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].first, 0U);
  EXPECT_EQ(all[1].first, 5000U);
  EXPECT_EQ(all[1].last, 5999U);
}

}  // namespace
}  // namespace bytepath::chunks
