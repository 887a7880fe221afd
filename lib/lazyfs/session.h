#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lazyfs/mount.h"
#include "lazyfs/parity.h"
#include "lazyfs/servers.h"
#include "result/document.h"

namespace bytepath::lazyfs {

struct SessionOptions {
  std::string source;
  std::uint64_t chunk_bytes = 512U << 10U;  // 0: none
  std::string l1_folder;                    // empty: no L1
  std::uint64_t l1_bytes = 1U << 30U;
  Latency l1_latency;
  NodesOptions l2;
  ErasureCode code;
  OriginOptions l3;
  std::string prefetch_path;  // empty: none
  std::string truth_path;     // empty: none
  std::uint64_t seed = 1;
  MountOptions mount;
};

// What a session tells while it runs; may come from any thread, one at a time.
struct SessionReports {
  std::function<void(const std::string&)> mounted;  // one line
  std::function<void(const std::string&)> warning;  // one line
};

// Mounts, serves until SIGINT, SIGTERM, SIGHUP or an unmount, and unmounts. The document has what
// came from where, as far as it got; late: what went wrong on the way, such as a truth that could
// not be written. Call it before there is a second thread.
Result<result::Document> run_session(const SessionOptions& options, const SessionReports& reports,
                                     std::optional<Error>& late);

// Serves the origin alone until one of those signals.
Result<result::Document> run_origin(const std::string& source, const OriginOptions& options,
                                    const SessionReports& reports);

// What a truth file comes to, as at the end of its session. Error (usage): it is none.
Result<result::Document> summarize_truth(const std::string& path);

}  // namespace bytepath::lazyfs
