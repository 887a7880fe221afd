#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "net/cache_headers.h"
#include "net/certificate_chain.h"
#include "net/request_options.h"
#include "net/url.h"

namespace net = bytepath::net;

namespace {

void expect(bool right) {
  if (!right) std::abort();
}

bool in_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// What is shown of a URL can be asked again, and names the same server.
void check_url(std::string_view line) {
  expect(in_one_line(net::shown_input(line)));
  const auto url = net::parse_url(line);
  if (!url) {
    expect(in_one_line(url.error().message) && !url.error().hint.empty());
    return;
  }
  const auto again = net::parse_url(url->plain());
  expect(again.has_value() && again->host == url->host && again->port == url->port);
  expect(again->path == url->path && again->number == url->number);
  expect(url->shown().find('@') == std::string::npos || url->path.find('@') != std::string::npos);
}

void check_headers(const std::vector<net::Header>& headers) {
  const auto reading = net::read_cache_headers(headers);
  expect(reading.hops.size() <= net::max_hops);
  expect(!reading.tier.empty() && !reading.evidence.empty());
  expect((reading.evidence == "none") == (reading.tier == "not said"));
  expect(in_one_line(reading.point_of_presence));
  for (const auto& hop : reading.hops) expect(in_one_line(hop.name) && hop.name.size() <= 64);
}

}  // namespace

// What servers and users say: nothing of it crashes, and no name of theirs breaks a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<net::Header> headers;
  std::vector<std::string> lines;
  for (const auto line : bytepath::split(text, '\n')) {
    check_url(line);
    (void)net::parse_resolve(line);
    if (const auto header = net::parse_request_header(line)) {
      expect(in_one_line(header->value));
      headers.push_back({.name = header->name, .value = header->value});
    }
    lines.emplace_back(line);
  }
  check_headers(headers);
  const auto certificate = net::read_certificate(lines);
  (void)net::explain(net::judge_chain({certificate, certificate}, 20, false));
  return 0;
}
