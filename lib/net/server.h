#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/certificate_chain.h"
#include "net/options.h"
#include "net/url.h"
#include "result/document.h"

// What all servers that can be asked have in common: RESP or HTTP.
namespace bytepath::net {

using Clock = std::chrono::steady_clock;

// Asked every `wait_slice` while something is waited for: false, and the wait ends with an error.
using GoesOn = std::function<bool()>;
inline constexpr std::chrono::milliseconds wait_slice{50};

// One request and what came of it.
struct Answer {
  std::string tier;
  std::string evidence;
  std::string served_by;  // a machine or place, as it calls itself; or empty
  std::chrono::nanoseconds service{};
  std::optional<std::chrono::nanoseconds> first_byte;
  Clock::time_point end;
  std::uint64_t bytes = 0;
  std::string error;  // why there was no good answer; else empty
};

// The begin of a connection that nothing is asked on.
struct ConnectionTimes {
  std::optional<std::chrono::nanoseconds> lookup;  // of a name
  std::chrono::nanoseconds connect{};
  std::optional<std::chrono::nanoseconds> tls;
  std::string error;  // else empty
};

struct ServerFacts {
  std::string address;   // that it was connected to
  std::string protocol;  // "HTTP/1.1", "RESP"
  std::string software;  // as it calls itself, or empty
  std::uint64_t reconnections = 0;
  std::optional<Chain> chain;
  std::vector<result::NotMeasured> not_measured;
};

class Server {
 public:
  virtual ~Server() = default;

  // Looks whether it can be measured, before any request. Errors (unsupported): no such host, none
  // listens, not to be trusted; (denied): a password refused.
  virtual Result<> open() = 0;
  // May requests be sent at all? No for one that is not trusted, but whose handshakes can be timed.
  virtual bool takes_requests() const { return true; }
  virtual bool takes_pipelines() const { return false; }
  virtual ConnectionTimes connect_once() = 0;
  // Sends `count` requests at once on a kept connection and appends an answer for each.
  virtual void ask(std::size_t count, std::vector<Answer>& answers) = 0;
  virtual const ServerFacts& facts() const = 0;
};

// Errors (unsupported): this build has no such part. The options outlive it.
Result<std::unique_ptr<Server>> make_http_server(const Url& url, const Options& options,
                                                 GoesOn goes_on);
Result<std::unique_ptr<Server>> make_resp_server(const Url& url, const Options& options,
                                                 GoesOn goes_on);

}  // namespace bytepath::net
