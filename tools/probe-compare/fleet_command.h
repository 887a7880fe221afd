#pragma once
#include <string>
#include <vector>

#include "cli/probe.h"

namespace bytepath::probe_compare {

struct FleetOptions {
  std::vector<std::string> inputs;  // folders, or - for NDJSON on standard input
  std::uint64_t fewest_hosts = 8;
  std::optional<double> false_alarms;  // percent
  std::optional<double> margin;        // percent
};

Result<result::Document> compare_fleet(const FleetOptions& options, const cli::Context& context);

}  // namespace bytepath::probe_compare
