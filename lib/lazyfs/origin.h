#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "lazyfs/http_server.h"
#include "lazyfs/latency.h"
#include "lazyfs/pacer.h"

namespace bytepath::lazyfs {

struct OriginOptions {
  std::uint16_t port = 0;  // 0: any
  Latency latency;
  std::uint64_t bytes_per_second = 0;  // of all answers together; 0: no limit
  std::uint64_t seed = 1;
  std::string secret;  // first part of each path, which who does not know it cannot read
};

// L3: serves the files below a directory, or one file, by GET and HEAD with ranges. Directories are
// answered by a page of links, as programs that mirror a site read it. Links that lead out of the
// directory are not followed.
class Origin {
 public:
  // Error (usage): no such source, or the port is taken.
  static Result<std::unique_ptr<Origin>> start(const std::string& source, OriginOptions options);

  std::uint16_t port() const { return server_->port(); }
  std::uint64_t requests() const { return requests_; }
  std::uint64_t sent_bytes() const { return sent_bytes_; }  // of files; those asked for by HEAD not

 private:
  Origin(OriginOptions options, Descriptor folder, std::string only);
  HttpResponse answer(const HttpRequest& request);
  HttpResponse answer_file(const HttpRequest& request, Descriptor file, std::uint64_t bytes);
  Descriptor open_below(const std::string& path, int flags) const;
  std::chrono::nanoseconds hold_back();

  OriginOptions options_;
  Descriptor folder_;
  std::string only_;  // the one file that is served, or empty
  Pacer pacer_;
  std::mutex random_mutex_;
  stats::Random random_;
  std::atomic<std::uint64_t> requests_ = 0;
  std::atomic<std::uint64_t> sent_bytes_ = 0;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace bytepath::lazyfs
