#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explain/run_cost.h"

// Where the time goes that one command takes more than another. Pure.
namespace bytepath::explain {

enum class Cause {
  copy_in_slow_class,  // rep movsb at a distance at which this host's is slow
  page_faults,
  system_calls,
  waiting,
  waiting_for_cpu,  // no thread stopped to wait more often: the host had other things to do
  function,         // of a program or library
  kernel,           // in none of the others' ways
  interrupts,
};

std::string_view name(Cause cause);  // "copy", "page faults", "system calls", ...

// One part of the difference.
struct Part {
  Cause cause = Cause::function;
  // The function's name, the system call's, or empty for a class as a whole.
  std::string what;
  std::string image;
  double slower_seconds = 0;  // per run
  double faster_seconds = 0;
  double difference = 0;  // seconds per run
  // Of the difference of the runs, without what it grew because a CPU was not free: 1 is all of it.
  double share = 0;
  double sigma = 0;  // how many standard errors of sampling it is; 0 where nothing was sampled
  // The hottest instruction of the slower command's part.
  std::string instruction;
  std::string source;
  std::uint64_t samples = 0;  // of both
  // Of a copy: samples by (destination - source) mod 4096, of the slower command.
  std::map<std::uint16_t, std::uint64_t> distances;
  double count_difference = 0;  // page faults or calls per run that the slower one makes more
};

struct Difference {
  std::string slower;
  std::string faster;
  double slower_wall = 0;  // seconds per run
  double faster_wall = 0;
  // The largest first. Parts of one kind do not overlap; a copy is also in what contains it, which
  // therefore comes behind it.
  std::vector<Part> parts;
  std::optional<Part> verdict;  // the most specific part that explains the difference
};

// The slow class of AMD's anomaly: (destination - source) mod 4096, bytepath-methods(7).
inline constexpr std::uint16_t first_slow_distance = 1;
inline constexpr std::uint16_t last_slow_distance = 15;

// How much a part has to be of the difference, and how sure, to be named as its cause.
inline constexpr double least_share = 0.5;
inline constexpr double least_sigma = 3;

Difference explain_difference(const RunCost& first, const RunCost& second);

}  // namespace bytepath::explain
