#pragma once
#include <map>
#include <random>
#include <span>
#include <vector>

#include "simulation/cache.h"

namespace bytepath::test {

// With the numbers and the next uses that a reader of a trace gives them.
inline std::vector<simulation::Request> requests_of(std::span<const unsigned> objects,
                                                    std::span<const std::uint32_t> sizes = {}) {
  std::vector<simulation::Request> requests(objects.size());
  std::map<unsigned, std::uint32_t> numbers;
  for (const unsigned object : objects) {
    numbers.emplace(object, static_cast<std::uint32_t>(numbers.size()));
  }
  std::map<unsigned, std::uint64_t> next;
  for (std::size_t i = objects.size(); i-- > 0;) {
    const auto later = next.find(objects[i]);
    requests[i] = {.object = numbers[objects[i]],
                   .bytes = sizes.empty() ? 1 : sizes[objects[i] % sizes.size()],
                   .next = later == next.end() ? simulation::Request::never : later->second};
    next[objects[i]] = i;
  }
  return requests;
}

// Few objects often, many seldom; the same sequence each time.
inline std::vector<simulation::Request> skewed_requests(std::size_t count, unsigned objects,
                                                        const std::vector<std::uint32_t>& sizes) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same sequence each time
  std::vector<unsigned> sequence;
  for (std::size_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(random() >> 11U) * 0x1.0p-53;
    sequence.push_back(static_cast<unsigned>(objects * part * part * part));
  }
  return requests_of(sequence, sizes);
}

}  // namespace bytepath::test
