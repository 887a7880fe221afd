#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bytepath::mounts {

// What may be kept of a request in HTTP/1 (RFC 9112): no header but Range, and no query, host or
// user of the target, which may hold a secret.
struct HttpHead {
  std::string method;
  std::string path;
  std::optional<std::uint64_t> first;  // Range: bytes=first-last, of one range
  std::optional<std::uint64_t> last;
};

// `text` is the beginning of a message and may be cut off. Nothing: it is no request.
std::optional<HttpHead> read_http_head(std::string_view text);

}  // namespace bytepath::mounts
