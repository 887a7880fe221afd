#include "verdict/lazy_mount_rules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

result::Document judged(std::vector<result::Metric> metrics) {
  result::Document document{.tool = "lazyfs", .metrics = std::move(metrics)};
  judge(document);
  return document;
}

std::vector<result::Metric> mount_metrics(double again) {
  return {{.name = "reads", .labels = {{"tier", "l1"}}, .median = 5},
          {.name = "reads", .labels = {{"tier", "l3"}}, .median = 2},
          {.name = "served_bytes", .labels = {{"tier", "l1"}}, .median = 65536},
          {.name = "fetches", .labels = {{"tier", "l3"}}, .median = 2},
          {.name = "fetched_bytes", .labels = {{"tier", "l3"}}, .median = 1048576},
          {.name = "refetches", .labels = {{"tier", "l3"}}, .median = again}};
}

TEST(LazyMountRules, SumUpOverTheTiers) {
  EXPECT_EQ(judged(mount_metrics(0)).verdict.text,
            "7 READs were served 64.0 KiB; 2 chunks were fetched, 1.00 MiB");
  EXPECT_EQ(judged(mount_metrics(1)).verdict.text,
            "7 READs were served 64.0 KiB; 2 chunks were fetched, 1.00 MiB, 1 of them again");
}

TEST(LazyMountRules, SumUpAnOrigin) {
  EXPECT_EQ(judged({{.name = "requests", .median = 3}, {.name = "sent_bytes", .median = 4096}})
                .verdict.text,
            "3 requests were sent 4.00 KiB");
}

TEST(LazyMountRules, SayNothingOfWhatIsNotThere) {
  auto metrics = mount_metrics(0);
  metrics.erase(metrics.begin() + 3);
  EXPECT_EQ(judged(metrics).verdict.state, "");
  EXPECT_EQ(judged({{.name = "requests", .median = NAN}}).verdict.state, "");
}

}  // namespace
}  // namespace bytepath::verdict
