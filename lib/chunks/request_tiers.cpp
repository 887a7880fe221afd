#include "chunks/request_tiers.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <optional>

#include "base/text.h"
#include "base/units.h"
#include "chunks/latency_valleys.h"
#include "mounts/reads.h"

namespace bytepath::chunks {
namespace {

using mounts::Request;

bool is_answered_read(const Request& request) {
  return request.opcode == mounts::read_opcode && request.error == 0;
}

std::string text(const mounts::Peer& peer) {
  if (peer.family == "inet6") return fmt::format("[{}]:{}", peer.address, peer.port);
  if (peer.address.empty()) return peer.family;
  return fmt::format("{}:{}", peer.address, peer.port);
}

bool is_of(const TierName& name, const mounts::Peer& peer) {
  if (name.address != peer.address && !(name.address == "unix" && peer.family == "unix"))
    return false;
  return name.first_port == 0 || (peer.port >= name.first_port && peer.port <= name.last_port);
}

bool covers(const Exchange& exchange, const Request& request) {
  return exchange.first && *exchange.first <= request.offset &&
         (!exchange.last || *exchange.last >= request.offset);
}

// What comes of the answer after its first bytes may be more than the READ waited for.
bool is_within(const Exchange& exchange, const Request& request) {
  return exchange.begin_ns >= request.begin_ns && exchange.first_byte_ns != 0 &&
         exchange.first_byte_ns <= request.end_ns;
}

// It sent more than came, and less came than the READ got: something was stored, or was not there.
bool brought_nothing(const Exchange& exchange, const Request& request) {
  return exchange.received < exchange.sent && exchange.received < request.replied;
}

// Looks exchanges up by time and by thread.
class Pairing {
 public:
  Pairing(const mounts::MountTrace& trace, const std::vector<Exchange>& exchanges)
      : exchanges_(exchanges) {
    for (const auto& exchange : exchanges) {
      by_thread_[exchange.thread].push_back(&exchange);
      longest_ns_ = std::max(longest_ns_, exchange.end_ns - exchange.begin_ns);
    }
    for (const auto& request : trace.requests) {
      if (is_answered_read(request)) reads_.push_back(&request);
    }
    std::ranges::sort(reads_, {}, &Request::begin_ns);
    for (const auto* read : reads_) {
      longest_read_ns_ = std::max(longest_read_ns_, read->end_ns - read->begin_ns);
      reads_of_thread_[read->daemon_thread].push_back(read);
    }
    for (auto& [thread, reads] : reads_of_thread_) std::ranges::sort(reads, {}, &Request::end_ns);
    const auto owned = std::ranges::count_if(
        exchanges, [&](const auto& each) { return owner_of(each) != nullptr; });
    threads_work_alone_ = 2 * static_cast<std::size_t>(owned) >= exchanges.size();
  }

  struct Found {
    std::vector<const Exchange*> exchanges;
    Evidence evidence = Evidence::nothing;
    bool ambiguous = false;
  };

  Found find(const Request& request) const {
    if (auto own = of_thread(request); !own.empty()) return {std::move(own), Evidence::thread};
    const auto during = around(request);
    std::vector<const Exchange*> same_range;
    std::vector<const Exchange*> joined;
    std::vector<const Exchange*> inside;
    for (const auto* each : during) {
      const Request* const owner = owner_of(*each);
      const bool is_over = each->end_ns <= request.end_ns;
      if (is_within(*each, request)) inside.push_back(each);
      if (covers(*each, request)) {
        if (owner == nullptr && each->begin_ns >= request.begin_ns)
          same_range.push_back(each);
        else if (is_over)
          joined.push_back(each);
      } else if (is_over && owner != nullptr && is_of_same_chunk(*each, *owner, request) &&
                 each->end_ns >= taken_up_ns(request)) {
        joined.push_back(each);
      }
    }
    std::erase_if(same_range, [&](const auto* each) { return !is_within(*each, request); });
    if (!same_range.empty()) return {std::move(same_range), Evidence::range};
    if (!joined.empty()) return {std::move(joined), Evidence::joined};
    // What another thread does meanwhile is not for this READ, where each does its own work.
    if (inside.empty() || (threads_work_alone_ && by_thread_.contains(request.daemon_thread)))
      return {};
    if (is_alone(request)) return {std::move(inside), Evidence::time};
    return {.exchanges = {}, .evidence = Evidence::nothing, .ambiguous = true};
  }

