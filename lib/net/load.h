#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "net/pace.h"
#include "net/server.h"
#include "stats/histogram.h"
#include "tiers/tier_times.h"

// Requests to one server at their times, and what came of them.
namespace bytepath::net {

struct ErrorCount {
  std::uint64_t count = 0;
  std::chrono::nanoseconds first{};  // since the begin
};

struct Load {
  std::uint64_t batch = 1;
  std::vector<tiers::TierTimes> service;   // from sending
  std::vector<tiers::TierTimes> response;  // from when it was to be sent
  stats::Histogram first_byte;
  std::vector<double> time_per_request;  // ns of whole batches, by their size
  std::map<std::string, ErrorCount> errors;
  std::map<std::string, std::uint64_t> served_by;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::chrono::nanoseconds elapsed{};
  bool gave_up = false;
  bool interrupted = false;
};

// So many failures one after the other, and nobody is asked any more.
inline constexpr std::uint64_t most_failures_in_a_row = 10;
// Of machines that answered, and of errors: more are counted as "others".
inline constexpr std::size_t most_names = 32;

// What came of requests that were due at `due`, both times since the begin.
void count_answer(Load& load, const Answer& answer, std::chrono::nanoseconds due,
                  std::chrono::nanoseconds end);

// goes_on(sent) is asked again and again; when it says no, what was measured so far is it. Requests
// that fail then do so because the user ended them, and are not counted.
Load run_load(Server& server, const PaceOptions& options,
              const std::function<bool(std::uint64_t sent)>& goes_on);

// In slices, so that an interrupt ends it soon; false: it did. `exactly`: the last of it is spent
// with the clock, since a sleep ends up to 100 us late on a virtual machine, which would look like
// waiting for the server.
bool wait_until(Clock::time_point time, bool exactly, const GoesOn& goes_on);

// The nearest first: edge and hits, hops, the origin, what nobody knows.
void sort_tiers(std::vector<tiers::TierTimes>& tiers);

}  // namespace bytepath::net
