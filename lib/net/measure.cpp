#include "net/measure.h"

#include <algorithm>

namespace bytepath::net {
namespace {

using Servers = std::vector<std::unique_ptr<Server>>;

std::vector<std::string> names_of(const std::vector<Url>& urls) {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const auto& url : urls) {
    const std::string name = url.shown();
    const int number = ++seen[name];
    names.push_back(number == 1 ? name : fmt::format("{} ({})", name, number));
  }
  return names;
}

// How far all of it is.
class Steps {
 public:
  explicit Steps(const Progress& progress) : progress_(progress) {}

  void expect(std::uint64_t steps) { total_ += steps; }
  void begin(std::uint64_t steps, const std::string& what) {
    before_ += current_;
    current_ = steps;
    done_ = 0;
    what_ = what;
  }
  bool at(std::uint64_t done) {
    done_ = std::min(done, current_);
    return goes_on();
  }
  bool goes_on() {
    stopped_ = stopped_ || !progress_(before_ + done_, total_, what_);
    return !stopped_;
  }
  bool stopped() const { return stopped_; }

 private:
  const Progress& progress_;
  std::size_t total_ = 0;
  std::size_t before_ = 0;
  std::size_t current_ = 0;
  std::size_t done_ = 0;
  std::string what_;
  bool stopped_ = false;
};

void add(stats::Histogram& times, const std::optional<std::chrono::nanoseconds>& time) {
  if (time) times.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, time->count())));
}

ConnectionPhases time_connections(Server& server, const Options& options, Steps& steps) {
  ConnectionPhases phases;
  Pace pace({.requests = options.connections, .limit = static_cast<double>(options.limit)});
  const auto begin = Clock::now();
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  while (const auto due = pace.next(Clock::now() - begin)) {
    const bool goes_on = wait_until(begin + *due, false, [&] { return steps.at(done); });
    if (!goes_on || failed >= most_failures_in_a_row) break;
    ++done;
    const auto times = server.connect_once();
    if (!times.error.empty()) {
      if (!steps.goes_on()) break;
      ++failed;
      auto& error = phases.errors[times.error];
      if (error.count++ == 0) error.first = Clock::now() - begin;
      continue;
    }
    failed = 0;
    add(phases.lookup, times.lookup);
    add(phases.connect, times.connect);
    add(phases.tls, times.tls);
  }
  return phases;
}

PaceOptions pace_of(const Options& options, std::uint64_t batch) {
  PaceOptions pace{.requests = options.requests,
                   .batch = batch,
                   .duration = options.duration,
                   .limit = static_cast<double>(options.limit),
                   .spacing = options.spacing,
                   .seed = options.seed};
  if (options.rate) pace.rate = static_cast<double>(*options.rate);
  return pace;
}

// Of a load: its requests, or where only a time is given its milliseconds.
std::uint64_t steps_of(const Options& options) {
  if (!options.duration) return options.requests;
  const auto all = std::chrono::ceil<std::chrono::milliseconds>(*options.duration).count();
  return std::min(options.requests, static_cast<std::uint64_t>(all));
}

Load ask(Server& server, const Options& options, std::uint64_t batch, Steps& steps,
         const std::string& what) {
  const std::uint64_t all = steps_of(options);
  steps.begin(all, what);
  const auto begin = Clock::now();
  return run_load(server, pace_of(options, batch), [&](std::uint64_t sent) {
    const auto passed = std::chrono::floor<std::chrono::milliseconds>(Clock::now() - begin).count();
    return steps.at(all == options.requests ? sent : static_cast<std::uint64_t>(passed));
  });
}

Measured measure_one(Server& server, const Options& options, Measured measured, Steps& steps) {
  steps.begin(options.connections, measured.url);
  measured.connections = time_connections(server, options, steps);
  if (server.takes_requests() && !steps.stopped()) {
    measured.asked = true;
    measured.load = ask(server, options, 1, steps, measured.url);
    if (server.takes_pipelines() && options.pipeline > 1 && !steps.stopped() &&
        !measured.load.gave_up) {
      measured.pipelined = ask(server, options, options.pipeline, steps, measured.url);
    }
  }
  measured.facts = server.facts();
  return measured;
}

}  // namespace

Result<std::vector<Measured>> measure(const std::vector<Url>& urls, const Options& options,
                                      const Progress& progress) {
  Steps steps(progress);
  const GoesOn goes_on = [&steps] { return steps.goes_on(); };
  Servers servers;
  for (const auto& url : urls) {
    BYTEPATH_TRY(server, url.is_http() ? make_http_server(url, options, goes_on)
                                       : make_resp_server(url, options, goes_on));
    servers.push_back(std::move(server));
  }
  for (const auto& server : servers) {
    if (auto opened = server->open(); !opened) return std::unexpected(std::move(opened).error());
    steps.expect(options.connections + steps_of(options) * (server->takes_pipelines() ? 2 : 1));
  }
  const auto names = names_of(urls);
  std::vector<Measured> out;
  for (std::size_t i = 0; i < servers.size() && !steps.stopped(); ++i) {
    out.push_back(measure_one(
        *servers[i], options,
        {.url = names[i], .is_http = urls[i].is_http(), .open_loop = options.rate.has_value()},
        steps));
  }
  return out;
}

}  // namespace bytepath::net
