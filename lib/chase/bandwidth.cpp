#include "chase/bandwidth.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "kernels/chase/chase.h"
#include "measure/pages.h"
#include "stats/order.h"

namespace bytepath::chase {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr double long_enough_ns = 20'000;
constexpr long idle = -1;

// Threads that read at a pace which is set from outside.
class Readers {
 public:
  Readers(const Arena& memory, const std::vector<int>& cpus) {
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      threads_.emplace_back([this, &memory, cpu = cpus[i], i, count = cpus.size()] {
        const auto pinned = measure::Pinned::to(cpu);
        read(memory, memory.size() / count * i);
      });
    }
  }
  ~Readers() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  void set_pause(long pause) { pause_ = pause; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void read(const Arena& memory, std::size_t at) {
    constexpr std::size_t piece = std::size_t{16} << 10;
    while (!stop_.load(std::memory_order_relaxed)) {
      const long pause = pause_.load(std::memory_order_relaxed);
      if (pause == idle) {
        std::this_thread::sleep_for(milliseconds(1));
        continue;
      }
      at = at + piece > memory.size() ? 0 : at;
      kernels::read_lines_slowly(memory.data() + at, piece, static_cast<std::size_t>(pause));
      at += piece;
      bytes_.fetch_add(piece, std::memory_order_relaxed);
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<long> pause_ = idle;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

double read_bandwidth(const measure::Clock& clock, const Arena& arena, std::size_t bytes) {
  const std::size_t size = std::min(bytes, arena.size()) / 256 * 256;
  if (size == 0) return 0;
  kernels::read_all(arena.data(), size);
  double best = 0;
  for (int pass = 0; pass < 8; ++pass) {
    std::size_t read = 0;
    double ns = 0;
    const std::uint64_t from = clock.now();
    while (ns < long_enough_ns) {
      kernels::read_all(arena.data(), size);
      read += size;
      ns = clock.nanoseconds(from, clock.now());
    }
    best = std::max(best, static_cast<double>(read) / ns);
  }
  return best;
}

std::vector<LoadedPoint> loaded_latency(const measure::Clock& clock, Groups& groups,
                                        const Arena& load, const std::vector<int>& others,
                                        stats::Random& random, const Progress& progress) {
  constexpr long pauses[] = {idle, 2000, 500, 200, 100, 50, 20, 0};
  constexpr auto duration = milliseconds(40);
  std::vector<LoadedPoint> points;
  Readers readers(load, others);
  for (const long pause : pauses) {
    if (!progress(points.size(), std::size(pauses), "latency under load")) break;
    readers.set_pause(pause);
    std::this_thread::sleep_for(milliseconds(2));
    std::vector<double> times;
    const std::uint64_t bytes = readers.bytes();
    const std::uint64_t from = clock.now();
    const auto end = steady_clock::now() + duration;
    while (steady_clock::now() < end) times.push_back(flushed_latency(clock, groups, random));
    const double ns = clock.nanoseconds(from, clock.now());
    const auto summary = stats::summarize(times);
    points.push_back({.load_gb_s = static_cast<double>(readers.bytes() - bytes) / ns,
                      .ns = summary.median,
                      .low = summary.low,
                      .high = summary.high,
                      .count = summary.count});
  }
  std::ranges::sort(points, {}, &LoadedPoint::load_gb_s);
  return points;
}

}  // namespace bytepath::chase
