#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chunks/exchanges.h"
#include "mounts/mount_trace.h"

// Where each READ of a FUSE mount was answered from.
namespace bytepath::chunks {

// How that is known, the best first.
enum class Evidence {
  thread,   // the thread that answered exchanged something with the peer meanwhile
  range,    // somebody asked the peer for these bytes meanwhile, over HTTP
  joined,   // another READ's exchange meanwhile was about these bytes, or brought their chunk
  time,     // one exchange, and no other READ, was under way meanwhile
  nothing,  // no exchange was: the daemon had the bytes
  latency   // exchanges were not recorded: only how long it took
};
const char* name(Evidence evidence);

// A peer, or peers, that are one tier to the user: "l2=127.0.0.1:9000-9019", ports optional.
struct TierName {
  std::string name;
  std::string address;
  std::uint16_t first_port = 0;  // 0: any
  std::uint16_t last_port = 0;
};
// Error (usage): it is not of this form.
Result<TierName> tier_from_text(std::string_view text);

struct Answer {
  const mounts::Request* request = nullptr;
  std::size_t tier = 0;  // place in Answers::tiers
  Evidence evidence = Evidence::nothing;
};

struct Answers {
  std::vector<std::string> tiers;  // "the daemon", then peers; by latency: "up to 1.2 ms", ...
  std::vector<Answer> answers;     // of each READ that succeeded, in the trace's order
  std::uint64_t unknown = 0;    // READs while several exchanges were under way, that fit none alone
  std::vector<double> valleys;  // by latency: nanoseconds between the tiers
};

Answers answers_of(const mounts::MountTrace& trace, const std::vector<Exchange>& exchanges,
                   const std::vector<TierName>& names);

}  // namespace bytepath::chunks
