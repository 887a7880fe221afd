#include <gtest/gtest.h>

#include <algorithm>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Value;

Value count(std::int64_t number) { return number; }
Value text(const char* word) { return std::string(word); }

struct Server {
  Value certificate;
  std::int64_t requests = 200;
  std::int64_t failed = 0;
  double per_second = 100;
  Value from_caches;
  Value median_service = 1e6;
  Value median_response;
};

Document document_of(const Server& server) {
  Document document;
  document.tool = "tier-probe";
  document.parameters["mode"] = "net";
  document.tables.push_back({.name = "servers",
                             .title = "",
                             .columns = {{"url", ""}, {"certificate", ""}},
                             .rows = {{text("http://h/"), server.certificate}}});
  document.tables.push_back(
      {.name = "requests",
       .title = "",
       .columns = {{"url", ""},
                   {"requests", ""},
                   {"failed", ""},
                   {"per_second", ""},
                   {"from_caches", "percent"},
                   {"service", "ns"},
                   {"response", "ns"}},
       .rows = {{text("http://h/"), count(server.requests), count(server.failed), server.per_second,
                 server.from_caches, server.median_service, server.median_response}}});
  return document;
}

const result::Finding* found(Document& document, std::string_view id) {
  judge(document);
  const auto at = std::ranges::find(document.findings, id, &result::Finding::id);
  return at == document.findings.end() ? nullptr : &*at;
}

TEST(TierNetRules, FindAMissingIntermediate) {
  auto document = document_of({.certificate = text("missing intermediate")});
  document.tables.push_back({.name = "certificates",
                             .title = "",
                             .columns = {{"url", ""}, {"position", ""}, {"issuer", ""}},
                             .rows = {{text("http://h/"), count(1), text("CN = Intermediate")}}});
  const auto* finding = found(document, "tier.net.missing-intermediate");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::finding);
  EXPECT_EQ(finding->evidence.at("issuer"), text("CN = Intermediate"));
  auto trusted = document_of({.certificate = text("trusted")});
  EXPECT_EQ(found(trusted, "tier.net.missing-intermediate"), nullptr);
}

TEST(TierNetRules, CountErrors) {
  auto many = document_of({.failed = 2});
  many.tables.push_back(
      {.name = "errors",
       .title = "",
       .columns = {{"url", ""}, {"at", ""}, {"error", ""}, {"count", ""}},
       .rows = {{text("http://h/"), text("request"), text("status 503"), count(1)},
                {text("http://h/"), text("request"), text("timed out"), count(2)},
                {text("http://h/"), text("connection"), text("x"), count(9)}}});
  const auto* finding = found(many, "tier.net.errors");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::finding);
  EXPECT_NE(finding->text.find("timed out (2), status 503 (1)"), std::string::npos)
      << finding->text;
  auto few = document_of({.failed = 1});
  EXPECT_EQ(found(few, "tier.net.errors")->severity, Severity::warning) << "one in 200";
  auto none = document_of({});
  EXPECT_EQ(found(none, "tier.net.errors"), nullptr);
}

TEST(TierNetRules, CountErrorsOfPipelinedRequests) {
  auto document = document_of({});
  document.metrics = {{.name = "error_share",
                       .labels = {{"pipeline", "16"}, {"url", "http://h/"}},
                       .unit = "percent",
                       .median = 12.5}};
  document.tables.push_back(
      {.name = "errors",
       .title = "",
       .columns = {{"url", ""}, {"at", ""}, {"error", ""}, {"count", ""}},
       .rows = {{text("http://h/"), text("pipelined"), text("timed out"), count(26)}}});
  const auto* finding = found(document, "tier.net.errors");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::finding);
  EXPECT_EQ(finding->text, "12.5 % of the pipelined requests to http://h/ failed: timed out (26)");
  auto none = document_of({});
  none.metrics = {{.name = "error_share",
                   .labels = {{"pipeline", "16"}, {"url", "http://h/"}},
                   .unit = "percent",
                   .median = 0}};
  EXPECT_EQ(found(none, "tier.net.errors"), nullptr);
}

TEST(TierNetRules, SeeThatNothingIsCached) {
  auto never = document_of({.from_caches = 0.0});
  EXPECT_NE(found(never, "tier.net.not-cached"), nullptr);
  auto once = document_of({.from_caches = 0.5});
  EXPECT_EQ(found(once, "tier.net.not-cached"), nullptr);
  auto not_said = document_of({});
  EXPECT_EQ(found(not_said, "tier.net.not-cached"), nullptr);
  auto few = document_of({.requests = 5, .from_caches = 0.0});
  EXPECT_EQ(found(few, "tier.net.not-cached"), nullptr);
}

TEST(TierNetRules, SeeARateThatIsNotHeld) {
  const Server slow{.per_second = 100, .median_response = 500e6};
  auto closed = document_of(slow);
  EXPECT_EQ(found(closed, "tier.net.rate-not-held"), nullptr) << "there was no rate";
  auto open = document_of(slow);
  open.parameters["rate"] = std::int64_t{400};
  const auto* finding = found(open, "tier.net.rate-not-held");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->evidence.at("rate"), Value(400.0));
  auto holds = document_of({.per_second = 399, .median_response = 1.1e6});
  holds.parameters["rate"] = std::int64_t{400};
  EXPECT_EQ(found(holds, "tier.net.rate-not-held"), nullptr);
}

TEST(TierNetRules, SumUp) {
  auto document = document_of({});
  const auto metric = [](const char* tier, const char* time, double ns) {
    return result::Metric{.name = "tier_latency",
                          .labels = {{"tier", tier}, {"time", time}, {"url", "http://h/"}},
                          .unit = "ns",
                          .median = ns};
  };
  document.metrics = {metric("edge", "service", 90e3), metric("edge", "response", 100e3),
                      metric("origin", "service", 2.5e6)};
  judge(document);
  EXPECT_EQ(document.verdict.state, "measured");
  EXPECT_EQ(document.verdict.text, "http://h/: edge 90.0 us, origin 2.50 ms");
  auto nothing = document_of({});
  judge(nothing);
  EXPECT_EQ(nothing.verdict.state, "no-answer");
}

TEST(TierNetRules, SayNothingAboutOtherCommands) {
  auto document = document_of({.certificate = text("missing intermediate"), .failed = 100});
  document.parameters["mode"] = "io";
  judge(document);
  EXPECT_TRUE(document.findings.empty());
}

// A saved document may hold anything.
TEST(TierNetRules, AreNotUpsetByOtherShapes) {
  Document document;
  document.tool = "tier-probe";
  document.parameters["mode"] = "net";
  document.parameters["rate"] = std::int64_t{5};
  document.tables.push_back({.name = "servers", .title = "", .columns = {}, .rows = {{}, {}}});
  document.tables.push_back({.name = "requests", .title = "", .columns = {}, .rows = {{}, {}}});
  judge(document);
  EXPECT_TRUE(document.findings.empty());
}

}  // namespace
}  // namespace bytepath::verdict