 private:
  std::vector<const Exchange*> of_thread(const Request& request) const {
    std::vector<const Exchange*> found;
    const auto at = by_thread_.find(request.daemon_thread);
    if (at == by_thread_.end()) return found;
    auto each = std::ranges::lower_bound(at->second, request.begin_ns, {}, &Exchange::begin_ns);
    for (; each != at->second.end() && (*each)->begin_ns <= request.end_ns; ++each) {
      if (!is_within(**each, request) || brought_nothing(**each, request)) continue;
      // While a READ waits for its thread, that may still fetch what the one before asked for.
      const Request* const owner = owner_of(**each);
      if (owner == nullptr || owner == &request) found.push_back(*each);
    }
    return found;
  }

  // The READ that the thread of an exchange answered with it.
  const Request* owner_of(const Exchange& exchange) const {
    const auto at = reads_of_thread_.find(exchange.thread);
    if (at == reads_of_thread_.end()) return nullptr;
    const auto next = std::ranges::lower_bound(at->second, exchange.end_ns, {}, &Request::end_ns);
    if (next == at->second.end()) return nullptr;
    const Request& owner = **next;
    return is_within(exchange, owner) && !brought_nothing(exchange, owner) ? &owner : nullptr;
  }

  // A thread takes up a READ when it has answered the one before.
  std::uint64_t taken_up_ns(const Request& request) const {
    const auto at = reads_of_thread_.find(request.daemon_thread);
    const auto own = std::ranges::lower_bound(at->second, request.end_ns, {}, &Request::end_ns);
    return own == at->second.begin() ? request.begin_ns
                                     : std::max(request.begin_ns, (*std::prev(own))->end_ns);
  }

  // Without a range: as much came as a chunk has, and both READs are of that one.
  static bool is_of_same_chunk(const Exchange& exchange, const Request& owner,
                               const Request& request) {
    const std::uint64_t chunk = std::bit_floor(exchange.received);
    return !exchange.first && chunk > 0 && owner.device == request.device &&
           owner.node == request.node && owner.offset / chunk == request.offset / chunk;
  }

  // Those that overlap with the request and brought something before it was answered.
  std::vector<const Exchange*> around(const Request& request) const {
    const std::uint64_t earliest = request.begin_ns - std::min(request.begin_ns, longest_ns_);
    auto each = std::ranges::lower_bound(exchanges_, earliest, {}, &Exchange::begin_ns);
    std::vector<const Exchange*> found;
    for (; each != exchanges_.end() && each->begin_ns <= request.end_ns; ++each) {
      const bool brought = each->first_byte_ns != 0 && each->first_byte_ns <= request.end_ns;
      if (brought && each->end_ns >= request.begin_ns && !brought_nothing(*each, request))
        found.push_back(&*each);
    }
    return found;
  }

  bool is_alone(const Request& request) const {
    const std::uint64_t earliest = request.begin_ns - std::min(request.begin_ns, longest_read_ns_);
    auto each = std::ranges::lower_bound(reads_, earliest, {}, &Request::begin_ns);
    for (; each != reads_.end() && (*each)->begin_ns <= request.end_ns; ++each) {
      if (*each != &request && (*each)->end_ns >= request.begin_ns) return false;
    }
    return true;
  }

