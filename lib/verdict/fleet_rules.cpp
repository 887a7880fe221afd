#include "verdict/fleet_rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Table;
using result::Value;

// The rows of a table by the names of its columns; a saved document may hold anything, and what is
// missing reads as nothing.
class Rows {
 public:
  Rows(const Document& document, std::string_view name) {
    if (!is_mode(document, "fleet")) return;
    const auto found = std::ranges::find(document.tables, name, &Table::name);
    if (found != document.tables.end()) table_ = &*found;
  }

  std::size_t size() const { return table_ == nullptr ? 0 : table_->rows.size(); }

  const Value* cell(std::size_t row, std::string_view column) const {
    const auto found = std::ranges::find(table_->columns, column, &result::Column::name);
    if (found == table_->columns.end()) return nullptr;
    return &table_->rows[row][static_cast<std::size_t>(found - table_->columns.begin())];
  }
  std::string text(std::size_t row, std::string_view column) const {
    const auto* value = cell(row, column);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return text == nullptr ? "" : *text;
  }
  std::int64_t number(std::size_t row, std::string_view column) const {
    const auto* value = cell(row, column);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    return number == nullptr ? 0 : *number;
  }

 private:
  const Table* table_ = nullptr;
};

std::string plural(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::int64_t sum(const Rows& rows, std::string_view column) {
  std::int64_t all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    all += std::clamp<std::int64_t>(rows.number(i, column), 0, 1'000'000'000);
  return all;
}

// The row of the outlier that stands first of its group, which is the furthest.
std::optional<std::size_t> first_of(const Rows& outliers, std::int64_t group) {
  for (std::size_t i = 0; i < outliers.size(); ++i) {
    if (outliers.number(i, "group") == group) return i;
  }
  return std::nullopt;
}

}  // namespace

void judge_fleet_outliers(Document& document) {
  const Rows groups(document, "groups");
  const Rows outliers(document, "outlier_hosts");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto count = groups.number(i, "outliers");
    const auto group = groups.number(i, "group");
    const auto worst = first_of(outliers, group);
    if (count <= 0 || !worst) continue;
    const std::string change = outliers.text(*worst, "change");
    const std::string text = fmt::format(
        "{} of {} of group {} ({}, {}) {} not measure what the others do: {} most of all, {}{}{}",
        count, plural(groups.number(i, "hosts"), "host"), group, groups.text(i, "probe"),
        groups.text(i, "shared"), count == 1 ? "does" : "do", outliers.text(*worst, "host"),
        outliers.text(*worst, "furthest"), change.empty() ? "" : " ", change);
    document.findings.push_back({.id = "compare.fleet.outlier",
                                 .severity = Severity::finding,
                                 .text = text,
                                 .evidence = {{"group", group},
                                              {"hosts", groups.number(i, "hosts")},
                                              {"outliers", count},
                                              {"host", outliers.text(*worst, "host")},
                                              {"metric", outliers.text(*worst, "furthest")},
                                              {"change", change}},
                                 .remedies = {}});
  }
}

void judge_fleet_findings(Document& document) {
  const Rows rows(document, "fleet_findings");
  const Rows groups(document, "groups");
  struct Seen {
    std::int64_t hosts = 0;
    std::int64_t groups = 0;
    std::int64_t worst_group = 0;
    std::int64_t worst_hosts = 0;
  };
  std::map<std::string, Seen> findings;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& seen = findings[rows.text(i, "finding")];
    const auto hosts = std::clamp<std::int64_t>(rows.number(i, "hosts"), 0, 1'000'000'000);
    seen.hosts += hosts;
    ++seen.groups;
    if (hosts <= seen.worst_hosts) continue;
    seen.worst_hosts = hosts;
    seen.worst_group = rows.number(i, "group");
  }
  for (const auto& [id, seen] : findings) {
    document.findings.push_back(
        {.id = "compare.fleet.affected",
         .severity = Severity::finding,
         .text = fmt::format("{}: {} in {} of {}, most of them in group {}", id,
                             plural(seen.hosts, "host"), seen.groups,
                             plural(static_cast<std::int64_t>(groups.size()), "group"),
                             seen.worst_group),
         .evidence = {{"finding", id},
                      {"hosts", seen.hosts},
                      {"groups", seen.groups},
                      {"group", seen.worst_group}},
         .remedies = {}});
  }
}

void judge_fleet_broken(Document& document) {
  if (!is_mode(document, "fleet")) return;
  const double broken = parameter_number(document, "broken").value_or(0);
  if (!(broken >= 1)) return;
  document.findings.push_back(
      {.id = "compare.fleet.broken",
       .severity = Severity::warning,
       .text = fmt::format("{:.0f} document{} cannot be read and {} not in the tables", broken,
                           broken == 1 ? "" : "s", broken == 1 ? "is" : "are"),
       .evidence = {{"broken", broken}},
       .remedies = {}});
}

void judge_fleet(Document& document) {
  const Rows groups(document, "groups");
  if (groups.size() == 0) return;
  const auto outliers = sum(groups, "outliers");
  const auto affected = sum(groups, "with_findings");
  const double tested = parameter_number(document, "tested").value_or(0);
  const std::string size =
      fmt::format("{} of {} in {}", outliers, plural(sum(groups, "hosts"), "document"),
                  plural(static_cast<std::int64_t>(groups.size()), "group"));
  const std::string found =
      fmt::format("; {} {} findings", affected, affected == 1 ? "has" : "have");
  if (outliers > 0) {
    document.verdict = {.state = "outliers", .text = fmt::format("outliers: {}{}", size, found)};
  } else if (tested > 0) {
    document.verdict = {.state = "alike",
                        .text = fmt::format("alike: outliers are {}{}", size, found)};
  } else {
    document.verdict = {.state = "not-known",
                        .text = fmt::format("not known: no group of {} has enough hosts{}",
                                            plural(sum(groups, "hosts"), "document"), found)};
  }
}

}  // namespace bytepath::verdict
