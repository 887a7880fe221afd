#include <algorithm>
#include <cmath>

#include "benchmark/session_comparison.h"
#include "benchmark/session_parts.h"
#include "stats/random.h"

// Interleaved runs. In a paired session every round runs each command once, in an order drawn anew:
// whatever drifts on the host then hits all commands of a round alike, and if two commands are the
// same, which of them is slower in a round is decided by the coin alone.
namespace bytepath::benchmark {
namespace {

constexpr std::uint64_t usual_pairs = 30;
constexpr double usual_seconds = 10;          // for each command, where nothing else is said
constexpr double precision_seconds = 60;      // how long --precision tries, unless told otherwise
constexpr std::uint64_t longest_warmup = 10;  // runs until it is given up
constexpr std::uint64_t quiet_warmup = 2;     // runs without a disk that end it

class Rounds {
 public:
  Rounds(const Plan& plan, Executor& executor, const Progress& progress, Session& session)
      : plan_(plan),
        executor_(executor),
        progress_(progress),
        session_(session),
        runner_(plan, executor),
        random_(plan.seed) {
    for (std::size_t i = 0; i < plan.commands.size(); ++i) arms_.push_back(i);
    if (plan.comparison.against_itself) arms_.push_back(plan.baseline());
    samples_.resize(arms_.size());
  }

  Result<> run() {
    for (std::size_t i = 0; i < plan_.commands.size(); ++i) {
      if (auto done = runner_.setup(i); !done) return done;
      set_up_ = i + 1;
    }
    return measure();
  }

  // Of those that were set up.
  Result<> clean_up() {
    for (std::size_t i = 0; i < set_up_; ++i) {
      if (auto done = runner_.cleanup(i); !done) return done;
    }
    return {};
  }

  // What has been measured. Where there are rounds, whole ones only, so that the samples of one
  // index belong together.
  void collect() {
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      auto result = empty_result(plan_, arms_[i]);
      result.runs = std::move(samples_[i]);
      if (i < plan_.commands.size()) {
        session_.results.push_back(std::move(result));
      } else {
        session_.again = std::move(result);
      }
    }
    session_.stopping =
        plan_.comparison.precision ? stats::Stopping::anytime : stats::Stopping::fixed;
  }

 private:
  Result<> measure() {
    for (std::size_t i = 0; i < plan_.commands.size(); ++i) {
      BYTEPATH_TRY(goes_on, warm_up(i));
      if (!goes_on) return {};
    }
    begin_ = executor_.now();
    return plan_.order == Order::random ? all_at_random() : round_by_round();
  }

  // A number of runs if one was given, otherwise until none reads from a disk.
  Result<bool> warm_up(std::size_t command) {
    const std::uint64_t most = plan_.warmup.value_or(longest_warmup);
    std::uint64_t quiet = 0;
    for (std::uint64_t i = 0; i < most && (plan_.warmup || quiet < quiet_warmup); ++i) {
      if (!going_on(i, most, "Performing warmup runs")) return false;
      BYTEPATH_TRY(run, runner_.once(command, {Iteration::Phase::warmup, i}));
      const bool read_disk = run.run.major_faults > 0 || run.run.bytes_read > 0;
      quiet = read_disk ? 0 : quiet + 1;
    }
    session_.cold.push_back(!plan_.warmup && quiet < quiet_warmup);
    return true;
  }

  Result<> round_by_round() {
    for (std::uint64_t round = 0; !enough(round); ++round) {
      std::vector<Run> runs(arms_.size());
      for (const std::size_t arm : random_.permutation(arms_.size())) {
        if (!going_on(round, expected_rounds(round), estimate())) return {};
        BYTEPATH_TRY(run, runner_.once(arms_[arm], {Iteration::Phase::benchmark, round}));
        runs[arm] = run.run;
      }
      if (was_interrupted()) return {};
      for (std::size_t arm = 0; arm < arms_.size(); ++arm) keep(arm, runs[arm]);
    }
    return {};
  }

  // So many runs of each, dealt like cards. How many is known after a first round.
  Result<> all_at_random() {
    BYTEPATH_TRY(seconds, first_round());
    if (session_.interrupted) return {};
    const std::uint64_t each = plan_.comparison.pairs.value_or(fitting_rounds(seconds));
    for (const std::size_t card : random_.permutation((each - 1) * arms_.size())) {
      const std::size_t arm = card % arms_.size();
      const std::size_t done = samples_[arm].size();
      if (!going_on(done, each, estimate())) return {};
      BYTEPATH_TRY(run, runner_.once(arms_[arm], {Iteration::Phase::benchmark, done}));
      if (was_interrupted()) return {};
      keep(arm, run.run);
    }
    return {};
  }

  Result<double> first_round() {
    for (const std::size_t arm : random_.permutation(arms_.size())) {
      if (!going_on(0, 1, estimate())) break;
      BYTEPATH_TRY(run, runner_.once(arms_[arm], {Iteration::Phase::benchmark, 0}));
      if (was_interrupted()) break;
      keep(arm, run.run);
    }
    return executor_.now() - begin_;
  }

  // A run that was cut short by Ctrl-C is none.
  bool was_interrupted() {
    session_.interrupted = session_.interrupted || interrupted_by_user(progress_);
    return session_.interrupted;
  }

