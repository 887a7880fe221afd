#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What the user says about requests beside their URL, and how a command line with secrets is shown.
namespace bytepath::net {

// "host:port:address", as curl takes it: to be connected to instead of what the name resolves to.
struct Resolve {
  std::string host;
  std::uint16_t port = 0;
  std::string address;

  std::string text() const;
};
// Errors (usage).
Result<Resolve> parse_resolve(std::string_view text);

// "Name: value" of a request. Its value is never shown.
struct RequestHeader {
  std::string name;
  std::string value;
};
// Errors (usage): no name, a line break.
Result<RequestHeader> parse_request_header(std::string_view text);

// The words of a command line with each of these texts replaced by what may be shown of it.
struct Secret {
  std::string text;
  std::string shown;
};
std::vector<std::string> redacted(std::vector<std::string> words, std::vector<Secret> secrets);

}  // namespace bytepath::net
