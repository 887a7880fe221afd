#include <algorithm>
#include <map>

#include "chunks/report_parts.h"
#include "mounts/reads.h"
#include "result/document_parts.h"
#include "stats/histogram.h"

namespace bytepath::chunks {

using result::Better;
using result::Document;
using result::share;
using result::single_metric;
using result::Value;
using result::whole;

namespace {

struct Share {
  stats::Histogram latencies;
  std::uint64_t bytes = 0;
  std::map<Evidence, std::uint64_t> evidence;
};

std::string evidence_text(const std::map<Evidence, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [evidence, count] : counts) {
    text += text.empty() ? "" : ", ";
    text += counts.size() == 1 ? name(evidence) : fmt::format("{} {}", name(evidence), count);
  }
  return text;
}

// Every READ with its tier, for --by tier.
void add_each(Document& document, const ReportContext& context, const Answers& answers) {
  result::Table table{.name = "reads",
                      .title = "READs",
                      .columns = {{"time", "ns"},
                                  {"path", ""},
                                  {"offset", "B"},
                                  {"bytes", "B"},
                                  {"latency", "ns"},
                                  {"tier", ""},
                                  {"evidence", ""}},
                      .rows = {}};
  for (const auto& answer : answers.answers) {
    const auto& request = *answer.request;
    table.rows.push_back(
        {static_cast<double>(mounts::time_since(request.begin_ns, context.trace.begin_ns)),
         path_text(context, context.files.id_of(request)), whole(request.offset),
         whole(request.replied), static_cast<double>(request.end_ns - request.begin_ns),
         answers.tiers[answer.tier], std::string(name(answer.evidence))});
  }
  document.tables.push_back(std::move(table));
}

}  // namespace

void add_tiers(Document& document, const ReportContext& context, const Answers& answers) {
  if (answers.answers.empty() && answers.unknown == 0) return;
  std::vector<Share> shares(answers.tiers.size());
  std::uint64_t bytes = 0;
  for (const auto& answer : answers.answers) {
    Share& tier = shares[answer.tier];
    tier.latencies.add(answer.request->end_ns - answer.request->begin_ns);
    tier.bytes += answer.request->replied;
    bytes += answer.request->replied;
    ++tier.evidence[answer.evidence];
  }
  result::Table table{.name = "tiers",
                      .title = context.trace.has_level("upstream")
                                   ? "Where READs were answered from"
                                   : "Where READs were answered from, by their latency only",
                      .columns = {{"tier", ""},
                                  {"requests", ""},
                                  {"of_requests", "percent"},
                                  {"bytes", "B"},
                                  {"of_bytes", "percent"},
                                  {"p50", "ns"},
                                  {"p99", "ns"},
                                  {"most", "ns"},
                                  {"evidence", ""}},
                      .rows = {}};
  const std::uint64_t all = answers.answers.size() + answers.unknown;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& tier = shares[i];
    if (tier.latencies.count() == 0) continue;
    table.rows.push_back(
        {answers.tiers[i], whole(tier.latencies.count()), share(tier.latencies.count(), all),
         whole(tier.bytes), share(tier.bytes, bytes), tier.latencies.quantile(0.5),
         tier.latencies.count() >= 100 ? Value(tier.latencies.quantile(0.99)) : Value(),
         static_cast<double>(tier.latencies.max()), evidence_text(tier.evidence)});
    document.metrics.push_back(single_metric("tier_share", {{"tier", answers.tiers[i]}},
                                             share(tier.latencies.count(), all), "percent",
                                             Better::none));
  }
  document.tables.push_back(std::move(table));
  if (answers.unknown > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("the tier of {} READs", answers.unknown),
         .reason = "several exchanges of the daemon were under way, in other threads and without "
                   "a range that tells whose they were",
         .remedy = ""});
  }
  if (context.options.by == ReportBy::tier) add_each(document, context, answers);
}

void add_peers(Document& document, const ReportContext& context) {
  if (context.exchanges.empty()) return;
  struct Counts {
    stats::Histogram first_byte;
    stats::Histogram whole_answer;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  std::map<std::uint16_t, Counts> peers;
  for (const auto& exchange : context.exchanges) {
    Counts& counts = peers[exchange.peer];
    counts.sent += exchange.sent;
    counts.received += exchange.received;
    if (exchange.first_byte_ns == 0) continue;
    counts.first_byte.add(exchange.first_byte_ns - exchange.sent_ns);
    counts.whole_answer.add(exchange.end_ns - exchange.begin_ns);
  }
  result::Table table{.name = "peers",
                      .title = "Whom the daemon asked",
                      .columns = {{"peer", ""},
                                  {"exchanges", ""},
                                  {"sent", "B"},
                                  {"received", "B"},
                                  {"first_byte_p50", "ns"},
                                  {"first_byte_p99", "ns"},
                                  {"answer_p50", "ns"}},
                      .rows = {}};
  for (const auto& [number, counts] : peers) {
    const auto& peer = context.trace.peers[number];
    table.rows.push_back(
        {peer.address.empty() ? peer.family : fmt::format("{}:{}", peer.address, peer.port),
         whole(counts.whole_answer.count()), whole(counts.sent), whole(counts.received),
         counts.first_byte.quantile(0.5),
         counts.first_byte.count() >= 100 ? Value(counts.first_byte.quantile(0.99)) : Value(),
         counts.whole_answer.quantile(0.5)});
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::chunks
