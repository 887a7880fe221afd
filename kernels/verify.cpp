#include "kernels/verify.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>

namespace bytepath::kernels {
namespace {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Pattern {
 public:
  explicit Pattern(std::uint64_t seed) : state_(seed) {}

  std::byte next() {
    if (left_ == 0) {
      std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word_ = mixed ^ (mixed >> 31);
      left_ = 8;
    }
    --left_;
    return static_cast<std::byte>(word_ >> (8 * left_) & 0xff);
  }

 private:
  std::uint64_t state_;
  std::uint64_t word_ = 0;
  unsigned left_ = 0;
};

// A different pattern each time, the same ones in each process: a failure repeats.
std::uint64_t next_seed() {
  static std::atomic<std::uint64_t> seed = 0;
  return ++seed;
}

// Writes the source, and guard bytes, unlike bytes and guard bytes at the destination. Returns what
// has to be there after the copy.
std::vector<std::byte> prepare(const Kernel& kernel, std::byte* source,
                               std::span<std::byte> destination) {
  const std::size_t size = destination.size() - 2 * guard_bytes;
  Pattern pattern(next_seed());
  std::ranges::generate(destination, [&] { return pattern.next(); });
  std::generate_n(source, size, [&] { return pattern.next(); });
  std::vector<std::byte> expected(destination.begin(), destination.end());
  for (std::size_t i = 0; i < size; ++i) {
    std::byte& wanted = expected[guard_bytes + i];
    wanted = kernel.fills ? std::byte{0} : source[i];
    destination[guard_bytes + i] = ~wanted;
  }
  return expected;
}

Result<> run(const Kernel& kernel, void* state, const std::byte* source,
             std::span<std::byte> destination) {
  const std::size_t size = destination.size() - 2 * guard_bytes;
  const auto check = [&](int error, const char* what) -> Result<> {
    if (error == 0) return {};
    return fail_errno(error, "{}: cannot {} {} bytes", kernel.name, what, size);
  };
  if (kernel.write_in) {
    if (auto done = check(kernel.write_in(state, source, size), "write in the source of"); !done)
      return done;
    if (auto done = check(kernel.write_in(state, destination.data(), destination.size()),
                          "write in the destination of");
        !done)
      return done;
  }
  if (auto done =
          check(kernel.repeat(state, destination.data() + guard_bytes, source, size, 1), "move");
      !done)
    return done;
  if (!kernel.read_back) return {};
  return check(kernel.read_back(state, destination.data(), destination.data(), destination.size()),
               "read back");
}

Result<> compare(const Kernel& kernel, std::span<const std::byte> found,
                 std::span<const std::byte> expected) {
  const auto [at, unused] = std::ranges::mismatch(found, expected);
  if (at == found.end()) return {};
  const auto index = static_cast<std::size_t>(at - found.begin());
  const std::size_t size = found.size() - 2 * guard_bytes;
  if (index < guard_bytes)
    return fail(ErrorKind::failed,
                fmt::format("{} of {} bytes wrote {} bytes before its destination", kernel.name,
                            size, guard_bytes - index));
  const std::size_t byte = index - guard_bytes;
  if (byte >= size)
    return fail(ErrorKind::failed,
                fmt::format("{} of {} bytes wrote behind its destination, at byte {}", kernel.name,
                            size, byte));
  return fail(ErrorKind::failed,
              fmt::format("{} of {} bytes left byte {} wrong", kernel.name, size, byte));
}

}  // namespace

Result<> verify(const Kernel& kernel, void* state, const Arena& arena, std::size_t source_offset,
                std::size_t destination_offset, std::size_t size) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorKind::usage, fmt::format("{} of {} bytes: {}", kernel.name, size, why));
  };
  if (!kernel.unavailable.empty()) return refuse(kernel.unavailable.c_str());
  if (size > kernel.max_size) return refuse("above the largest size it can move");
  if (size % kernel.granule != 0) return refuse("not a multiple of what it moves at a time");
  if (size > arena.size || source_offset > arena.size - size) return refuse("no such source");
  if (size + 2 * guard_bytes > arena.size || destination_offset < guard_bytes ||
      destination_offset > arena.size - size - guard_bytes)
    return refuse("no room for the destination and its guard bytes");

  std::byte* source = arena.source + source_offset;
  const std::span destination(arena.destination + destination_offset - guard_bytes,
                              size + 2 * guard_bytes);
  const auto expected = prepare(kernel, source, destination);
  if (auto done = run(kernel, state, source, destination); !done) return done;
  return compare(kernel, destination, expected);
}

}  // namespace bytepath::kernels