  void keep(std::size_t arm, const Run& run) {
    samples_[arm].push_back(run);
    if (arm == plan_.baseline()) sum_ += run.wall;
  }

  bool going_on(std::uint64_t done, std::uint64_t total, std::string_view what) {
    session_.interrupted = session_.interrupted || !progress_(done, total, what);
    return !session_.interrupted;
  }

  std::uint64_t fitting_rounds(double seconds_a_round) const {
    const double budget = usual_seconds * static_cast<double>(arms_.size());
    const double fitting = std::min(whole(budget / seconds_a_round), double{usual_pairs});
    return std::max(plan_.min_runs, static_cast<std::uint64_t>(fitting));
  }

  // What fits into a number; a pretended command may take no time at all.
  static double whole(double number) {
    constexpr double most = 1e9;
    return number >= 0 && number < most ? std::floor(number) : most;
  }

  double elapsed() const { return executor_.now() - begin_; }

  double time_limit() const {
    const auto& limit = plan_.comparison.max_time;
    return limit ? std::chrono::duration<double>(*limit).count() : precision_seconds;
  }

  // For the progress bar.
  std::uint64_t expected_rounds(std::uint64_t done) const {
    const auto& comparison = plan_.comparison;
    if (comparison.pairs) return *comparison.pairs;
    if (done == 0) return usual_pairs;
    const double seconds_a_round = elapsed() / static_cast<double>(done);
    if (!comparison.precision && !comparison.max_time) return fitting_rounds(seconds_a_round);
    return std::max(done + 1, static_cast<std::uint64_t>(whole(time_limit() / seconds_a_round)));
  }

  bool enough(std::uint64_t rounds) {
    const auto& comparison = plan_.comparison;
    if (comparison.pairs) return rounds >= *comparison.pairs;
    if (rounds == 0) return false;
    if (plan_.max_runs && rounds >= *plan_.max_runs) return true;
    const bool out_of_time = elapsed() >= time_limit();
    if (comparison.max_time && out_of_time) return true;
    if (rounds < plan_.min_runs) return false;
    // Without time passing there is no limit to it.
    if (elapsed() == 0 && rounds >= usual_pairs) return true;
    if (comparison.precision) return out_of_time || looks_precise(rounds);
    if (comparison.max_time) return false;
    return rounds >= std::max(usual_pairs, plan_.min_runs) ||
           elapsed() >= usual_seconds * static_cast<double>(arms_.size());
  }

  // Looks after every round at first and then each time there are 2 % more, or looking would take
  // longer than the runs. The anytime interval allows to look when one likes.
  bool looks_precise(std::uint64_t rounds) {
    constexpr std::uint64_t part = 50;
    if (rounds < next_look_) return false;
    next_look_ = rounds + std::max<std::uint64_t>(1, rounds / part);
    return precise();
  }

  // Is the interval of every comparison as narrow as it was asked for?
  bool precise() const {
    const auto base = values(plan_.baseline());
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
      if (arm == plan_.baseline()) continue;
      const auto effect = change_of(plan_, base, values(arm), stats::Stopping::anytime);
      if (effect.low == effect.high) continue;  // all 0, or never 0 and always 0
      const double half_width = (effect.high - effect.low) / 2 / effect.ratio;
      if (!(half_width <= *plan_.comparison.precision)) return false;  // not for NaN either
    }
    return true;
  }

  std::vector<double> values(std::size_t arm) const {
    std::vector<double> out;
    out.reserve(samples_[arm].size());
    for (const auto& run : samples_[arm]) {
      out.push_back(value_of(run, plan_, plan_.comparison.metric));
    }
    return out;
  }

  std::string estimate() const {
    const auto& runs = samples_[plan_.baseline()];
    if (runs.empty()) return "Initial time measurement";
    return fmt::format("Current estimate: {}",
                       format_time(sum_ / static_cast<double>(runs.size()), plan_.unit));
  }

  const Plan& plan_;
  Executor& executor_;
  const Progress& progress_;
  Session& session_;
  CommandRunner runner_;
  stats::Random random_;
  std::vector<std::size_t> arms_;          // index of the command that each arm runs
  std::vector<std::vector<Run>> samples_;  // of each arm
  double begin_ = 0;
  double sum_ = 0;  // of the baseline's wall times
  std::uint64_t next_look_ = 0;
  std::size_t set_up_ = 0;  // commands whose setup has run
};

}  // namespace

void run_rounds(const Plan& plan, Executor& executor, Observer& observer, const Progress& progress,
                Session& session) {
  Rounds rounds(plan, executor, progress, session);
  if (auto ran = rounds.run(); !ran) {
    session.interrupted = interrupted_by_user(progress);
    if (!session.interrupted) session.error = ran.error();
  }
  if (!session.error) {
    if (auto done = rounds.clean_up(); !done) session.error = done.error();
  }
  rounds.collect();
  std::vector<BenchmarkResult> finished;
  for (const auto& result : session.results) {
    if (result.runs.empty()) return;  // ended before the first round did
    finished.push_back(result);
    observer.begins(result);
    if (auto done = observer.finished(finished); !done && !session.error) {
      session.error = done.error();
    }
  }
}

}  // namespace bytepath::benchmark
