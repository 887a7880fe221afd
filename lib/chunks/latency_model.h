#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stats/random.h"

namespace bytepath::chunks {

// How long a tier takes to answer, in nanoseconds.
class LatencyModel {
 public:
  static LatencyModel constant(double nanoseconds);
  // sigma: the standard deviation of the natural logarithm.
  static LatencyModel lognormal(double median, double sigma);
  // Each of these is as likely; at least one.
  static LatencyModel recorded(std::vector<double> samples);

  // "50us" or "constant:50us", "lognormal:550us:0.617" (median and sigma), "recorded" for
  // `samples`. Error (usage): another form, a sigma that is not from 0 to 5, no samples.
  static Result<LatencyModel> parse(std::string_view text, const std::vector<double>& samples);

  double draw(stats::Random& random) const;
  // The part of all answers that took this long or less, 0 to 1.
  double share_within(double nanoseconds) const;
  double median() const { return median_; }

 private:
  double median_ = 0;
  double sigma_ = 0;             // 0: constant, unless there are samples
  std::vector<double> samples_;  // ascending
};

// A tier: a fetch takes its latency, then its bytes at this rate.
struct Tier {
  LatencyModel latency;
  double bytes_per_second = 0;  // 0: no limit
};

// Of the worker's own cache (l1), of the one that many share (l2), of the origin (l3).
struct Tiers {
  Tier l1;
  Tier l2;
  Tier l3;
};

// What is given for some of the tiers, "l1=50us,l3=lognormal:36ms:0.512" and "l2=1G,l3=90M" (bytes
// per second), over the defaults. Error (usage): no such tier, or what LatencyModel::parse and
// parse_size say.
Result<Tiers> parse_tiers(std::string_view latencies, std::string_view rates,
                          const std::vector<double>& samples);

}  // namespace bytepath::chunks
