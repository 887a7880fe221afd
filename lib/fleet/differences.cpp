#include "fleet/differences.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bytepath::fleet {
namespace {

constexpr double smallest_difference = 0.5;

// How many of some hosts have a fact.
using Counts = std::map<std::uint32_t, std::size_t>;

Counts count_facts(const Group& group, const std::vector<std::uint32_t>& hosts) {
  Counts counts;
  for (const auto host : hosts) {
    for (const auto fact : group.hosts[host].facts) ++counts[fact];
  }
  return counts;
}

std::vector<std::uint32_t> others_of(const Group& group, std::uint32_t number,
                                     const std::vector<Outlier>& found) {
  std::set<std::uint32_t> odd;
  for (const auto& outlier : found) {
    if (outlier.group == number) odd.insert(outlier.host);
  }
  std::vector<std::uint32_t> others;
  for (std::uint32_t host = 0; host < group.hosts.size(); ++host) {
    if (!odd.contains(host)) others.push_back(host);
  }
  return others;
}

struct Usual {
  std::size_t values = 0;  // different ones
  std::string most;        // the most frequent
  std::size_t count = 0;
};

std::map<std::string, Usual> usual_of(const Fleet& fleet, const Counts& counts) {
  std::map<std::string, Usual> out;
  for (const auto& [fact, count] : counts) {
    auto [what, value] = fleet.fact(fact);
    auto& usual = out[what];
    ++usual.values;
    if (count > usual.count) std::tie(usual.most, usual.count) = std::pair(value, count);
  }
  return out;
}

}  // namespace

std::vector<OutlierSet> outlier_sets(const std::vector<Outlier>& found) {
  using Direction = std::pair<std::uint32_t, bool>;  // a metric, and whether it is above
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Outlier>> by_host;
  for (const auto& outlier : found) by_host[{outlier.group, outlier.host}].push_back(outlier);
  std::map<std::pair<std::uint32_t, std::set<Direction>>, OutlierSet> sets;
  for (auto& [host, outliers] : by_host) {
    std::set<Direction> directions;
    for (const auto& each : outliers) directions.emplace(each.metric, each.deviations > 0);
    auto& set = sets[{host.first, directions}];
    set.group = host.first;
    set.hosts.push_back(host.second);
    if (set.metrics.empty()) set.metrics = std::move(outliers);
  }
  std::vector<OutlierSet> out;
  for (auto& [key, set] : sets) out.push_back(std::move(set));
  std::ranges::stable_sort(out, [](const OutlierSet& a, const OutlierSet& b) {
    return std::pair(a.group, b.hosts.size()) < std::pair(b.group, a.hosts.size());
  });
  return out;
}

std::vector<Difference> differences(const Fleet& fleet, const Group& group, const OutlierSet& set,
                                    const std::vector<Outlier>& found, std::size_t most) {
  const auto others = others_of(group, set.group, found);
  if (others.empty()) return {};
  const Counts here = count_facts(group, set.hosts);
  const Counts elsewhere = count_facts(group, others);
  const auto usual = usual_of(fleet, elsewhere);
  std::vector<Difference> out;
  for (const auto& [fact, count] : here) {
    auto [what, value] = fleet.fact(fact);
    const auto known = usual.find(what);
    const bool identifies = known != usual.end() && 2 * known->second.values > others.size();
    if (identifies) continue;
    const auto there = elsewhere.find(fact);
    const auto part = [](std::size_t some, std::size_t all) {
      return static_cast<double>(some) / static_cast<double>(all);
    };
    Difference difference{
        .what = std::move(what),
        .value = std::move(value),
        .others = known == usual.end() ? "" : known->second.most,
        .here = part(count, set.hosts.size()),
        .elsewhere = there == elsewhere.end() ? 0 : part(there->second, others.size())};
    if (difference.here - difference.elsewhere < smallest_difference) continue;
    out.push_back(std::move(difference));
  }
  std::ranges::stable_sort(out, [](const Difference& a, const Difference& b) {
    return a.here - a.elsewhere > b.here - b.elsewhere;
  });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace bytepath::fleet
