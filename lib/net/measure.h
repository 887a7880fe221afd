#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "net/load.h"
#include "net/options.h"
#include "net/server.h"
#include "net/url.h"
#include "stats/histogram.h"

namespace bytepath::net {

// Of connections that nothing was asked on.
struct ConnectionPhases {
  stats::Histogram lookup;
  stats::Histogram connect;
  stats::Histogram tls;
  std::map<std::string, ErrorCount> errors;
};

struct Measured {
  std::string url;  // as it may be shown; two alike have a number
  bool is_http = false;
  bool open_loop = false;
  bool asked = false;  // requests, too
  ServerFacts facts;
  ConnectionPhases connections;
  Load load;
  std::optional<Load> pipelined;
};

// Looks at every server before any request is sent to one, then measures one after the other: new
// connections, requests one by one on a kept one, and pipelined where that can be. Errors: a server
// that cannot be measured; then nothing was sent to any. An interrupt leaves out the rest.
Result<std::vector<Measured>> measure(const std::vector<Url>& urls, const Options& options,
                                      const Progress& progress);

}  // namespace bytepath::net
