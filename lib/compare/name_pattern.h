#pragma once
#include <memory>
#include <string_view>

#include "base/result.h"

namespace bytepath::compare {

// A regular expression (ECMAScript without back references) that is looked for in benchmark names.
// It is searched in time linear in the name, and its size is limited, because a gate file and a
// name may come from a pull request.
class NamePattern {
 public:
  // Error (usage): not a regular expression, or one whose length times its repeat counts is above
  // 10000.
  static Result<NamePattern> parse(std::string_view text);

  bool found_in(std::string_view name) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace bytepath::compare
