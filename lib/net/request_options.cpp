#include "net/request_options.h"

#include <algorithm>

#include "base/text.h"
#include "net/header_list.h"
#include "net/url.h"

namespace bytepath::net {

std::string Resolve::text() const {
  return fmt::format(
      "{}:{}:{}", host, port,
      address.find(':') == std::string::npos ? address : fmt::format("[{}]", address));
}

Result<Resolve> parse_resolve(std::string_view text) {
  const auto refuse = [&] {
    return fail(
        ErrorKind::usage,
        fmt::format("--resolve: '{}' is not HOST:PORT:ADDRESS", in_one_line(std::string(text))),
        "for example cache.example:443:192.0.2.7");
  };
  const auto first = text.find(':');
  // libcurl takes a "+" or "-" before the host, and a "*" instead of one, for something else.
  if (first == 0 || text.find_first_of("+-*") == 0 || first == std::string_view::npos ||
      !std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; }))
    return refuse();
  const auto second = text.find(':', first + 1);
  if (second == std::string_view::npos) return refuse();
  const auto port = parse_port(text.substr(first + 1, second - first - 1));
  std::string_view address = text.substr(second + 1);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (!port || address.find_first_not_of("0123456789abcdefABCDEF.:") != std::string_view::npos ||
      address.empty())
    return refuse();
  return Resolve{
      .host = lower_case(text.substr(0, first)), .port = *port, .address = std::string(address)};
}

Result<RequestHeader> parse_request_header(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  constexpr std::string_view of_a_name =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  const bool named = colon != std::string_view::npos && !name.empty() &&
                     name.find_first_not_of(of_a_name) == std::string_view::npos;
  const std::string_view value = named ? trim(text.substr(colon + 1)) : std::string_view();
  if (!named || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    // Not even a part of it is shown: it may be the secret.
    return fail(ErrorKind::usage, "--header: one of them is not NAME: VALUE in one line",
                "for example --header 'Accept: image/webp'");
  }
  return RequestHeader{.name = std::string(name), .value = std::string(value)};
}

std::vector<std::string> redacted(std::vector<std::string> words, std::vector<Secret> secrets) {
  // One may be a part of another, whose rest would be left when its part is gone.
  std::ranges::stable_sort(secrets, std::greater(),
                           [](const Secret& secret) { return secret.text.size(); });
  for (auto& word : words) {
    for (const auto& [text, shown] : secrets) {
      if (text.empty() || text == shown) continue;
      for (auto at = word.find(text); at != std::string::npos;
           at = word.find(text, at + shown.size())) {
        word.replace(at, text.size(), shown);
      }
    }
  }
  return words;
}

}  // namespace bytepath::net
