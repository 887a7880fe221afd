#include "net/cache_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/header_list.h"

namespace bytepath::net {
namespace {

// All values of the headers with this name as one list, in the order received.
std::vector<std::string_view> list_of(const std::vector<Header>& headers, std::string_view name) {
  std::vector<std::string_view> members;
  for (const auto& header : headers) {
    if (lower_case(header.name) != name) continue;
    const auto pieces = split_list(header.value, ',');
    members.insert(members.end(), pieces.begin(), pieces.end());
  }
  return members;
}

std::string_view value_of(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return lower_case(header.name) == name; });
  return found == headers.end() ? std::string_view() : trim(found->value);
}

// What caches write: "HIT", "TCP_MEM_HIT from a1.example", "RefreshHit from cloudfront",
// "UPDATING".
CacheAnswer answer_of_word(std::string_view text) {
  const auto first_word = words(text);
  if (first_word.empty()) return CacheAnswer::unknown;
  const std::string word = lower_case(first_word.front());
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  // "Hit-for-pass" and "hit-for-miss" are notes of Varnish to look nothing up.
  if (has("hit") && (has("pass") || has("miss"))) return CacheAnswer::bypass;
  // Squid's and Akamai's words for one that was too old and asked about.
  const bool asked = has("refresh") || has("expired");
  if (asked && has("fail")) return CacheAnswer::stale;
  if (has("revalidated") || (asked && (has("hit") || has("unmodified"))))
    return CacheAnswer::revalidated;
  if (has("stale") || has("updating")) return CacheAnswer::stale;
  if (asked) return CacheAnswer::expired;
  if (has("hit")) return CacheAnswer::hit;
  if (has("bypass") || has("pass") || has("nocache") || has("dynamic")) return CacheAnswer::bypass;
  if (has("miss")) return CacheAnswer::miss;
  if (has("error")) return CacheAnswer::error;
  return CacheAnswer::unknown;
}

// RFC 9211: "hit" and "fwd" exclude each other; a hit whose time to live is over is a stale one.
CacheAnswer answer_of_status(const Member& member) {
  const auto* hit = member.find("hit");
  if (hit != nullptr && hit->value != "?0") {
    const auto* left = member.find("ttl");
    return left != nullptr && left->value.starts_with('-') ? CacheAnswer::stale : CacheAnswer::hit;
  }
  const auto* forwarded = member.find("fwd");
  if (forwarded == nullptr) return CacheAnswer::unknown;
  const std::string why = lower_case(forwarded->value);
  if (why == "stale") {
    const auto* status = member.find("fwd-status");
    return status != nullptr && status->value == "304" ? CacheAnswer::revalidated
                                                       : CacheAnswer::expired;
  }
  if (why == "bypass" || why == "method" || why == "request") return CacheAnswer::bypass;
  return CacheAnswer::miss;
}

// Each cache appends itself, so that the last one is the nearest (RFC 9211 section 2).
std::vector<Hop> hops_of_status(const std::vector<Header>& headers) {
  std::vector<Hop> hops;
  for (const auto text : list_of(headers, "cache-status")) {
    const Member member = read_member(text);
    hops.push_back({.name = shortened(member.name), .answer = answer_of_status(member)});
  }
  std::ranges::reverse(hops);
  return hops;
}

// One that goes by X-Cache appends its word or its line too; Fastly names its machines beside it.
std::vector<Hop> hops_of_words(const std::vector<Header>& headers, std::string_view header) {
  std::vector<Hop> hops;
  const auto answers = list_of(headers, header);
  const auto servers = list_of(headers, "x-served-by");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Hop hop{.name = "", .answer = answer_of_word(answers[i])};
    const auto parts = words(answers[i]);
    if (parts.size() > 2 && lower_case(parts[1]) == "from") hop.name = shortened(parts[2]);
    if (hop.name.empty() && servers.size() == answers.size()) hop.name = shortened(servers[i]);
    hops.push_back(std::move(hop));
  }
  std::ranges::reverse(hops);
  return hops;
}

// Varnish writes the number of this request and, for a hit, of the one that stored it.
std::vector<Hop> hops_of_varnish(const std::vector<Header>& headers) {
  const auto numbers = words(value_of(headers, "x-varnish"));
  if (numbers.empty() || !std::ranges::all_of(numbers, [](std::string_view number) {
        return parse_unsigned(number).has_value();
      }))
    return {};
  return {{.name = "varnish", .answer = numbers.size() > 1 ? CacheAnswer::hit : CacheAnswer::miss}};
}

bool is_known(CacheAnswer answer) { return answer != CacheAnswer::unknown; }

// "cdn-cache; desc=HIT" of Akamai and Fastly, "cdn-cache-hit" of CloudFront.
std::vector<Hop> hops_of_timing(const std::vector<Header>& headers) {
  for (const auto text : list_of(headers, "server-timing")) {
    const Member member = read_member(text);
    const std::string name = lower_case(member.name);
    if (name != "cache" && !name.starts_with("cdn-cache")) continue;
    const auto* described = member.find("desc");
    const auto answer = answer_of_word(described != nullptr ? described->value : name);
    if (is_known(answer)) return {{.name = "", .answer = answer}};
  }
  return {};
}

