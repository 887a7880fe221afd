#include "fleet/fleet_document.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "fleet/differences.h"
#include "result/document_parts.h"

namespace bytepath::fleet {
namespace {

using result::Document;
using result::percent;
using result::Table;
using result::whole;

constexpr std::size_t most_rows = 10'000;     // of one table
constexpr std::size_t most_differences = 10;  // of one set of hosts
constexpr std::size_t named_hosts = 3;        // of one set, in the table

std::string metric_text(const MetricName& metric) {
  std::vector<std::string> labels;
  for (const auto& [key, value] : metric.labels) labels.push_back(key + "=" + value);
  if (labels.empty()) return metric.name;
  return fmt::format("{} {}", metric.name, fmt::join(labels, " "));
}

// What the hosts of a group have in common, as people say it.
std::string shared_text(const GroupKey& key) {
  const auto& cpu = key.cpu;
  std::vector<std::string> parts = {
      cpu.brand.empty()
          ? fmt::format("{} {}/{}/{}", cpu.vendor, cpu.family, cpu.model, cpu.stepping)
          : cpu.brand};
  if (!cpu.microcode.empty()) parts.push_back("microcode " + cpu.microcode);
  if (!key.kernel.empty()) parts.push_back("Linux " + key.kernel);
  if (!key.libc.empty()) parts.push_back(key.libc);
  return fmt::format("{}", fmt::join(parts, ", "));
}

// "slower" would be wrong for a capacity.
std::string way_of(const Outlier& outlier, result::Better better) {
  const bool above = outlier.deviations > 0;
  if (better == result::Better::none) return above ? "higher" : "lower";
  return above == (better == result::Better::lower) ? "worse" : "better";
}

std::string change_of(const Outlier& outlier) {
  if (outlier.usual <= 0 || outlier.value < 0) return "";
  const double ratio = outlier.value / outlier.usual;
  return ratio >= 2 ? fmt::format("{:.3g}x", ratio)
                    : fmt::format("{:+.3g} %", percent * (ratio - 1));
}

class Description {
 public:
  Description(Document& document, const Fleet& fleet, const OutlierRules& rules)
      : document_(document),
        fleet_(fleet),
        groups_(fleet.groups()),
        outliers_(find_outliers(fleet, rules)) {}

  void write() {
    for (auto table : {groups(), verdicts(), findings(), hosts(), differences_of_sets(),
                       group_keys(), metrics()}) {
      if (!table.rows.empty()) document_.tables.push_back(std::move(table));
    }
    for (const auto& table : document_.tables) {
      if (table.rows.size() < most_rows) continue;
      document_.not_measured.push_back({.what = "the rest of the table " + table.name,
                                        .reason = fmt::format("it ends after {} rows", most_rows),
                                        .remedy = "give a part of the fleet"});
    }
  }

  const Outliers& outliers() const { return outliers_; }

 private:
  static bool has_room(const Table& table) { return table.rows.size() < most_rows; }

  std::vector<std::size_t> odd_hosts() const {
    std::vector<std::set<std::uint32_t>> odd(groups_.size());
    for (const auto& outlier : outliers_.found) odd[outlier.group].insert(outlier.host);
    std::vector<std::size_t> counts;
    for (const auto& hosts : odd) counts.push_back(hosts.size());
    return counts;
  }

  Table groups() const {
    Table table{.name = "groups",
                .title = "Groups: hosts that should measure the same",
                .columns = {{"group", ""},
                            {"probe", ""},
                            {"hosts", ""},
                            {"with_findings", ""},
                            {"outliers", ""},
                            {"shared", ""}}};
    const auto odd = odd_hosts();
    for (std::size_t i = 0; i < groups_.size() && has_room(table); ++i) {
      const auto& [key, hosts, measured] = *groups_[i];
      const auto found =
          std::ranges::count_if(hosts, [](const Host& host) { return !host.findings.empty(); });
      table.rows.push_back({whole(i + 1), key.tool, whole(hosts.size()),
                            static_cast<std::int64_t>(found), whole(odd[i]), shared_text(key)});
    }
    return table;
  }

  // The same for programs.
  Table group_keys() const {
    Table table{.name = "group_keys",
                .title = "",
                .columns = {{"group", ""},
                            {"vendor", ""},
                            {"family", ""},
                            {"model", ""},
                            {"stepping", ""},
                            {"brand", ""},
                            {"microcode", ""},
                            {"kernel", ""},
                            {"libc", ""}}};
    for (std::size_t i = 0; i < groups_.size() && has_room(table); ++i) {
      const auto& key = groups_[i]->key;
      table.rows.push_back({whole(i + 1), key.cpu.vendor, whole(key.cpu.family),
                            whole(key.cpu.model), whole(key.cpu.stepping), key.cpu.brand,
                            key.cpu.microcode, key.kernel, key.libc});
    }
    return table;
  }

  Table verdicts() const {
    Table table{.name = "verdicts",
                .title = "Verdicts",
                .columns = {{"group", ""}, {"verdict", ""}, {"hosts", ""}, {"part", "%"}}};
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      std::map<std::string, std::size_t> counts;
      for (const auto& host : groups_[i]->hosts) ++counts[host.verdict];
      for (const auto& [verdict, count] : counts) {
        if (!has_room(table)) break;
        table.rows.push_back(
            {whole(i + 1), verdict, whole(count), result::share(count, groups_[i]->hosts.size())});
      }
    }
    return table;
  }

