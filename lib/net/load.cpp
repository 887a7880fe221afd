#include "net/load.h"

#include <sys/prctl.h>

#include <algorithm>
#include <thread>

#include "base/text.h"

namespace bytepath::net {
namespace {

using std::chrono::nanoseconds;

std::uint64_t count_of(nanoseconds time) {
  return time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
}

tiers::TierTimes& tier_named(std::vector<tiers::TierTimes>& tiers, const Answer& answer) {
  const auto found = std::ranges::find(tiers, answer.tier, &tiers::TierTimes::tier);
  if (found != tiers.end()) return *found;
  return tiers.emplace_back(tiers::TierTimes{.tier = answer.tier, .evidence = answer.evidence});
}

void add_time(std::vector<tiers::TierTimes>& tiers, const Answer& answer, nanoseconds time) {
  auto& tier = tier_named(tiers, answer);
  tier.add(count_of(time));
  tier.bytes += answer.bytes;
}

// A server that makes up new names for ever does not fill our memory.
template <class T>
T& entry(std::map<std::string, T>& map, const std::string& name) {
  if (map.size() < most_names || map.contains(name)) return map[name];
  return map["others"];
}

int rank_of(std::string_view tier) {
  constexpr int a_cache = 100;
  constexpr int origin = 101;
  constexpr int not_said = 102;
  if (tier.starts_with("hop ")) {
    const auto number = tier.substr(
        4, tier.find(',') == std::string_view::npos ? std::string_view::npos : tier.find(',') - 4);
    return static_cast<int>(std::min<std::uint64_t>(parse_unsigned(number).value_or(1), a_cache));
  }
  if (tier == "miss") return 1;
  if (tier == "a cache") return a_cache;
  if (tier.starts_with("origin")) return origin;
  return tier == "not said" ? not_said : 0;
}

bool failed(const Answer& answer) { return !answer.error.empty(); }

}  // namespace

bool wait_until(Clock::time_point time, bool exactly, const GoesOn& goes_on) {
  const auto awake = time - (exactly ? std::chrono::microseconds(200) : nanoseconds(0));
  while (goes_on()) {
    const auto now = Clock::now();
    if (now < awake) std::this_thread::sleep_until(std::min(awake, now + wait_slice));
    if (awake > now + wait_slice) continue;
    while (Clock::now() < time) {
    }
    return true;
  }
  return false;
}

void count_answer(Load& load, const Answer& answer, nanoseconds due, nanoseconds end) {
  ++load.sent;
  if (failed(answer)) {
    ++load.failed;
    auto& error = entry(load.errors, answer.error);
    if (error.count++ == 0) error.first = end;
    return;
  }
  add_time(load.service, answer, answer.service);
  add_time(load.response, answer, end - due);
  if (answer.first_byte) load.first_byte.add(count_of(*answer.first_byte));
  if (!answer.served_by.empty()) ++entry(load.served_by, answer.served_by);
}

Load run_load(Server& server, const PaceOptions& options,
              const std::function<bool(std::uint64_t)>& goes_on) {
  (void)prctl(PR_SET_TIMERSLACK, 1UL);  // else the kernel lets sleeps end 50 us late
  Load load{.batch = options.batch};
  Pace pace(options);
  std::vector<Answer> answers;
  std::uint64_t in_a_row = 0;
  const auto begin = Clock::now();
  while (const auto due = pace.next(Clock::now() - begin)) {
    load.interrupted =
        !wait_until(begin + *due, options.rate.has_value(), [&] { return goes_on(load.sent); });
    if (load.interrupted) break;
    answers.clear();
    const auto sent = Clock::now();
    server.ask(options.batch, answers);
    const bool all = std::ranges::none_of(answers, failed);
    load.interrupted = !all && !goes_on(load.sent);
    if (load.interrupted) std::erase_if(answers, failed);
    for (const auto& answer : answers) {
      count_answer(load, answer, *due, answer.end - begin);
      in_a_row = failed(answer) ? in_a_row + 1 : 0;
    }
    if (load.interrupted) break;
    if (all && !answers.empty() && load.time_per_request.size() < result::max_samples) {
      load.time_per_request.push_back(static_cast<double>((answers.back().end - sent).count()) /
                                      static_cast<double>(answers.size()));
    }
    // A batch fails as one.
    load.gave_up = in_a_row >= most_failures_in_a_row * options.batch;
    if (load.gave_up) break;
  }
  load.elapsed = Clock::now() - begin;
  sort_tiers(load.service);
  sort_tiers(load.response);
  return load;
}

void sort_tiers(std::vector<tiers::TierTimes>& tiers) {
  std::ranges::stable_sort(tiers, {},
                           [](const tiers::TierTimes& tier) { return rank_of(tier.tier); });
}

}  // namespace bytepath::net
