#include "net/url.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/header_list.h"

namespace bytepath::net {
namespace {

struct KnownScheme {
  std::string_view name;
  Scheme scheme;
  std::uint16_t port;
};
constexpr std::array known_schemes = {
    KnownScheme{"redis", Scheme::redis, 6379}, KnownScheme{"rediss", Scheme::rediss, 6379},
    KnownScheme{"unix", Scheme::unix_socket, 0}, KnownScheme{"http", Scheme::http, 80},
    KnownScheme{"https", Scheme::https, 443}};

constexpr std::string_view url_hint =
    "give http://HOST/PATH, https://HOST/PATH, redis://[USER:PASSWORD@]HOST[:PORT][/NUMBER] or "
    "unix:///PATH";
constexpr std::string_view hidden = "***";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("{}: {}", shown_input(text), why),
              std::string(url_hint));
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

// Nothing for a "%" without two digits, and for a byte that ends a text in C.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    const auto byte = digits.size() == 2 ? parse_unsigned(digits, 16) : std::nullopt;
    if (!byte || *byte == 0) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

// The values of a query, each from "=" to "&", hidden; one without a name too.
std::string with_hidden_values(std::string_view path) {
  const auto question = path.find('?');
  if (question == std::string_view::npos) return std::string(path);
  std::string out(path.substr(0, question + 1));
  bool first = true;
  for (const auto pair : split(path.substr(question + 1), '&')) {
    if (!first) out += '&';
    first = false;
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) out += pair.substr(0, equals + 1);
    if (!pair.empty()) out += hidden;
  }
  return out;
}

// "user:password" before the "@".
Result<> take_credentials(std::string_view credentials, std::string_view text, Url& url) {
  const auto colon = credentials.find(':');
  const auto user = percent_decoded(credentials.substr(0, colon));
  const auto password = colon == std::string_view::npos
                            ? std::optional<std::string>("")
                            : percent_decoded(credentials.substr(colon + 1));
  if (!user || !password) return refuse(text, "the user or password has a wrong %");
  url.user = *user;
  url.password = *password;
  return {};
}

// "host", "host:port", "[::1]:port".
Result<> take_host(std::string_view place, std::string_view text, Url& url) {
  std::string_view rest;
  if (place.starts_with('[')) {
    const auto end = place.find(']');
    if (end == std::string_view::npos) return refuse(text, "a [ without its ]");
    url.host = place.substr(1, end - 1);
    rest = place.substr(end + 1);
    if (url.host.find(':') == std::string::npos) return refuse(text, "no IPv6 address in [ ]");
  } else {
    const auto colon = place.find(':');
    url.host = place.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : place.substr(colon);
  }
  constexpr std::string_view of_a_host =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:%";
  if (url.host.empty()) return refuse(text, "no host");
  if (url.host.find_first_not_of(of_a_host) != std::string::npos)
    return refuse(text, "no name of a host");
  if (rest.empty()) return {};
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return refuse(text, "no port from 1 to 65535");
  url.port = *port;
  return {};
}

Result<> take_database(std::string_view path, std::string_view text, Url& url) {
  if (path.empty() || path == "/") return {};
  const auto number = parse_unsigned(path.substr(1));
  constexpr std::uint64_t most = 1'000'000;
  if (!number || *number > most) return refuse(text, "no number of a database behind the /");
  url.number = static_cast<unsigned>(*number);
  return {};
}

const KnownScheme* scheme_named(std::string_view name) {
  const auto found = std::ranges::find(known_schemes, lower_case(name), &KnownScheme::name);
  return found == known_schemes.end() ? nullptr : &*found;
}

std::string_view name_of(Scheme scheme) {
  return std::ranges::find(known_schemes, scheme, &KnownScheme::scheme)->name;
}

std::string with_path(const Url& url, std::string_view path) {
  if (url.scheme == Scheme::unix_socket) return fmt::format("unix://{}", path);
  const bool is_address = url.host.find(':') != std::string::npos;
  const std::string host = is_address ? fmt::format("[{}]", url.host) : url.host;
  const auto usual = std::ranges::find(known_schemes, url.scheme, &KnownScheme::scheme)->port;
  return fmt::format("{}://{}{}{}", name_of(url.scheme), host,
                     url.port == usual ? "" : fmt::format(":{}", url.port), path);
}

}  // namespace

std::string Url::plain() const {
  if (is_http() || scheme == Scheme::unix_socket) return with_path(*this, path);
  return with_path(*this, number == 0 ? "" : fmt::format("/{}", number));
}

std::string Url::shown() const {
  return is_http() ? with_path(*this, with_hidden_values(path)) : plain();
}

Result<Url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  if (text.empty() || colon == std::string_view::npos || !is_printable(text))
    return refuse(text, "not a URL");
  const KnownScheme* known = scheme_named(text.substr(0, colon));
  if (known == nullptr) return refuse(text, "unknown scheme");
  Url url{.scheme = known->scheme, .port = known->port};
  std::string_view rest = text.substr(colon + 3);
  const auto end_of_place = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view place = rest.substr(0, end_of_place);
  std::string_view path = rest.substr(end_of_place);
  path = path.substr(0, path.find('#'));
  if (const auto at = place.rfind('@'); at != std::string_view::npos) {
    if (auto taken = take_credentials(place.substr(0, at), text, url); !taken)
      return std::unexpected(std::move(taken).error());
    place.remove_prefix(at + 1);
  }
  if (url.scheme == Scheme::unix_socket) {
    if (!place.empty() || path.size() < 2) return refuse(text, "no path of a socket");
    // Other clients take a password there: as a part of the file's name it would be shown.
    if (path.find('?') != std::string_view::npos)
      return refuse(text, "a socket has no query: unix://[USER:PASSWORD@]/PATH");
    url.path = path;
    return url;
  }
  if (auto taken = take_host(place, text, url); !taken)
    return std::unexpected(std::move(taken).error());
  if (url.is_http()) {
    url.path = path.starts_with('/') ? path : fmt::format("/{}", path);
    return url;
  }
  if (auto taken = take_database(path, text, url); !taken)
    return std::unexpected(std::move(taken).error());
  return url;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_unsigned(text);
  if (!port || *port == 0 || *port > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::string shown_input(std::string_view text) {
  if (text.empty()) return "''";
  std::string out;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto colon = text.substr(0, at).find("://");
    if (colon != std::string_view::npos) out = text.substr(0, colon + 3);
    out += hidden;
    text.remove_prefix(at);
  }
  out += with_hidden_values(text);
  return in_one_line(out);
}

}  // namespace bytepath::net
