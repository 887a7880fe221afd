#include "net/cache_headers.h"

#include <gtest/gtest.h>

#include "stats/random.h"

namespace bytepath::net {
namespace {

using Headers = std::vector<Header>;

struct Case {
  const char* what;
  Headers headers;
  const char* tier;
  const char* evidence;
};

TEST(CacheHeaders, TellTheTier) {
  const Case cases[] = {
      {"nothing", {}, "not said", "none"},
      {"RFC 9211: the last is the nearest",
       {{"Cache-Status", "OriginCache; hit; ttl=1100, \"CDN Here, Inc\"; hit; ttl=545"}},
       "edge",
       "Cache-Status"},
      {"RFC 9211: a forward at the edge, a hit behind it",
       {{"Cache-Status", "inner; hit; ttl=30"}, {"cache-status", "outer; fwd=uri-miss; stored"}},
       "hop 2",
       "Cache-Status"},
      {"RFC 9211: all forward",
       {{"Cache-Status", "a; fwd=uri-miss, b; fwd=vary-miss"}},
       "origin",
       "Cache-Status"},
      {"RFC 9211: too old", {{"Cache-Status", "a; hit; ttl=-412"}}, "edge, stale", "Cache-Status"},
      {"RFC 9211: asked, and still good",
       {{"Cache-Status", "a; fwd=stale; fwd-status=304"}},
       "edge, revalidated",
       "Cache-Status"},
      {"RFC 9211: too old and fetched",
       {{"Cache-Status", "a; fwd=stale; fwd-status=200"}},
       "origin, expired",
       "Cache-Status"},
      {"RFC 9211: not looked up",
       {{"Cache-Status", "a; fwd=bypass"}},
       "origin, bypass",
       "Cache-Status"},
      {"RFC 9211: a hit that is false",
       {{"Cache-Status", "a; hit=?0; fwd=miss"}},
       "origin",
       "Cache-Status"},
      {"an edge hit replays the MISS of when it was stored",
       {{"X-Cache", "MISS"}, {"X-Cache", "HIT"}},
       "edge",
       "X-Cache"},
      {"Fastly: shield first, local last",
       {{"X-Cache", "HIT, MISS"},
        {"X-Served-By", "cache-iad-kiad7000056-IAD, cache-fra-etou8220144-FRA"},
        {"X-Cache-Hits", "3, 0"}},
       "hop 2",
       "X-Cache"},
      {"CloudFront",
       {{"X-Cache", "Miss from cloudfront"}, {"X-Amz-Cf-Pop", "FRA56-P4"}},
       "origin",
       "X-Cache"},
      {"CloudFront: asked",
       {{"X-Cache", "RefreshHit from cloudfront"}},
       "edge, revalidated",
       "X-Cache"},
      {"Akamai",
       {{"X-Cache", "TCP_MEM_HIT from a23-1.deploy.example (AkamaiGHost/1)"}},
       "edge",
       "X-Cache"},
      {"Squid", {{"X-Cache", "MISS from squid.example"}}, "origin", "X-Cache"},
      {"Cloudflare before another cache",
       {{"CF-Cache-Status", "DYNAMIC"}, {"X-Cache", "HIT"}, {"CF-RAY", "8f00-FRA"}},
       "hop 2",
       "CF-Cache-Status"},
      {"Cloudflare", {{"CF-Cache-Status", "EXPIRED"}}, "origin, expired", "CF-Cache-Status"},
      {"nginx: stale while it updates",
       {{"X-Cache-Status", "UPDATING"}},
       "edge, stale",
       "X-Cache-Status"},
      {"nginx: not looked up, and a hit behind it",
       {{"X-Cache", "HIT"}, {"X-Cache", "BYPASS"}},
       "hop 2",
       "X-Cache"},
      {"Varnish: the request that stored it",
       {{"X-Varnish", "32770 3"}, {"Age", "4"}},
       "edge",
       "X-Varnish"},
      {"Varnish: none", {{"X-Varnish", "32770"}, {"Age", "0"}}, "origin", "X-Varnish"},
      {"Varnish: nonsense", {{"X-Varnish", "x y"}}, "not said", "none"},
      {"Akamai's timing",
       {{"Server-Timing", "cdn-cache; desc=HIT, edge; dur=1"}},
       "edge",
       "Server-Timing"},
      {"CloudFront's timing",
       {{"Server-Timing", "cdn-cache-miss,cdn-pop;desc=\"FRA56\""}},
       "origin",
       "Server-Timing"},
      {"only an age", {{"Age", "17"}}, "a cache", "Age"},
      {"no age yet", {{"Age", "0"}}, "not said", "none"},
      {"words nobody knows", {{"X-Cache", "FROBNICATED"}}, "not said", "none"},
      {"an unknown word keeps its place", {{"X-Cache", "HIT, FROBNICATED"}}, "hop 2", "X-Cache"},
      {"Varnish: a note to look nothing up", {{"X-Cache", "HITPASS"}}, "origin, bypass", "X-Cache"},
      {"Varnish: the same",
       {{"X-Cache-Status", "hit-for-miss"}},
       "origin, bypass",
       "X-Cache-Status"},
      {"Akamai: too old, and fetched anew",
       {{"X-Cache", "TCP_REFRESH_MISS from a.example"}},
       "origin, expired",
       "X-Cache"},
      {"Akamai: too old, and the origin did not answer",
       {{"X-Cache", "TCP_REFRESH_FAIL_HIT from a.example"}},
       "edge, stale",
       "X-Cache"},
      {"Squid: too old, and still good",
       {{"X-Cache", "TCP_REFRESH_UNMODIFIED"}},
       "edge, revalidated",
       "X-Cache"},
      {"an error", {{"X-Cache", "Error from cloudfront"}}, "origin, error", "X-Cache"},
  };
  for (const auto& each : cases) {
    const auto reading = read_cache_headers(each.headers);
    EXPECT_EQ(reading.tier, each.tier) << each.what;
    EXPECT_EQ(reading.evidence, each.evidence) << each.what;
  }
}

TEST(CacheHeaders, NameHopsAndPlaces) {
  const auto fastly =
      read_cache_headers({{"X-Cache", "HIT, MISS"},
                          {"X-Served-By", "cache-iad-kiad7000056-IAD, cache-fra-etou8220144-FRA"}});
  ASSERT_EQ(fastly.hops.size(), 2U);
  EXPECT_EQ(fastly.hops[0].name, "cache-fra-etou8220144-FRA");
  EXPECT_EQ(fastly.hops[0].answer, CacheAnswer::miss);
  EXPECT_EQ(fastly.hops[1].name, "cache-iad-kiad7000056-IAD");
  EXPECT_EQ(fastly.point_of_presence, "cache-fra-etou8220144-FRA");
  EXPECT_EQ(read_cache_headers({{"CF-RAY", "230b030023ae2822-SJC"}}).point_of_presence, "SJC");
  EXPECT_EQ(read_cache_headers({{"x-amz-cf-pop", " FRA56-P4 "}}).point_of_presence, "FRA56-P4");
  EXPECT_EQ(read_cache_headers({{"Server-Timing", "cdn-pop;desc=\"FRA56-P4\""}}).point_of_presence,
            "FRA56-P4");
  EXPECT_EQ(read_cache_headers({{"Age", "12"}}).age_s, 12U);
  EXPECT_EQ(read_cache_headers({{"Age", "-1"}}).age_s, std::nullopt);
}

TEST(CacheHeaders, AreKnownByNameInAnyCase) {
  EXPECT_TRUE(is_cache_header("CACHE-status"));
  EXPECT_TRUE(is_cache_header("Age"));
  EXPECT_FALSE(is_cache_header("Set-Cookie"));
}

// Whatever stands behind the first cache that served, in whichever way it is split over lines, it
// is that cache that answered.
TEST(CacheHeaders, WhatLiesBehindAHitIsHistory) {
  stats::Random random(7);
  const std::vector<std::string> words = {"HIT", "MISS", "EXPIRED", "STALE", "BYPASS", "nonsense"};
  for (int round = 0; round < 2000; ++round) {
    Headers headers;
    const auto inner = random.below(max_hops - 1);
    for (std::uint64_t i = 0; i < inner; ++i) {
      const auto& word = words[random.below(words.size())];
      if (!headers.empty() && random.below(2) == 0) {
        headers.back().value += ", " + word;
      } else {
        headers.push_back({"X-Cache", word});
      }
    }
    const auto behind = read_cache_headers(headers);
    headers.push_back({"x-cache", "HIT"});
    EXPECT_EQ(read_cache_headers(headers).tier, "edge");
    headers.back().value = "MISS";
    const auto missed = read_cache_headers(headers);
    EXPECT_EQ(missed.hops.size(), inner + 1);
    const bool served = behind.tier.starts_with("edge") || behind.tier.starts_with("hop");
    EXPECT_EQ(missed.tier.starts_with("hop"), served) << behind.tier;
    EXPECT_EQ(missed.tier.starts_with("origin"), !served) << behind.tier;
  }
}

TEST(CacheHeaders, DoNotGrowWithoutEnd) {
  std::string value;
  for (int i = 0; i < 1000; ++i) value += "cache" + std::string(1000, 'x') + "; fwd=miss, ";
  const auto reading = read_cache_headers({{"Cache-Status", value}});
  EXPECT_EQ(reading.hops.size(), max_hops);
  EXPECT_LE(reading.hops.front().name.size(), 64U);
  EXPECT_EQ(reading.tier, "origin");
}

TEST(CacheHeaders, AreKeptWithinBounds) {
  Headers kept;
  keep_cache_header(kept, "X-Cache", std::string(8193, ','));
  keep_cache_header(kept, "Set-Cookie", "s3cret");
  EXPECT_TRUE(kept.empty());
  for (int i = 0; i < 100; ++i) keep_cache_header(kept, "X-Cache", "HIT");
  EXPECT_EQ(kept.size(), 64U);
}

TEST(CacheHeaders, NamesAreInOneLine) {
  const auto reading = read_cache_headers({{"X-Served-By", "a\x1b[31m\x07"}});
  EXPECT_EQ(reading.point_of_presence.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace bytepath::net
