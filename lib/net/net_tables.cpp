#include "net/net_tables.h"

#include <algorithm>

#include "result/document_parts.h"
#include "result/percentiles.h"
#include "stats/order.h"
#include "tiers/tier_times.h"

namespace bytepath::net {
namespace {

using result::Document;
using result::Table;
using result::Value;
using result::whole;

Value text_or_nothing(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value median_of(const std::vector<tiers::TierTimes>& tiers) {
  stats::Histogram all;
  for (const auto& tier : tiers) all.add(tier.times);
  return all.count() == 0 ? Value() : Value(all.quantile(0.5));
}

// Percent of the answers; nothing where no answer said which cache it came from.
Value from_caches(const Measured& server) {
  if (!server.is_http) return {};
  std::uint64_t all = 0;
  std::uint64_t from_cache = 0;
  for (const auto& tier : server.load.service) {
    if (tier.tier == "not said") continue;
    all += tier.times.count();
    if (!tier.tier.starts_with("origin")) from_cache += tier.times.count();
  }
  return all == 0 ? Value() : Value(result::share(from_cache, all));
}

std::vector<Value> server_row(const Measured& server) {
  return {server.url, text_or_nothing(server.facts.address), text_or_nothing(server.facts.protocol),
          text_or_nothing(server.facts.software),
          server.facts.chain ? Value(std::string(name_of(server.facts.chain->trust))) : Value()};
}

std::vector<Value> requests_row(const Measured& server) {
  const auto& load = server.load;
  const double seconds = static_cast<double>(load.elapsed.count()) / 1e9;
  const bool sent = load.sent > 0 && seconds > 0;
  return {server.url,
          whole(load.sent),
          whole(load.failed),
          whole(server.facts.reconnections),
          sent ? Value(static_cast<double>(load.sent) / seconds) : Value(),
          from_caches(server),
          median_of(load.service),
          server.open_loop ? median_of(load.response) : Value()};
}

void add_phase(Document& document, Table& table, const std::string& url, const char* phase,
               const stats::Histogram& times) {
  if (times.count() == 0) return;
  std::vector<Value> row{std::string(phase), whole(times.count())};
  result::add_percentiles(row, times);
  table.rows.push_back(std::move(row));
  document.metrics.push_back(
      tiers::time_metric("phase_time", {{"url", url}, {"phase", phase}}, times));
}

void add_errors(Table& table, const std::string& url, const char* where,
                const std::map<std::string, ErrorCount>& errors) {
  for (const auto& [error, counted] : errors) {
    table.rows.push_back({url, std::string(where), error, whole(counted.count),
                          static_cast<double>(counted.first.count())});
  }
}

void add_unless_empty(Document& document, Table table) {
  if (!table.rows.empty()) document.tables.push_back(std::move(table));
}

}  // namespace

void add_servers_table(Document& document, const std::vector<Measured>& servers) {
  Table table{.name = "servers",
              .title = "The servers",
              .columns = {{"url", ""},
                          {"address", ""},
                          {"protocol", ""},
                          {"software", ""},
                          {"certificate", ""}},
              .rows = {}};
  for (const auto& server : servers) table.rows.push_back(server_row(server));
  add_unless_empty(document, std::move(table));
}

void add_requests_table(Document& document, const std::vector<Measured>& servers) {
  Table table{.name = "requests",
              .title = "Requests one by one",
              .columns = {{"url", ""},
                          {"requests", ""},
                          {"failed", ""},
                          {"reconnections", ""},
                          {"per_second", ""},
                          {"from_caches", "percent"},
                          {"service", "ns"},
                          {"response", "ns"}},
              .rows = {}};
  for (const auto& server : servers) {
    if (server.asked) table.rows.push_back(requests_row(server));
  }
  add_unless_empty(document, std::move(table));
}

void add_phases_table(Document& document, const Measured& server, std::string name) {
  Table table{.name = std::move(name),
              .title = fmt::format("Phases of {}", server.url),
              .columns = {{"phase", ""}, {"count", ""}},
              .rows = {}};
  result::add_percentile_columns(table);
  add_phase(document, table, server.url, "name lookup", server.connections.lookup);
  add_phase(document, table, server.url, "connect", server.connections.connect);
  add_phase(document, table, server.url, "TLS handshake", server.connections.tls);
  add_phase(document, table, server.url, "first byte", server.load.first_byte);
  add_unless_empty(document, std::move(table));
}

void add_served_by_table(Document& document, const std::vector<Measured>& servers) {
  Table table{.name = "served_by",
              .title = "Which place answered, as it calls itself",
              .columns = {{"url", ""}, {"place", ""}, {"answers", ""}},
              .rows = {}};
  for (const auto& server : servers) {
    for (const auto& [name, count] : server.load.served_by)
      table.rows.push_back({server.url, name, whole(count)});
  }
  add_unless_empty(document, std::move(table));
}

void add_errors_table(Document& document, const std::vector<Measured>& servers) {
  Table table{.name = "errors",
              .title = "What went wrong",
              .columns = {{"url", ""}, {"at", ""}, {"error", ""}, {"count", ""}, {"first", "ns"}},
              .rows = {}};
  for (const auto& server : servers) {
    add_errors(table, server.url, "connection", server.connections.errors);
    add_errors(table, server.url, "request", server.load.errors);
    if (server.pipelined) add_errors(table, server.url, "pipelined", server.pipelined->errors);
  }
  add_unless_empty(document, std::move(table));
}

void add_certificates_table(Document& document, const std::vector<Measured>& servers) {
  Table table{.name = "certificates",
              .title = "The certificates that were sent",
              .columns = {{"url", ""},
                          {"position", ""},
                          {"subject", ""},
                          {"issuer", ""},
                          {"valid_until", ""},
                          {"issuer_location", ""}},
              .rows = {}};
  for (const auto& server : servers) {
    if (!server.facts.chain) continue;
    std::uint64_t position = 0;
    for (const auto& sent : server.facts.chain->sent) {
      table.rows.push_back({server.url, whole(++position), sent.subject, sent.issuer,
                            sent.valid_until, text_or_nothing(sent.issuer_location)});
    }
  }
  add_unless_empty(document, std::move(table));
}

void add_time_per_request(Document& document, const Load& load, const result::Labels& labels) {
  if (load.time_per_request.empty()) return;
  const auto summary = stats::summarize(load.time_per_request);
  document.metrics.push_back({.name = "time_per_request",
                              .labels = labels,
                              .unit = "ns",
                              .better = result::Better::lower,
                              .median = summary.median,
                              .low = summary.low,
                              .high = summary.high,
                              .count = summary.count,
                              .samples = load.time_per_request});
}

}  // namespace bytepath::net