  const std::vector<Exchange>& exchanges_;
  std::map<std::uint32_t, std::vector<const Exchange*>> by_thread_;
  std::map<std::uint32_t, std::vector<const Request*>> reads_of_thread_;
  bool threads_work_alone_ = true;
  std::vector<const Request*> reads_;
  std::uint64_t longest_ns_ = 0;
  std::uint64_t longest_read_ns_ = 0;
};

// The tier of each peer; those without a name are each one of its own.
std::vector<std::size_t> tiers_of_peers(const mounts::MountTrace& trace,
                                        const std::vector<TierName>& names,
                                        std::vector<std::string>& tiers) {
  std::vector<std::size_t> places;
  for (const auto& peer : trace.peers) {
    const auto named =
        std::ranges::find_if(names, [&](const TierName& name) { return is_of(name, peer); });
    const std::string name = named != names.end() ? named->name : text(peer);
    const auto at = std::ranges::find(tiers, name);
    places.push_back(static_cast<std::size_t>(at - tiers.begin()));
    if (at == tiers.end()) tiers.push_back(name);
  }
  return places;
}

// The tier that most bytes came from: one that only said that it has nothing is not it.
std::size_t tier_of(const std::vector<const Exchange*>& exchanges,
                    const std::vector<std::size_t>& tiers_of_peer) {
  std::map<std::size_t, std::uint64_t> bytes;
  for (const auto* exchange : exchanges) bytes[tiers_of_peer[exchange->peer]] += exchange->received;
  return std::ranges::max_element(bytes, {}, [](const auto& each) { return each.second; })->first;
}

Answers by_latency(const mounts::MountTrace& trace) {
  Answers answers;
  std::vector<double> latencies;
  for (const auto& request : trace.requests) {
    if (is_answered_read(request))
      latencies.push_back(static_cast<double>(request.end_ns - request.begin_ns));
  }
  answers.valleys = latency_valleys(latencies);
  for (const double valley : answers.valleys)
    answers.tiers.push_back("up to " + format_duration(valley));
  answers.tiers.emplace_back(answers.valleys.empty() ? "all" : "slower");
  for (const auto& request : trace.requests) {
    if (!is_answered_read(request)) continue;
    const auto above = std::ranges::upper_bound(
        answers.valleys, static_cast<double>(request.end_ns - request.begin_ns));
    answers.answers.push_back({.request = &request,
                               .tier = static_cast<std::size_t>(above - answers.valleys.begin()),
                               .evidence = Evidence::latency});
  }
  return answers;
}

}  // namespace

const char* name(Evidence evidence) {
  switch (evidence) {
    case Evidence::thread:
      return "thread";
    case Evidence::range:
      return "range";
    case Evidence::joined:
      return "joined";
    case Evidence::time:
      return "time";
    case Evidence::nothing:
      return "no exchange";
    case Evidence::latency:
      return "latency only";
  }
  return "";
}

Result<TierName> tier_from_text(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorKind::usage, fmt::format("--tier: '{}' names no tier", text),
                "NAME=ADDRESS[:PORT[-PORT]], such as l2=127.0.0.1:9000-9019 or cache=unix");
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return wrong();
  TierName tier{.name = std::string(text.substr(0, equals))};
  std::string_view place = text.substr(equals + 1);
  std::string_view ports;
  if (place.starts_with('[')) {
    const auto end = place.find(']');
    if (end == std::string_view::npos) return wrong();
    tier.address = place.substr(1, end - 1);
    place.remove_prefix(end + 1);
    if (place.starts_with(':')) ports = place.substr(1);
  } else {
    const auto colon = place.find(':');
    tier.address = place.substr(0, colon);
    if (colon != std::string_view::npos) ports = place.substr(colon + 1);
  }
  if (tier.address.empty()) return wrong();
  if (ports.empty()) return tier;
  const auto dash = ports.find('-');
  const auto first = parse_unsigned(ports.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_unsigned(ports.substr(dash + 1));
  if (!first || !last || *first == 0 || *last < *first || *last > UINT16_MAX) return wrong();
  tier.first_port = static_cast<std::uint16_t>(*first);
  tier.last_port = static_cast<std::uint16_t>(*last);
  return tier;
}

Answers answers_of(const mounts::MountTrace& trace, const std::vector<Exchange>& exchanges,
                   const std::vector<TierName>& names) {
  if (!trace.has_level("upstream")) return by_latency(trace);
  Answers answers{.tiers = {"the daemon"}};
  const auto tiers_of_peer = tiers_of_peers(trace, names, answers.tiers);
  const Pairing pairing(trace, exchanges);
  for (const auto& request : trace.requests) {
    if (!is_answered_read(request)) continue;
    const auto found = pairing.find(request);
    if (found.ambiguous) {
      ++answers.unknown;
      continue;
    }
    answers.answers.push_back(
        {.request = &request,
         .tier = found.exchanges.empty() ? 0 : tier_of(found.exchanges, tiers_of_peer),
         .evidence = found.evidence});
  }
  return answers;
}

}  // namespace bytepath::chunks
