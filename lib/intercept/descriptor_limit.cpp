#include "intercept/descriptor_limit.h"

namespace bytepath::intercept {

DescriptorLimit::DescriptorLimit() {
  getrlimit(RLIMIT_NOFILE, &before_);
  const rlimit raised{.rlim_cur = before_.rlim_max, .rlim_max = before_.rlim_max};
  setrlimit(RLIMIT_NOFILE, &raised);
}

DescriptorLimit::~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

}  // namespace bytepath::intercept
