#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intercept/intercept.h"

namespace bytepath::faults {

// Policies that a program may run under without changing what is measured: all but exact.
std::vector<std::string> policy_names();
std::optional<intercept::Policy> policy_named(std::string_view word);

}  // namespace bytepath::faults
