#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/arrivals.h"
#include "net/request_options.h"

namespace bytepath::net {

struct Options {
  std::uint64_t requests = 200;  // to each server, of each kind: one by one, and pipelined
  std::optional<std::chrono::nanoseconds> duration;
  // Given: an open loop of so many requests a second. Otherwise the next is sent when the last was
  // answered, and no more than `limit` a second.
  std::optional<std::uint64_t> rate;
  measure::Arrivals::Spacing spacing = measure::Arrivals::Spacing::even;
  std::uint64_t limit = 100;
  std::uint64_t seed = 1;
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);  // of a connection, of a request
  std::uint64_t connections = 10;                              // that only their begin is timed of
  std::vector<Resolve> resolves;

  std::uint64_t pipeline = 16;     // 1: none
  std::optional<std::string> key;  // that is there

  bool head = false;
  std::vector<RequestHeader> headers;
  bool insecure = false;
  std::string ca_file;
  std::string user_agent;
};

}  // namespace bytepath::net
