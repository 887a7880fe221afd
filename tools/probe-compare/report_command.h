#pragma once
#include <string>
#include <vector>

#include "cli/probe.h"

namespace bytepath::probe_compare {

// `probe-compare report FILE...`: one document made of saved ones, a part each. Errors (usage): a
// file is no document of a probe, or is made of others itself.
Result<result::Document> report_files(const std::vector<std::string>& files);

}  // namespace bytepath::probe_compare