  Table findings() const {
    Table table{.name = "fleet_findings",
                .title = "Findings",
                .columns = {{"group", ""}, {"finding", ""}, {"hosts", ""}, {"part", "%"}}};
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      std::map<std::string, std::size_t> counts;
      for (const auto& host : groups_[i]->hosts) {
        for (const auto id : host.findings) ++counts[fleet_.finding(id)];
      }
      for (const auto& [id, count] : counts) {
        if (!has_room(table)) break;
        table.rows.push_back(
            {whole(i + 1), id, whole(count), result::share(count, groups_[i]->hosts.size())});
      }
    }
    return table;
  }

  // One row a host, with what is furthest out.
  Table hosts() const {
    Table table{.name = "outlier_hosts",
                .title = "Outliers: hosts that do not measure what their group does",
                .columns = {{"group", ""},
                            {"host", ""},
                            {"metrics", ""},
                            {"furthest", ""},
                            {"value", ""},
                            {"usual", ""},
                            {"unit", ""},
                            {"change", ""},
                            {"is", ""}}};
    for (auto first = outliers_.found.begin(); first != outliers_.found.end();) {
      const auto end = std::find_if(first, outliers_.found.end(), [&](const Outlier& each) {
        return each.group != first->group;
      });
      std::map<std::uint32_t, std::size_t> counts;
      for (auto each = first; each != end; ++each) ++counts[each->host];
      for (; first != end; ++first) {
        const auto count = std::exchange(counts[first->host], 0);
        if (count == 0 || !has_room(table)) continue;
        const auto& metric = fleet_.metric(first->metric);
        table.rows.push_back({whole(first->group + 1U), source_of(*first), whole(count),
                              metric_text(metric), first->value, first->usual, metric.unit,
                              change_of(*first), way_of(*first, metric.better)});
      }
    }
    return table;
  }

  Table metrics() const {
    Table table{.name = "outlier_metrics",
                .title = "",
                .columns = {{"group", ""},
                            {"host", ""},
                            {"metric", ""},
                            {"value", ""},
                            {"usual", ""},
                            {"unit", ""},
                            {"deviations", ""},
                            {"adjusted_p", ""},
                            {"is", ""}}};
    for (const auto& each : outliers_.found) {
      if (!has_room(table)) break;
      const auto& metric = fleet_.metric(each.metric);
      table.rows.push_back({whole(each.group + 1U), source_of(each), metric_text(metric),
                            each.value, each.usual, metric.unit, each.deviations, each.p,
                            way_of(each, metric.better)});
    }
    return table;
  }

  Table differences_of_sets() const {
    Table table{.name = "differences",
                .title = "What only the outliers have",
                .columns = {{"group", ""},
                            {"hosts", ""},
                            {"names", ""},
                            {"what", ""},
                            {"value", ""},
                            {"others", ""},
                            {"of_these", "%"},
                            {"of_others", "%"}}};
    for (const auto& set : outlier_sets(outliers_.found)) {
      const auto found =
          differences(fleet_, *groups_[set.group], set, outliers_.found, most_differences);
      for (const auto& each : found) {
        if (!has_room(table)) return table;
        table.rows.push_back({whole(set.group + 1U), whole(set.hosts.size()), names_of(set),
                              each.what, each.value, each.others, percent * each.here,
                              percent * each.elsewhere});
      }
    }
    return table;
  }

  const std::string& source_of(const Outlier& each) const {
    return groups_[each.group]->hosts[each.host].source;
  }

  std::string names_of(const OutlierSet& set) const {
    std::vector<std::string> names;
    for (const auto host : set.hosts) {
      if (names.size() == named_hosts) {
        names.push_back(fmt::format("and {} more", set.hosts.size() - named_hosts));
        break;
      }
      names.push_back(groups_[set.group]->hosts[host].source);
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  Document& document_;
  const Fleet& fleet_;
  std::vector<const Group*> groups_;
  Outliers outliers_;
};

}  // namespace

void describe_fleet(Document& document, const Fleet& fleet, const OutlierRules& rules,
                    const Reading& reading) {
  Description description(document, fleet, rules);
  description.write();
  const auto& outliers = description.outliers();
  auto& parameters = document.parameters;
  parameters["mode"] = std::string("fleet");
  parameters["documents"] = whole(reading.documents);
  parameters["broken"] = whole(reading.broken);
  parameters["fewest_hosts"] = whole(rules.fewest_hosts);
  parameters["false_alarms_percent"] = percent * rules.false_alarms;
  parameters["margin_percent"] = percent * rules.margin;
  parameters["tested"] = whole(outliers.tested);
  for (const auto& [source, reason] : reading.examples) {
    document.not_measured.push_back({.what = source, .reason = reason, .remedy = ""});
  }
  if (reading.broken > reading.examples.size()) {
    document.not_measured.push_back(
        {.what = fmt::format("{} more documents", reading.broken - reading.examples.size()),
         .reason = "they cannot be read either",
         .remedy = ""});
  }
  if (outliers.groups_too_small > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("outliers of {} group{}", outliers.groups_too_small,
                             outliers.groups_too_small == 1 ? "" : "s"),
         .reason = fmt::format("fewer than {} hosts do not tell what is usual", rules.fewest_hosts),
         .remedy = "collect more hosts, or give --min-hosts"});
  }
}

}  // namespace bytepath::fleet
