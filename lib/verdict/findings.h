#pragma once
#include <string>
#include <utility>
#include <vector>

#include "result/document.h"

namespace bytepath::verdict {

inline void add_finding(result::Document& document, const char* id, result::Severity severity,
                        std::string said, result::Record evidence,
                        std::vector<result::Remedy> remedies = {}) {
  document.findings.push_back({.id = id,
                               .severity = severity,
                               .text = std::move(said),
                               .evidence = std::move(evidence),
                               .remedies = std::move(remedies)});
}

}  // namespace bytepath::verdict
