#pragma once
#include <sys/resource.h>

namespace bytepath::trace {

// Events of each CPU take two descriptors and more, and many hosts give a process 1024: from now on
// this one may have as many as its hard limit allows. What is traced has its own limit, as the
// helper that starts it was there before.
inline void allow_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bytepath::trace
