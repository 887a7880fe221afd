#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/probe.h"
#include "lazyfs/session.h"

// What is said on the command line, and what it means.
namespace bytepath::lazyfs_tool {

struct MountWords {
  std::vector<std::string> places;  // SOURCE MOUNTPOINT
  std::string chunk = "512K";
  std::string l1;
  std::uint64_t l1_size = 1U << 30U;
  std::string l1_latency = "constant:0ms";
  std::uint64_t l2_nodes = 0;
  std::uint64_t l2_size = 1U << 30U;
  std::string l2_latency = "constant:0ms";
  std::uint64_t l2_port = 0;
  std::string code = "1/1";
  std::vector<std::string> dead;
  std::string l3_latency = "constant:0ms";
  std::uint64_t l3_port = 0;
  std::uint64_t rate = 0;
  bool keep_cache = false;  // as by default
  bool no_keep_cache = false;
  bool direct_io = false;
  std::uint64_t max_readahead = 0;  // 0: the kernel's
  std::chrono::nanoseconds attribute_timeout = std::chrono::hours(1);
  std::string prefetch;
  std::string truth;
  std::uint64_t seed = 1;
};

void add_mount_options(cli::Command& command, MountWords& words);
// Error (usage): options that contradict each other, or a value that is none.
Result<lazyfs::SessionOptions> session_options(const MountWords& words);

struct ServeWords {
  std::vector<std::string> sources;
  std::uint64_t port = 0;
  std::string latency = "constant:0ms";
  std::uint64_t rate = 0;
  std::uint64_t seed = 1;
};

void add_serve_options(cli::Command& command, ServeWords& words);
Result<lazyfs::OriginOptions> origin_options(const ServeWords& words);

}  // namespace bytepath::lazyfs_tool
