#include "chunks/request_tiers.h"

#include <gmock/gmock.h>

#include "support/mount_traces.h"

namespace bytepath::chunks {
namespace {

using test::read_request;

Exchange exchange(std::uint64_t begin_ns, std::uint64_t end_ns, std::uint16_t peer,
                  std::uint32_t thread, std::uint64_t received = 4096) {
  return {.begin_ns = begin_ns,
          .sent_ns = begin_ns,
          .first_byte_ns = end_ns,
          .end_ns = end_ns,
          .sent = 100,
          .received = received,
          .peer = peer,
          .thread = thread};
}

mounts::MountTrace trace_with(std::vector<mounts::Request> requests) {
  mounts::MountTrace trace;
  trace.levels = {"fuse", "upstream"};
  trace.peers = {{.family = "inet", .address = "127.0.0.1", .port = 9000},
                 {.family = "inet", .address = "127.0.0.1", .port = 8000}};
  trace.requests = std::move(requests);
  return trace;
}

TEST(RequestTiers, GoByTheThreadThatAnswered) {
  // Both are answered by thread 501, one after the other; the exchange is within the second.
  const auto trace =
      trace_with({read_request(1, 0, 4096, 1000, 500), read_request(1, 4096, 4096, 2000, 500)});
  const auto answers = answers_of(trace, {exchange(2100, 2400, 0, 501)}, {});
  ASSERT_EQ(answers.answers.size(), 2U);
  EXPECT_EQ(answers.answers[0].evidence, Evidence::nothing);
  EXPECT_EQ(answers.tiers[answers.answers[0].tier], "the daemon");
  EXPECT_EQ(answers.answers[1].evidence, Evidence::thread);
  EXPECT_EQ(answers.tiers[answers.answers[1].tier], "127.0.0.1:9000");
}

TEST(RequestTiers, AreNotThoseOfTheReadThatTheThreadAnsweredBefore) {
  // The second READ was sent before its thread fetched what the first one asked for.
  const auto trace =
      trace_with({read_request(1, 0, 4096, 1000, 900), read_request(1, 4096, 4096, 1050, 1000)});
  const auto answers = answers_of(trace, {exchange(1100, 1800, 0, 501)}, {});
  ASSERT_EQ(answers.answers.size(), 2U);
  EXPECT_EQ(answers.tiers[answers.answers[0].tier], "127.0.0.1:9000");
  EXPECT_EQ(answers.tiers[answers.answers[1].tier], "the daemon");
}

TEST(RequestTiers, AreThoseThatMostBytesCameFrom) {
  const auto trace = trace_with({read_request(1, 0, 4096, 1000, 500)});
  const auto answers =
      answers_of(trace,
                 {exchange(1010, 1020, 0, 501, 90), exchange(1030, 1400, 1, 501, 524'288),
                  exchange(1410, 1420, 0, 501, 60)},
                 {});
  EXPECT_EQ(answers.tiers[answers.answers[0].tier], "127.0.0.1:8000");
}

TEST(RequestTiers, GoByTheRangeWhereThreadsDoNotTell) {
  auto asked = exchange(1100, 1300, 0, 77);
  asked.first = 0;
  asked.last = 8191;
  const auto trace = trace_with(
      {read_request(1, 4096, 4096, 1000, 500), read_request(1, 65'536, 4096, 1000, 500)});
  const auto answers = answers_of(trace, {asked}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::range);
  EXPECT_EQ(answers.unknown, 1U) << "another READ was under way, which the range is not of";
}

TEST(RequestTiers, KnowWhoWaitedForAnothersFetch) {
  auto asked = exchange(900, 1300, 0, 501);
  asked.first = 0;
  asked.last = 524'287;
  auto second = read_request(1, 4096, 4096, 1000, 500);
  second.daemon_thread = 502;
  const auto trace = trace_with({read_request(1, 0, 4096, 800, 600), second});
  const auto answers = answers_of(trace, {asked}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::thread);
  EXPECT_EQ(answers.answers[1].evidence, Evidence::joined);
  EXPECT_EQ(answers.answers[1].tier, answers.answers[0].tier);
}

TEST(RequestTiers, KnowWhoWaitedForAnothersFetchOfAChunkWithoutARange) {
  // 64 KiB and what HTTP adds, for the first READ; the second is of the same chunk, the third not.
  auto second = read_request(1, 61'440, 4096, 1000, 500);
  auto third = read_request(1, 65'536, 4096, 1000, 500);
  second.daemon_thread = third.daemon_thread = 502;
  const auto trace = trace_with({read_request(1, 0, 4096, 800, 600), second, third});
  const auto answers =
      answers_of(trace, {exchange(100, 200, 0, 502), exchange(900, 1300, 0, 501, 65'700)}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::thread);
  EXPECT_EQ(answers.answers[1].evidence, Evidence::joined);
  EXPECT_EQ(answers.answers[1].tier, answers.answers[0].tier);
  EXPECT_EQ(answers.answers[2].evidence, Evidence::nothing);
}

TEST(RequestTiers, AreNotWhereAThreadStoresWhileTheNextReadWaits) {
  const auto trace = trace_with({read_request(1, 0, 4096, 1000, 500)});
  auto stored = exchange(1010, 1100, 0, 501, 90);
  stored.sent = 65'700;
  const auto answers = answers_of(trace, {stored}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::nothing);
  EXPECT_EQ(answers.answers[0].tier, 0U);
}

TEST(RequestTiers, AreWhereAnAnswerBeganThatGoesOnForLaterReads) {
  auto streamed = exchange(1100, 9000, 1, 501, 8 << 20);
  streamed.first_byte_ns = 1300;
  const auto trace =
      trace_with({read_request(1, 0, 4096, 1000, 500), read_request(1, 4096, 4096, 2000, 500)});
  const auto answers = answers_of(trace, {streamed}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::thread);
  EXPECT_EQ(answers.answers[1].evidence, Evidence::nothing) << "it may have been there already";
}

TEST(RequestTiers, GoByTimeWhereAnyThreadMayAsk) {
  // As in Go: who answers a READ has also asked for others.
  const auto trace =
      trace_with({read_request(1, 0, 4096, 1000, 500), read_request(1, 4096, 4096, 2000, 500)});
  const auto answers = answers_of(
      trace, {exchange(100, 200, 1, 501), exchange(1100, 1300, 1, 77), exchange(2100, 2300, 1, 78)},
      {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::time);
  EXPECT_EQ(answers.answers[1].evidence, Evidence::time);
}

TEST(RequestTiers, GoByTimeWhereNothingElseWasUnderWay) {
  const auto trace = trace_with({read_request(1, 4096, 4096, 1000, 500)});
  const auto answers = answers_of(trace, {exchange(1100, 1300, 1, 77)}, {});
  EXPECT_EQ(answers.answers[0].evidence, Evidence::time);
}

TEST(RequestTiers, HaveTheNamesThatTheUserGives) {
  const auto trace = trace_with({read_request(1, 0, 4096, 1000, 500)});
  const auto cache = tier_from_text("l2=127.0.0.1:9000-9019");
  ASSERT_TRUE(cache);
  const auto answers = answers_of(trace, {exchange(1100, 1300, 0, 501)}, {*cache});
  EXPECT_THAT(answers.tiers, testing::ElementsAre("the daemon", "l2", "127.0.0.1:8000"));
  EXPECT_EQ(answers.answers[0].tier, 1U);
}

TEST(RequestTiers, LeaveOutWhatFailedAndWhatIsNoRead) {
  auto failed = read_request(1, 0, 4096, 1000);
  failed.error = -5;
  auto lookup = read_request(1, 0, 0, 1000);
  lookup.opcode = test::opcode_lookup;
  EXPECT_TRUE(answers_of(trace_with({failed, lookup}), {}, {}).answers.empty());
}

TEST(RequestTiers, GoByLatencyOnlyWhereExchangesWereNotRecorded) {
  std::vector<mounts::Request> requests;
  for (std::uint64_t i = 0; i < 60; ++i)
    requests.push_back(read_request(1, i * 4096, 4096, i * 100'000'000,
                                    i % 3 == 0 ? 20'000'000 + i * 10'000 : 100'000 + i * 100));
  auto trace = trace_with(std::move(requests));
  trace.levels = {"fuse"};
  const auto answers = answers_of(trace, {}, {});
  ASSERT_EQ(answers.valleys.size(), 1U);
  ASSERT_EQ(answers.tiers.size(), 2U);
  for (const auto& answer : answers.answers) {
    EXPECT_EQ(answer.evidence, Evidence::latency);
    EXPECT_EQ(answer.tier, answer.request->end_ns - answer.request->begin_ns > 1'000'000 ? 1U : 0U);
  }
}

TEST(TierName, IsReadWithOrWithoutPorts) {
  EXPECT_EQ(tier_from_text("a=10.0.0.1")->first_port, 0);
  EXPECT_EQ(tier_from_text("a=10.0.0.1:80")->last_port, 80);
  EXPECT_EQ(tier_from_text("a=[::1]:80-90")->address, "::1");
  EXPECT_EQ(tier_from_text("cache=unix")->address, "unix");
  for (const char* text : {"", "a", "=1.2.3.4", "a=", "a=1.2.3.4:0", "a=1.2.3.4:9-3",
                           "a=1.2.3.4:70000", "a=[::1", "a=1.2.3.4:x"})
    EXPECT_EQ(tier_from_text(text).error().kind, ErrorKind::usage) << text;
}

}  // namespace
}  // namespace bytepath::chunks
