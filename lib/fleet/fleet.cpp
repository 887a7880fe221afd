#include "fleet/fleet.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <type_traits>

namespace bytepath::fleet {
namespace {

using result::Document;

constexpr char separator = '\x1f';  // ASCII's unit separator: in no name that a probe writes

std::string text_of(const result::Value& value) {
  return std::visit(
      []<class T>(const T& held) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>) return "n/a";
        if constexpr (std::is_same_v<T, bool>) return held ? "yes" : "no";
        if constexpr (!std::is_same_v<T, std::monostate> && !std::is_same_v<T, bool>) {
          return fmt::format("{}", held);
        }
      },
      value);
}

auto tied(const GroupKey& key) {
  return std::tie(key.tool, key.cpu.vendor, key.cpu.family, key.cpu.model, key.cpu.stepping,
                  key.cpu.brand, key.cpu.microcode, key.kernel, key.libc);
}

GroupKey key_of(const Document& document) {
  GroupKey key{.tool = document.tool,
               .cpu = document.host.cpu,
               .kernel = document.host.kernel,
               .libc = document.host.libc};
  key.cpu.features.clear();
  return key;
}

std::string id_text(const result::Metric& metric) {
  std::string text = metric.name + separator + metric.unit;
  for (const auto& [key, value] : metric.labels) {
    text += separator + key + separator + value;
  }
  return text;
}

std::vector<std::uint32_t> facts_of(const Document& document, Names& names) {
  std::vector<std::uint32_t> facts;
  const auto add = [&](const std::string& what, const std::string& value) {
    facts.push_back(names.id_of(what + separator + value));
  };
  add("hypervisor", document.host.hypervisor.empty() ? "none" : document.host.hypervisor);
  add("machine hash", document.host.machine_hash);
  add("software hash", document.host.software_hash);
  add("version of the probe", document.tool_version);
  add("arguments", fmt::format("{}", fmt::join(document.arguments, " ")));
  add("complete", document.complete ? "yes" : "no");
  add("verdict", document.verdict.state);
  for (const auto& [name, has] : document.host.cpu.features) {
    add("CPU feature " + name, has ? "yes" : "no");
  }
  for (const auto& [name, value] : document.parameters) add("parameter " + name, text_of(value));
  for (const auto& finding : document.findings) add("finding " + finding.id, "yes");
  for (const auto& each : document.not_measured) add("not measured: " + each.what, "yes");
  std::ranges::sort(facts);
  const auto repeated = std::ranges::unique(facts);
  facts.erase(repeated.begin(), repeated.end());
  return facts;
}

}  // namespace

std::uint32_t Names::id_of(const std::string& text) {
  const auto [at, added] = ids_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (added) texts_.push_back(&at->first);
  return at->second;
}

bool GroupKey::operator==(const GroupKey& other) const { return tied(*this) == tied(other); }
bool GroupKey::operator<(const GroupKey& other) const { return tied(*this) < tied(other); }

void Fleet::add(const Document& document, std::string source) {
  GroupKey key = key_of(document);
  Group& group = groups_[key];
  if (group.hosts.empty()) group.key = std::move(key);
  const auto number = static_cast<std::uint32_t>(group.hosts.size());
  auto& host = group.hosts.emplace_back(
      Host{.source = std::move(source), .verdict = document.verdict.state});
  host.facts = facts_of(document, facts_);
  for (const auto& finding : document.findings) {
    if (finding.severity != result::Severity::finding) continue;
    const auto id = findings_.id_of(finding.id);
    if (std::ranges::find(host.findings, id) == host.findings.end()) host.findings.push_back(id);
  }
  for (const auto& metric : document.metrics) {
    const auto id = metrics_.id_of(id_text(metric));
    if (id == metric_names_.size()) {
      metric_names_.push_back({metric.name, metric.labels, metric.unit, metric.better});
    }
    auto& seen = group.metrics[id];
    // Of a metric that a document holds twice the first counts: a host is one observation.
    if (!seen.empty() && seen.back().host == number) continue;
    seen.push_back(
        {.host = number, .median = metric.median, .low = metric.low, .high = metric.high});
  }
}

std::vector<const Group*> Fleet::groups() const {
  std::vector<const Group*> out;
  for (const auto& [key, group] : groups_) out.push_back(&group);
  std::ranges::stable_sort(out, std::ranges::greater{},
                           [](const Group* group) { return group->hosts.size(); });
  return out;
}

std::pair<std::string, std::string> Fleet::fact(std::uint32_t id) const {
  const std::string& text = facts_.text(id);
  const std::size_t at = text.find(separator);
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace bytepath::fleet
