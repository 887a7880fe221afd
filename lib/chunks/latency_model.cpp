#include "chunks/latency_model.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "stats/normal.h"

namespace bytepath::chunks {
namespace {

constexpr std::string_view accepted =
    "50us, lognormal:550us:0.617 (a median and a sigma from 0 to 5), or recorded";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("--latency: '{}' {}", text, why),
              fmt::format("a latency is {}", accepted));
}

// Medians and 99.9th percentiles that Brooker and others report of AWS Lambda ("On-demand Container
// Loading in AWS Lambda", USENIX ATC 2023): 550 us and 3.7 ms, 36 ms and 175 ms; a sigma is the
// logarithm of their ratio over 3.09. A hit in the worker costs a request to the mount's daemon.
// Rates: a network card of 10 Gbit/s, and what one request to S3 carries (its performance
// guidelines, 85 to 90 MB/s).
Tiers default_tiers() {
  return {.l1 = {.latency = LatencyModel::constant(50e3), .bytes_per_second = 0},
          .l2 = {.latency = LatencyModel::lognormal(550e3, 0.617), .bytes_per_second = 1.25e9},
          .l3 = {.latency = LatencyModel::lognormal(36e6, 0.512), .bytes_per_second = 90e6}};
}

struct Setting {
  Tier* tier = nullptr;
  std::string_view value;
};

// "l2=..." of a list.
Result<Setting> setting_of(std::string_view option, std::string_view word, Tiers& tiers) {
  const auto equals = word.find('=');
  const std::string_view name = trim(word.substr(0, equals));
  Tier* tier = nullptr;
  if (name == "l1") tier = &tiers.l1;
  if (name == "l2") tier = &tiers.l2;
  if (name == "l3") tier = &tiers.l3;
  if (tier == nullptr || equals == std::string_view::npos) {
    return fail(ErrorKind::usage, fmt::format("{}: '{}' does not begin with a tier", option, word),
                "give it as l1=..., l2=..., l3=..., with commas between them");
  }
  return Setting{.tier = tier, .value = trim(word.substr(equals + 1))};
}

}  // namespace

LatencyModel LatencyModel::constant(double nanoseconds) { return lognormal(nanoseconds, 0); }

LatencyModel LatencyModel::lognormal(double median, double sigma) {
  LatencyModel model;
  model.median_ = median;
  model.sigma_ = sigma;
  return model;
}

LatencyModel LatencyModel::recorded(std::vector<double> samples) {
  LatencyModel model;
  std::ranges::sort(samples);
  model.median_ = samples[samples.size() / 2];
  model.samples_ = std::move(samples);
  return model;
}

Result<LatencyModel> LatencyModel::parse(std::string_view text,
                                         const std::vector<double>& samples) {
  auto parts = split(text, ':');
  if (parts.empty()) return refuse(text, "is no latency");
  if (parts[0] == "recorded") {
    if (parts.size() > 1) return refuse(text, "takes no value");
    if (samples.empty()) return refuse(text, "needs a recorded trace");
    return recorded(samples);
  }
  const bool lognormal_form = parts[0] == "lognormal";
  if (lognormal_form || parts[0] == "constant") parts.erase(parts.begin());
  if (parts.size() != (lognormal_form ? 2U : 1U)) {
    return refuse(text, lognormal_form ? "has no median and sigma" : "is no latency");
  }
  const auto median = parse_duration(parts[0]);
  if (!median) return refuse(text, "has no time such as 550us");
  double sigma = 0;
  if (lognormal_form) {
    const char* begin = parts[1].data();  // with its end: not read as a terminated string
    const char* end = begin + parts[1].size();
    const auto [rest, error] = std::from_chars(begin, end, sigma);
    const bool in_range = sigma >= 0 && sigma <= 5;  // not for NaN
    if (error != std::errc{} || rest != end || !in_range) {
      return refuse(text, "has a sigma that is not from 0 to 5");
    }
  }
  return lognormal(static_cast<double>(median->count()), sigma);
}

double LatencyModel::draw(stats::Random& random) const {
  if (!samples_.empty()) return samples_[random.below(samples_.size())];
  return sigma_ == 0 ? median_ : median_ * std::exp(sigma_ * stats::normal(random));
}

double LatencyModel::share_within(double nanoseconds) const {
  if (!samples_.empty()) {
    const auto within = std::ranges::upper_bound(samples_, nanoseconds) - samples_.begin();
    return static_cast<double>(within) / static_cast<double>(samples_.size());
  }
  if (sigma_ == 0 || median_ == 0) return nanoseconds >= median_ ? 1 : 0;
  if (nanoseconds <= 0) return 0;
  return stats::normal_share_below(std::log(nanoseconds / median_) / sigma_);
}

Result<Tiers> parse_tiers(std::string_view latencies, std::string_view rates,
                          const std::vector<double>& samples) {
  Tiers tiers = default_tiers();
  for (const std::string_view word : split(latencies, ',')) {
    BYTEPATH_TRY(setting, setting_of("--latency", word, tiers));
    BYTEPATH_TRY(latency, LatencyModel::parse(setting.value, samples));
    setting.tier->latency = latency;
  }
  for (const std::string_view word : split(rates, ',')) {
    BYTEPATH_TRY(setting, setting_of("--rate", word, tiers));
    const auto rate = parse_size(setting.value);
    if (!rate) {
      return fail(ErrorKind::usage, fmt::format("--rate: {}", rate.error().message),
                  "give bytes per second, such as 100M, or 0 for no limit");
    }
    setting.tier->bytes_per_second = static_cast<double>(*rate);
  }
  return tiers;
}

}  // namespace bytepath::chunks
