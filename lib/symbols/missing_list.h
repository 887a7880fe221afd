#pragma once
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "trace/missing_part.h"

namespace bytepath::symbols {

// What could not be told: each thing once, with the first reason.
class MissingList {
 public:
  void add(std::string what, std::string reason, std::string remedy) {
    if (known_.insert(what).second)
      parts_.push_back(
          {.what = std::move(what), .reason = std::move(reason), .remedy = std::move(remedy)});
  }
  // It could be told after all.
  void remove(const std::string& what) {
    if (known_.erase(what) != 0)
      std::erase_if(parts_, [&](const trace::MissingPart& part) { return part.what == what; });
  }
  const std::vector<trace::MissingPart>& parts() const { return parts_; }

 private:
  std::unordered_set<std::string> known_;
  std::vector<trace::MissingPart> parts_;
};

}  // namespace bytepath::symbols
