#pragma once
#include <string>
#include <string_view>

namespace bytepath::lazyfs {

// A path as a part of a URL (RFC 3986): all but letters, digits, -._~ and the slash is escaped.
std::string percent_encoded(std::string_view path);

}  // namespace bytepath::lazyfs
