#pragma once
#include <sys/resource.h>

namespace bytepath::intercept {

// While it lives this process may have as many descriptors as it is allowed to give itself (the
// hard RLIMIT_NOFILE): two are kept for each process that has a chosen file mapped.
class DescriptorLimit {
 public:
  DescriptorLimit();
  ~DescriptorLimit();
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

  // As it was, and as the program is to find it.
  const rlimit& before() const { return before_; }

 private:
  rlimit before_{};
};

}  // namespace bytepath::intercept
