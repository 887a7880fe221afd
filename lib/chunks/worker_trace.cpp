#include "chunks/worker_trace.h"

#include <algorithm>
#include <cmath>

#include "simulation/object_numbers.h"
#include "stats/normal.h"

namespace bytepath::chunks {
namespace {

using simulation::ObjectNumbers;

// A piece of about so many requests is worth a pass over all caches.
constexpr std::size_t piece_requests = 65'536;

}  // namespace

WorkerTrace::WorkerTrace(std::vector<std::vector<CachedChunk>> recorded,
                         const WorkerOptions& options)
    : recorded_(std::move(recorded)), options_(options), random_(options.seed) {
  double sum = 0;
  for (std::uint32_t i = 0; i < options.functions; ++i) {
    sum += std::pow(static_cast<double>(i + 1), -options.zipf);
    drawn_up_to_.push_back(sum);
  }
  rewind();
  for (std::uint32_t function = 0; take_function(function);) {
    requests_ += recorded_[function % recorded_.size()].size();
  }
  rewind();
}

void WorkerTrace::rewind() {
  random_ = stats::Random(options_.seed);
  drawn_ = 0;
  cron_left_ = 0;
  started_ = 0;
}

std::uint32_t WorkerTrace::draw_function() {
  const double drawn = stats::uniform(random_) * drawn_up_to_.back();
  const auto place = std::ranges::lower_bound(drawn_up_to_, drawn) - drawn_up_to_.begin();
  return std::min(static_cast<std::uint32_t>(place), options_.functions - 1);
}

bool WorkerTrace::take_function(std::uint32_t& function) {
  if (cron_left_ > 0) {
    function = options_.functions + options_.cron_functions - cron_left_--;
    return true;
  }
  if (drawn_ == options_.starts) return false;
  function = draw_function();
  ++drawn_;
  if (options_.cron_every > 0 && drawn_ % options_.cron_every == 0) {
    cron_left_ = options_.cron_functions;
  }
  return true;
}

void WorkerTrace::add_start(std::uint32_t function) {
  // Each function has chunks of its own that depend on it and the seed alone.
  const std::uint64_t own = ObjectNumbers::hash(options_.seed + ObjectNumbers::hash(function + 1));
  const auto most = static_cast<double>(UINT64_MAX);
  for (const auto& chunk : recorded_[function % recorded_.size()]) {
    const std::uint64_t mixed = ObjectNumbers::hash(chunk.name ^ own);
    const bool is_private = static_cast<double>(mixed) < options_.private_share * most;
    piece_.push_back({.seconds = started_,
                      .object = is_private ? ObjectNumbers::hash(mixed) : chunk.name,
                      .bytes = chunk.bytes,
                      .next = -1});
  }
  ++started_;
}

std::span<const simulation::OracleRecord> WorkerTrace::next() {
  piece_.clear();
  for (std::uint32_t function = 0; piece_.size() < piece_requests && take_function(function);) {
    add_start(function);
  }
  return piece_;
}

}  // namespace bytepath::chunks
