#include "net/measure.h"

#include <random>

#include "base/file.h"
#include "commands.h"
#include "net/net_document.h"

namespace bytepath::tier_probe {
namespace {

struct Options {
  std::vector<std::string> urls;
  std::vector<std::string> headers;
  std::vector<std::string> resolves;
  std::optional<std::uint64_t> requests;
  std::uint64_t connections = 10;
  std::uint64_t limit = 100;
  std::optional<std::uint64_t> rate;
  std::optional<std::uint64_t> seed;
  bool poisson = false;
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<std::chrono::nanoseconds> timeout;
  std::uint64_t pipeline = 16;
  std::optional<std::string> key;
  bool head = false;
  bool insecure = false;
  std::string ca_file;
};

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

Result<> check(const Options& options) {
  constexpr auto longest = std::chrono::hours(1);
  if (options.timeout.value_or(longest) > longest) {
    return fail(ErrorKind::usage, "--timeout: more than an hour",
                "an answer that takes so long is none; 5s unless given");
  }
  if (options.duration.value_or(longest) > 24 * longest)
    return fail(ErrorKind::usage, "--duration: more than a day", "a shorter one");
  if (options.key && options.key->empty())
    return fail(ErrorKind::usage, "--key: it is empty", "the name of a key that is there");
  if (!options.ca_file.empty()) {
    if (auto file = read_file(options.ca_file); !file) {
      return fail(ErrorKind::usage, "--cacert: " + file.error().message,
                  "a file of certificates in PEM");
    }
  }
  return {};
}

struct Parsed {
  std::vector<net::Url> urls;
  net::Options options;
  std::vector<net::Secret> secrets;
};

// All of it, before anything is sent.
Result<Parsed> parse(const Options& options) {
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  Parsed parsed;
  for (const auto& text : options.urls) {
    BYTEPATH_TRY(url, net::parse_url(text));
    parsed.secrets.push_back({.text = text, .shown = url.shown()});
    parsed.urls.push_back(std::move(url));
  }
  auto& net = parsed.options;
  for (const auto& text : options.headers) {
    BYTEPATH_TRY(header, net::parse_request_header(text));
    parsed.secrets.push_back({.text = text, .shown = header.name + ": ***"});
    net.headers.push_back(std::move(header));
  }
  for (const auto& text : options.resolves) {
    BYTEPATH_TRY(resolve, net::parse_resolve(text));
    net.resolves.push_back(std::move(resolve));
  }
  // A duration alone ends it.
  net.requests = options.requests.value_or(options.duration ? UINT32_MAX : net.requests);
  net.duration = options.duration;
  net.rate = options.rate;
  net.spacing =
      options.poisson ? measure::Arrivals::Spacing::poisson : measure::Arrivals::Spacing::even;
  net.limit = options.limit;
  net.seed = options.seed.value_or(random_seed() & UINT32_MAX);
  net.timeout = options.timeout.value_or(net.timeout);
  net.connections = options.connections;
  net.pipeline = options.pipeline;
  net.key = options.key;
  net.head = options.head;
  net.insecure = options.insecure;
  net.ca_file = options.ca_file;
  net.user_agent = fmt::format("bytepath-tier-probe/{}", cli::version());
  return parsed;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(parsed, parse(options));
  BYTEPATH_TRY(measured, net::measure(parsed.urls, parsed.options, context.progress));
  auto document = with_host(net::net_document(measured, parsed.options));
  document.arguments = net::redacted(context.arguments, parsed.secrets);
  if (context.late_error != nullptr) *context.late_error = net::no_answer(measured);
  return document;
}

}  // namespace

void add_net(cli::Probe& probe) {
  static Options options;
  constexpr std::uint64_t most_requests = 10'000'000;
  constexpr std::uint64_t most_rate = 1'000'000;
  constexpr std::uint64_t most_pipeline = 10'000;
  probe
      .command("net", "what answers of servers and HTTP caches cost, and which cache served them",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("URL", options.urls, "http://, https://, redis:// or unix:// servers", true)
      .number("-n,--requests", options.requests, "so many requests of each kind (200)", 1,
              most_requests)
      .duration("--duration", options.duration, "or as many as this time allows, of each kind")
      .number("--rate", options.rate,
              "an open loop of so many requests a second, whether the server keeps up or not", 1,
              most_rate)
      .flag("--poisson", options.poisson, "at random times, with --rate as their mean")
      .needs("--poisson", "--rate")
      .number("--limit", options.limit,
              "no more requests a second than this (100), unless --rate is given", 1, most_rate)
      .duration("--timeout", options.timeout, "of a connection and of a request (5s)")
      .number("--connections", options.connections,
              "time so many new connections before the requests (10)", 0, 10'000)
      .text("--key", options.key, "KEY", "of redis: one that is there, for hits")
      .number("--pipeline", options.pipeline, "of redis: so many at once too (16); 1: not", 1,
              most_pipeline)
      .flag("--head", options.head, "of HTTP: HEAD instead of GET")
      .texts("--header", options.headers, "NAME: VALUE",
             "of HTTP: send it with each request; its value is never shown")
      .flag("--insecure", options.insecure, "of HTTPS: measure servers that are not trusted")
      .text("--cacert", options.ca_file, "FILE",
            "of HTTPS: trust these certificates, not those of this host")
      .texts("--resolve", options.resolves, "HOST:PORT:ADDRESS", "connect to ADDRESS for it")
      .number("--seed", options.seed, "of the times of poisson and of the missing key", 0,
              UINT32_MAX)
      .exclusive("--rate", "--limit");
}

}  // namespace bytepath::tier_probe
