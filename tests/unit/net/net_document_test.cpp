#include "net/net_document.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bytepath::net {
namespace {

using result::Value;
using std::chrono::milliseconds;
using std::chrono::seconds;

Measured edge_and_origin() {
  Measured measured{.url = "http://cache.example/", .is_http = true, .asked = true};
  for (int i = 0; i < 20; ++i) {
    Answer answer{.tier = i < 15 ? "edge" : "origin", .evidence = "X-Cache", .bytes = 100};
    answer.service = milliseconds(i < 15 ? 1 : 10);
    answer.first_byte = milliseconds(1);
    answer.served_by = "FRA";
    count_answer(measured.load, answer, milliseconds(i * 10), milliseconds(i * 10 + 30));
  }
  Answer failed;
  failed.error = "timed out";
  count_answer(measured.load, failed, milliseconds(200), milliseconds(210));
  measured.load.elapsed = seconds(2);
  measured.connections.connect.add(50'000);
  measured.facts.protocol = "HTTP/1.1";
  return measured;
}

const result::Table* table(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

TEST(NetDocument, OfAClosedLoopHasServiceTimes) {
  const auto document = net_document({edge_and_origin()}, {});
  const auto* tiers = table(document, "tiers");
  ASSERT_NE(tiers, nullptr);
  ASSERT_EQ(tiers->rows.size(), 2U);
  EXPECT_EQ(tiers->rows[0][0], Value(std::string("edge")));
  EXPECT_EQ(table(document, "tiers_from_intended_start"), nullptr);
  EXPECT_EQ(document.parameters.at("loop"), Value(std::string("closed")));
  const auto* requests = table(document, "requests");
  ASSERT_NE(requests, nullptr);
  const auto& row = requests->rows.at(0);
  ASSERT_EQ(row.size(), requests->columns.size());
  EXPECT_EQ(row[1], Value(std::int64_t{21})) << "requests";
  EXPECT_EQ(row[2], Value(std::int64_t{1})) << "failed";
  EXPECT_EQ(row[4], Value(10.5)) << "per second";
  EXPECT_EQ(row[5], Value(75.0)) << "from caches";
  EXPECT_EQ(row[7], Value()) << "no response time";
  const auto& missing = document.not_measured;
  EXPECT_TRUE(std::ranges::any_of(missing, [](const auto& each) {
    return each.reason.find("closed loop") != std::string::npos;
  }));
}

TEST(NetDocument, OfAnOpenLoopHasBothTimes) {
  auto measured = edge_and_origin();
  measured.open_loop = true;
  const Options options{.rate = 100};
  const auto document = net_document({measured, measured}, options);
  ASSERT_NE(table(document, "tiers_from_intended_start"), nullptr);
  ASSERT_NE(table(document, "tiers_2"), nullptr);
  ASSERT_NE(table(document, "tiers_from_intended_start_2"), nullptr);
  EXPECT_EQ(document.parameters.at("rate"), Value(std::int64_t{100}));
  std::vector<double> medians;
  for (const auto& metric : document.metrics) {
    if (metric.name == "tier_latency" && metric.labels.at("tier") == "edge")
      medians.push_back(metric.median);
  }
  ASSERT_EQ(medians.size(), 4U);
  EXPECT_NEAR(medians[0], 1e6, 1e4);
  EXPECT_NEAR(medians[1], 30e6, 3e5);
}

TEST(NetDocument, CountsErrorsAndPlaces) {
  const auto document = net_document({edge_and_origin()}, {});
  const auto* errors = table(document, "errors");
  ASSERT_NE(errors, nullptr);
  EXPECT_EQ(errors->rows.at(0)[2], Value(std::string("timed out")));
  EXPECT_EQ(errors->rows.at(0)[3], Value(std::int64_t{1}));
  const auto* places = table(document, "served_by");
  ASSERT_NE(places, nullptr);
  EXPECT_EQ(places->rows.at(0)[2], Value(std::int64_t{20}));
  EXPECT_NE(table(document, "phases"), nullptr);
  EXPECT_FALSE(no_answer({edge_and_origin()}).has_value());
}

TEST(NetDocument, HasFailedWithoutAnAnswer) {
  Measured measured{.url = "redis://h", .asked = true};
  Answer failed;
  failed.error = "Connection refused";
  for (int i = 0; i < 10; ++i) count_answer(measured.load, failed, {}, milliseconds(i));
  measured.load.gave_up = true;
  const auto document = net_document({measured}, {});
  EXPECT_EQ(table(document, "tiers"), nullptr);
  const auto error = no_answer({measured});
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, ErrorKind::failed);
  EXPECT_NE(error->message.find("none of 10 requests"), std::string::npos);
  EXPECT_NE(error->message.find("Connection refused"), std::string::npos);
}

TEST(NetDocument, TellsThatPipelinedRequestsWereGivenUp) {
  auto measured = edge_and_origin();
  measured.pipelined = Load{.batch = 16, .gave_up = true};
  const auto document = net_document({measured}, {});
  EXPECT_TRUE(std::ranges::any_of(document.not_measured, [](const auto& each) {
    return each.what == "the rest of the pipelined requests to http://cache.example/";
  }));
}

TEST(NetDocument, ShowsTheCertificates) {
  Measured measured{.url = "https://h/", .is_http = true};
  measured.facts.chain = judge_chain(
      {{.subject = "CN = h", .issuer = "CN = i", .valid_until = "never", .issuer_location = ""}},
      20, false);
  const auto document = net_document({measured}, {});
  const auto* sent = table(document, "certificates");
  ASSERT_NE(sent, nullptr);
  EXPECT_EQ(sent->rows.at(0)[2], Value(std::string("CN = h")));
  EXPECT_EQ(table(document, "servers")->rows.at(0)[4], Value(std::string("missing intermediate")));
}

}  // namespace
}  // namespace bytepath::net
