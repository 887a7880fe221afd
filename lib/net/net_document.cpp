#include "net/net_document.h"

#include <algorithm>

#include "net/net_tables.h"
#include "result/document_parts.h"
#include "tiers/tier_times.h"

namespace bytepath::net {
namespace {

using result::Better;
using result::Document;
using result::Labels;

// "tiers" of the first server, "tiers_2" of the next.
std::string numbered(const std::string& name, std::size_t number) {
  return number == 0 ? name : fmt::format("{}_{}", name, number + 1);
}

void add_load(Document& document, const Load& load, const std::string& url, bool open_loop,
              std::size_t number) {
  Labels labels{{"url", url}};
  std::string how;
  if (load.batch > 1) {
    labels["pipeline"] = std::to_string(load.batch);
    how = fmt::format(", {} at once", load.batch);
  }
  const std::string name = load.batch > 1 ? "pipelined" : "tiers";
  if (load.sent > 0) {
    const auto failed = result::share(load.failed, load.sent);
    document.metrics.push_back(
        result::single_metric("error_share", labels, failed, "percent", Better::lower));
  }
  if (load.service.empty()) return;
  const auto with = [&](const char* time) {
    auto all = labels;
    all["time"] = time;
    return all;
  };
  tiers::add_tier_times(document,
                        {.name = numbered(name, number),
                         .title = fmt::format("Service times of {}{}", url, how),
                         .labels = with("service")},
                        load.service);
  if (open_loop) {
    tiers::add_tier_times(document,
                          {.name = numbered(name + "_from_intended_start", number),
                           .title = fmt::format("Response times of {}{}", url, how),
                           .labels = with("response")},
                          load.response);
  }
  if (load.batch > 1) add_time_per_request(document, load, labels);
}

void add_parameters(Document& document, const Options& options) {
  auto& parameters = document.parameters;
  parameters["mode"] = "net";
  parameters["requests"] = result::whole(options.requests);
  parameters["connections"] = result::whole(options.connections);
  parameters["timeout"] = static_cast<double>(options.timeout.count()) / 1e9;
  parameters["pipeline"] = result::whole(options.pipeline);
  parameters["seed"] = result::whole(options.seed & INT64_MAX);
  parameters["method"] = options.head ? "HEAD" : "GET";
  if (options.duration)
    parameters["duration"] = static_cast<double>(options.duration->count()) / 1e9;
  if (options.key) parameters["key"] = *options.key;
  if (options.insecure) parameters["insecure"] = true;
  parameters["loop"] = options.rate ? "open" : "closed";
  if (options.rate) {
    parameters["rate"] = result::whole(*options.rate);
    parameters["spacing"] =
        options.spacing == measure::Arrivals::Spacing::even ? "even" : "poisson";
  } else {
    parameters["limit"] = result::whole(options.limit);
  }
}

}  // namespace

Document net_document(const std::vector<Measured>& servers, const Options& options) {
  Document document;
  add_parameters(document, options);
  add_servers_table(document, servers);
  add_requests_table(document, servers);
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (!servers[i].asked) continue;
    add_load(document, servers[i].load, servers[i].url, options.rate.has_value(), i);
    if (servers[i].pipelined)
      add_load(document, *servers[i].pipelined, servers[i].url, options.rate.has_value(), i);
  }
  for (std::size_t i = 0; i < servers.size(); ++i)
    add_phases_table(document, servers[i], numbered("phases", i));
  add_served_by_table(document, servers);
  add_errors_table(document, servers);
  add_certificates_table(document, servers);
  for (const auto& server : servers) {
    const auto& missing = server.facts.not_measured;
    document.not_measured.insert(document.not_measured.end(), missing.begin(), missing.end());
    const bool pipelined_gave_up = server.pipelined && server.pipelined->gave_up;
    if (server.load.gave_up || pipelined_gave_up) {
      document.not_measured.push_back(
          {.what = fmt::format("the rest of the {}requests to {}",
                               pipelined_gave_up ? "pipelined " : "", server.url),
           .reason = fmt::format("{} failed one after the other", most_failures_in_a_row),
           .remedy = "see whether the server is well"});
    }
    document.complete = document.complete && !server.load.interrupted &&
                        !(server.pipelined && server.pipelined->interrupted);
  }
  const bool asked = std::ranges::any_of(servers, &Measured::asked);
  if (asked && !options.rate) {
    document.not_measured.push_back(
        {.what = "waiting behind slow answers",
         .reason = "a closed loop sends no request while one is under way: these are service times",
         .remedy = "--rate N, an open loop"});
  }
  return document;
}

std::optional<Error> no_answer(const std::vector<Measured>& servers) {
  for (const auto& server : servers) {
    const auto& load = server.load;
    if (!server.asked || load.sent == 0 || load.failed < load.sent) continue;
    const auto worst = std::ranges::max_element(
        load.errors, {}, [](const auto& error) { return error.second.count; });
    return Error{.kind = ErrorKind::failed,
                 .message = fmt::format("{}: none of {} requests was answered well: {}", server.url,
                                        load.sent, worst->first),
                 .hint = "does curl or redis-cli get an answer?"};
  }
  return std::nullopt;
}

}  // namespace bytepath::net
