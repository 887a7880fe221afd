#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "result/document.h"

// What is kept of thousands of documents: about 5 KB of each.
namespace bytepath::fleet {

// Texts that many documents share, by a number.
class Names {
 public:
  std::uint32_t id_of(const std::string& text);
  const std::string& text(std::uint32_t id) const { return *texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> texts_;  // keys of ids_, which stay where they are
};

// Hosts of one group should measure the same.
struct GroupKey {
  std::string tool;
  result::Cpu cpu;  // without features
  std::string kernel;
  std::string libc;
  bool operator==(const GroupKey& other) const;
  bool operator<(const GroupKey& other) const;
};

// A document of a group. Facts are what a host is or was measured with, "hypervisor" = "KVM",
// "parameter rounds" = "16", and what was found on it; each by its number among the fleet's.
struct Host {
  std::string source;
  std::string verdict;
  std::vector<std::uint32_t> findings;  // ids of severity finding, each once
  std::vector<std::uint32_t> facts;     // sorted
};

struct Observation {
  std::uint32_t host = 0;  // of the group
  double median = 0;
  double low = 0;
  double high = 0;
};

struct MetricName {
  std::string name;
  result::Labels labels;
  std::string unit;
  result::Better better = result::Better::none;
};

struct Group {
  GroupKey key;
  std::vector<Host> hosts;
  std::map<std::uint32_t, std::vector<Observation>> metrics;  // by number among the fleet's
};

// The documents of a fleet, one of each host and probe.
class Fleet {
 public:
  void add(const result::Document& document, std::string source);

  // The largest first.
  std::vector<const Group*> groups() const;
  const MetricName& metric(std::uint32_t id) const { return metric_names_[id]; }
  const std::string& finding(std::uint32_t id) const { return findings_.text(id); }
  // "hypervisor" and "KVM"
  std::pair<std::string, std::string> fact(std::uint32_t id) const;

 private:
  std::map<GroupKey, Group> groups_;
  Names metrics_;
  std::vector<MetricName> metric_names_;
  Names findings_;
  Names facts_;
};

}  // namespace bytepath::fleet
