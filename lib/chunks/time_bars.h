#pragma once
#include <cstdint>
#include <vector>

#include "mounts/mount_trace.h"

// What took time, as bars of a timeline: so many that a screen has room for them.
namespace bytepath::chunks {

struct Bar {
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::size_t kind = 0;  // the caller's number of what gives the bar its colour
  mounts::FileId file;
  std::uint64_t offset = 0;  // the lowest
  std::uint64_t bytes = 0;
  std::uint64_t count = 1;  // that were made one
  bool several_files = false;
  std::size_t lane = 0;  // from 0, the lowest that is free when the bar begins
};

// What bars were made one; all of them are of one kind.
enum class Joined {
  nothing,
  chunk,  // those of one chunk that overlap
  file,   // those of one file with less than `gap_ns` between them
  kind    // all with less than that between them
};

struct Bars {
  std::vector<Bar> bars;  // by their begin
  Joined joined = Joined::nothing;
  std::uint64_t gap_ns = 0;
};

// As fine as `most` bars allow; there may be more only where there are more kinds.
Bars time_bars(std::vector<Bar> bars, std::uint64_t chunk_bytes, std::size_t most);

}  // namespace bytepath::chunks
