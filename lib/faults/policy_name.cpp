#include "faults/policy_name.h"

#include <array>

namespace bytepath::faults {

using intercept::Policy;

namespace {

constexpr std::array policies = {Policy::as_is,        Policy::demand, Policy::populate,
                                 Policy::will_need,    Policy::random, Policy::sequential,
                                 Policy::no_huge_pages};

}  // namespace

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const Policy policy : policies) names.emplace_back(intercept::name(policy));
  return names;
}

std::optional<Policy> policy_named(std::string_view word) {
  for (const Policy policy : policies) {
    if (word == intercept::name(policy)) return policy;
  }
  return std::nullopt;
}

}  // namespace bytepath::faults
