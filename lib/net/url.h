#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// Where a server is, as the user says it, and how that is shown: no credential of it reaches a
// report, an error or a label.
namespace bytepath::net {

enum class Scheme { redis, rediss, unix_socket, http, https };

struct Url {
  Scheme scheme = Scheme::http;
  std::string user;      // without percent-encoding, as the password
  std::string password;  // of redis without a user: that of the default user
  std::string host;      // without brackets; empty for a socket's path
  std::uint16_t port = 0;
  std::string path;     // of HTTP with its query, from "/" on; of a socket its file
  unsigned number = 0;  // the database of redis

  bool is_http() const { return scheme == Scheme::http || scheme == Scheme::https; }
  // "https://[::1]:8443/a?b=c": what a request needs, without credentials.
  std::string plain() const;
  // The same for people: values of the query, where signatures and tokens are, are "***".
  std::string shown() const;
};

// Errors (usage): no URL, another scheme, no host, no port that there is. They show no credentials.
Result<Url> parse_url(std::string_view text);

// From 1 to 65535, or nothing.
std::optional<std::uint16_t> parse_port(std::string_view text);

// Any text that was meant as a URL, for an error: nothing of it before an "@", no value of a query.
std::string shown_input(std::string_view text);

}  // namespace bytepath::net
