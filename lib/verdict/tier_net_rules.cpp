#include "verdict/tier_net_rules.h"

#include <map>

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/findings.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Table;
using Row = std::vector<result::Value>;

// From this part of the requests on, in percent, errors are no accident.
constexpr double many_errors = 1;
// Of fewer answers nobody can say that a cache has had its chance.
constexpr double enough_answers = 10;
// An open loop whose pace is below this part of its rate, and half of whose requests waited as long
// as they were served, was faster than the server.
constexpr double held = 0.95;
constexpr double long_wait = 2;

// The rows of a table; none where there is no such table.
template <class Visit>
void for_each_row(const Document& document, std::string_view name, Visit visit) {
  const Table* table = find_table(document, name);
  if (!is_mode(document, "net") || table == nullptr) return;
  for (const auto& row : table->rows) visit(*table, row);
}

std::string count_text(double count) { return fmt::format("{:.0f}", count); }

// Of the server's own certificate.
std::string issuer_of(const Document& document, const std::string& url) {
  std::string issuer;
  for_each_row(document, "certificates", [&](const Table& table, const Row& row) {
    if (text_of(table, row, "url") == url && number_of(table, row, "position") == 1.0)
      issuer = text_of(table, row, "issuer");
  });
  return issuer;
}

// What went wrong with it, the most first: "timed out (7), status 503 (2)".
std::string errors_of(const Document& document, const std::string& url, std::string_view where) {
  std::multimap<double, std::string, std::greater<>> errors;
  for_each_row(document, "errors", [&](const Table& table, const Row& row) {
    if (text_of(table, row, "url") == url && text_of(table, row, "at") == where)
      errors.emplace(number_of(table, row, "count").value_or(0), text_of(table, row, "error"));
  });
  std::string text;
  for (const auto& [count, error] : errors)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", error, count_text(count));
  return text;
}

}  // namespace

void judge_certificate_chains(Document& document) {
  for_each_row(document, "servers", [&](const Table& table, const Row& row) {
    if (text_of(table, row, "certificate") != "missing intermediate") return;
    const std::string url = text_of(table, row, "url");
    const std::string issuer = issuer_of(document, url);
    add_finding(
        document, "tier.net.missing-intermediate", Severity::finding,
        fmt::format("{} sends its own certificate without that of its issuer, {}, which is not "
                    "trusted here: browsers that know it from elsewhere hide this, other clients "
                    "refuse",
                    url, issuer),
        {{"url", url}, {"issuer", issuer}},
        {{.text = "have the server send the intermediate certificate behind its own (the full "
                  "chain)"},
         {.text = "where the issuer is a root of your own, trust it: --cacert FILE"}});
  });
}

void judge_net_errors(Document& document) {
  for_each_row(document, "requests", [&](const Table& table, const Row& row) {
    const double failed = number_of(table, row, "failed").value_or(0);
    const double requests = number_of(table, row, "requests").value_or(0);
    if (failed == 0 || requests == 0) return;
    const std::string url = text_of(table, row, "url");
    add_finding(document, "tier.net.errors",
                100 * failed >= many_errors * requests ? Severity::finding : Severity::warning,
                fmt::format("{} of {} requests to {} failed: {}", count_text(failed),
                            count_text(requests), url, errors_of(document, url, "request")),
                {{"url", url}, {"failed", failed}, {"requests", requests}});
  });
  for (const auto& metric : document.metrics) {
    if (!is_mode(document, "net") || metric.name != "error_share" ||
        !metric.labels.contains("pipeline") || !(metric.median > 0))
      continue;
    const std::string url = label(metric.labels, "url");
    add_finding(
        document, "tier.net.errors",
        metric.median >= many_errors ? Severity::finding : Severity::warning,
        fmt::format("{} of the pipelined requests to {} failed: {}", percent_text(metric.median),
                    url, errors_of(document, url, "pipelined")),
        {{"url", url}, {"failed_percent", metric.median}});
  }
}

void judge_uncached(Document& document) {
  for_each_row(document, "requests", [&](const Table& table, const Row& row) {
    const auto cached = number_of(table, row, "from_caches");
    const double answers =
        number_of(table, row, "requests").value_or(0) - number_of(table, row, "failed").value_or(0);
    if (!cached || *cached > 0 || answers < enough_answers) return;
    const std::string url = text_of(table, row, "url");
    add_finding(
        document, "tier.net.not-cached", Severity::finding,
        fmt::format("none of {} answers of {} came from a cache, although one stands there",
                    count_text(answers), url),
        {{"url", url}, {"answers", answers}},
        {{.text = "look at Cache-Control, Set-Cookie and Vary of the answer, and at what the "
                  "cache's key is made of"}});
  });
}

void judge_unheld_rate(Document& document) {
  const auto rate = parameter_number(document, "rate");
  if (!rate) return;
  for_each_row(document, "requests", [&](const Table& table, const Row& row) {
    const auto reached = number_of(table, row, "per_second");
    const auto service = number_of(table, row, "service");
    const auto response = number_of(table, row, "response");
    if (!reached || !service || !response || *service <= 0) return;
    if (*reached >= held * *rate || *response < long_wait * *service) return;
    const std::string url = text_of(table, row, "url");
    add_finding(
        document, "tier.net.rate-not-held", Severity::finding,
        fmt::format("{} answers {:.0f} requests a second on one connection, not {}: half of them "
                    "take {} from when they were due, {} of it from their sending",
                    url, *reached, count_text(*rate), format_duration(*response),
                    format_duration(*service)),
        {{"url", url},
         {"rate", *rate},
         {"reached", *reached},
         {"median_service_ns", *service},
         {"median_response_ns", *response}},
        {{.text = "a lower --rate, to see times that do not grow with the length of the run"}});
  });
}

void judge_net(Document& document) {
  if (!is_mode(document, "net")) return;
  std::string said;
  std::string last_url;
  for (const auto& metric : document.metrics) {
    if (metric.name != "tier_latency" || label(metric.labels, "time") != "service" ||
        metric.labels.contains("pipeline"))
      continue;
    const std::string url = label(metric.labels, "url");
    said += url == last_url ? ", " : fmt::format("{}{}: ", said.empty() ? "" : "; ", url);
    last_url = url;
    said += fmt::format("{} {}", label(metric.labels, "tier"), format_duration(metric.median));
  }
  if (!said.empty()) {
    document.verdict = {.state = "measured", .text = std::move(said)};
    return;
  }
  document.verdict = {.state = "no-answer",
                      .text = document.findings.empty() ? "no request was answered"
                                                        : document.findings.front().text};
}

}  // namespace bytepath::verdict
