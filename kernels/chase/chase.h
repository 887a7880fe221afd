#pragma once
#include <cstddef>

// The loads that are timed to learn what a cache, a TLB or the memory costs: in assembly, so that
// no compiler reorders, widens or drops one.
namespace bytepath::kernels {

// What the number of loads and additions below is a multiple of: they are written out, so that a
// loop's branch does not count.
inline constexpr std::size_t chase_unroll = 64;

// Follows pointers from `at`, each load's address being what the load before it brought: nothing
// can overlap them, so that their time divided by `loads` is the latency of one. Returns where it
// stopped.
void* chase_pointers(void* at, std::size_t loads);

// Additions of one register to another, each waiting for the one before: one cycle each on every
// x86-64 core (uops.info). Not of an immediate, which Intel's cores since Golden Cove add without
// executing anything.
void chain_additions(std::size_t additions);

// Multiplications, each waiting for the one before: three cycles each on every AMD core since Zen
// and every Intel core since Nehalem (uops.info).
void chain_multiplications(std::size_t multiplications);

// Eight chains of additions side by side, `additions` in all: as many as one core can do by itself,
// so that two threads that share a core take twice as long.
void wide_additions(std::size_t additions);

// Reads one word of each 64-byte line of `size` bytes (a multiple of 256): brings them into the
// caches as fast as the memory gives them.
void read_lines(const std::byte* data, std::size_t size);

// The same with `pause` turns of an empty loop after each 256 bytes, so that less is read a second.
void read_lines_slowly(const std::byte* data, std::size_t size, std::size_t pause);

// Reads every byte of `size` (a multiple of 256), 16 a load.
void read_all(const std::byte* data, std::size_t size);

// Reads the second word of each 4 KiB page: brings the translations into the TLBs, and nothing into
// the caches but the line in which each page begins.
void touch_pages(const std::byte* data, std::size_t size);

// Drops every line of it from all caches, and waits until that has happened.
void flush_lines(const std::byte* data, std::size_t size);

}  // namespace bytepath::kernels