bool served(CacheAnswer answer) {
  return answer == CacheAnswer::hit || answer == CacheAnswer::stale ||
         answer == CacheAnswer::revalidated;
}

// Of hops one of which at least is known.
std::string tier_of(const std::vector<Hop>& hops) {
  const auto with = [](std::string place, CacheAnswer answer) {
    const bool plain = answer == CacheAnswer::hit || answer == CacheAnswer::miss;
    return plain ? place : fmt::format("{}, {}", place, name_of(answer));
  };
  const auto serving = std::ranges::find_if(hops, served, &Hop::answer);
  if (serving == hops.end())
    return with("origin", std::ranges::find_if(hops, is_known, &Hop::answer)->answer);
  const auto number = serving - hops.begin() + 1;
  return with(number == 1 ? "edge" : fmt::format("hop {}", number), serving->answer);
}

std::string point_of_presence(const std::vector<Header>& headers) {
  if (const auto place = value_of(headers, "x-amz-cf-pop"); !place.empty()) return shortened(place);
  const auto ray = value_of(headers, "cf-ray");
  if (const auto dash = ray.rfind('-'); dash != std::string_view::npos)
    return shortened(ray.substr(dash + 1));
  for (const auto text : list_of(headers, "server-timing")) {
    const Member member = read_member(text);
    const auto* described = member.find("desc");
    if (lower_case(member.name) == "cdn-pop" && described != nullptr)
      return shortened(described->value);
  }
  const auto servers = list_of(headers, "x-served-by");
  return servers.empty() ? "" : shortened(servers.back());
}

struct Source {
  std::string_view header;
  std::string_view shown;
  std::vector<Hop> (*hops)(const std::vector<Header>&);
};

std::vector<Hop> hops_of_x_cache(const std::vector<Header>& headers) {
  return hops_of_words(headers, "x-cache");
}
std::vector<Hop> hops_of_x_cache_status(const std::vector<Header>& headers) {
  return hops_of_words(headers, "x-cache-status");
}
// Cloudflare passes on the X-Cache of what lies behind it.
std::vector<Hop> hops_of_cloudflare(const std::vector<Header>& headers) {
  auto hops = hops_of_words(headers, "cf-cache-status");
  if (hops.empty()) return hops;
  hops.front().name = "cloudflare";
  const auto behind = hops_of_x_cache(headers);
  hops.insert(hops.end(), behind.begin(), behind.end());
  return hops;
}

// The first that says anything counts: the standard, then those that name every hop.
constexpr std::array sources = {Source{"cache-status", "Cache-Status", hops_of_status},
                                Source{"cf-cache-status", "CF-Cache-Status", hops_of_cloudflare},
                                Source{"x-cache", "X-Cache", hops_of_x_cache},
                                Source{"x-cache-status", "X-Cache-Status", hops_of_x_cache_status},
                                Source{"server-timing", "Server-Timing", hops_of_timing},
                                Source{"x-varnish", "X-Varnish", hops_of_varnish}};
constexpr std::array<std::string_view, 4> others = {"age", "x-served-by", "cf-ray", "x-amz-cf-pop"};

}  // namespace

CacheReading read_cache_headers(const std::vector<Header>& headers) {
  CacheReading reading{.tier = "not said", .evidence = "none"};
  reading.age_s = parse_unsigned(value_of(headers, "age"));
  reading.point_of_presence = point_of_presence(headers);
  for (const auto& source : sources) {
    auto hops = source.hops(headers);
    hops.resize(std::min(hops.size(), max_hops));
    if (std::ranges::none_of(hops, is_known, &Hop::answer)) continue;
    reading.hops = std::move(hops);
    reading.tier = tier_of(reading.hops);
    reading.evidence = source.shown;
    return reading;
  }
  if (reading.age_s.value_or(0) > 0) {
    reading.tier = "a cache";
    reading.evidence = "Age";
  }
  return reading;
}

bool is_cache_header(std::string_view name) {
  const std::string wanted = lower_case(name);
  return std::ranges::find(sources, wanted, &Source::header) != sources.end() ||
         std::ranges::find(others, wanted) != others.end();
}

void keep_cache_header(std::vector<Header>& kept, std::string_view name, std::string_view value) {
  constexpr std::size_t most_headers = 64;
  constexpr std::size_t most_value = 8192;
  if (kept.size() >= most_headers || value.size() > most_value || !is_cache_header(name)) return;
  kept.push_back({.name = std::string(name), .value = std::string(value)});
}

std::string_view name_of(CacheAnswer answer) {
  switch (answer) {
    case CacheAnswer::hit:
      return "hit";
    case CacheAnswer::stale:
      return "stale";
    case CacheAnswer::revalidated:
      return "revalidated";
    case CacheAnswer::miss:
      return "miss";
    case CacheAnswer::expired:
      return "expired";
    case CacheAnswer::bypass:
      return "bypass";
    case CacheAnswer::error:
      return "error";
    case CacheAnswer::unknown:
      break;
  }
  return "unknown";
}

}  // namespace bytepath::net
