#include "chunks/time_bars.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bytepath::chunks {
namespace {

void add_to(Bar& all, const Bar& bar) {
  all.end_ns = std::max(all.end_ns, bar.end_ns);
  all.several_files = all.several_files || bar.several_files || all.file != bar.file;
  all.offset = std::min(all.offset, bar.offset);
  all.bytes += bar.bytes;
  all.count += bar.count;
}

// Of bars by their begin those of one key that overlap, or have a smaller gap between them.
template <class Key>
std::vector<Bar> joined_by(const std::vector<Bar>& bars, std::uint64_t gap_ns, Key key) {
  std::vector<Bar> joined;
  std::map<decltype(key(bars.front())), std::size_t> last;
  for (const Bar& bar : bars) {
    const auto [at, is_first] = last.try_emplace(key(bar), joined.size());
    if (!is_first && bar.begin_ns < joined[at->second].end_ns + gap_ns) {
      add_to(joined[at->second], bar);
      continue;
    }
    at->second = joined.size();
    joined.push_back(bar);
  }
  return joined;
}

void put_into_lanes(std::vector<Bar>& bars) {
  std::vector<std::uint64_t> ends;
  for (Bar& bar : bars) {
    const auto free =
        std::ranges::find_if(ends, [&](std::uint64_t end) { return end <= bar.begin_ns; });
    bar.lane = static_cast<std::size_t>(free - ends.begin());
    if (free == ends.end())
      ends.push_back(bar.end_ns);
    else
      *free = bar.end_ns;
  }
}

std::uint64_t time_of(const std::vector<Bar>& bars) {
  return std::ranges::max_element(bars, {}, &Bar::end_ns)->end_ns - bars.front().begin_ns;
}

Bars as_fine_as(std::vector<Bar> bars, std::uint64_t chunk_bytes, std::size_t most) {
  if (bars.size() <= most) return {.bars = std::move(bars)};
  const auto chunks = joined_by(bars, 0, [&](const Bar& bar) {
    return std::tuple(bar.kind, bar.file, bar.offset / chunk_bytes);
  });
  if (chunks.size() <= most) return {.bars = chunks, .joined = Joined::chunk};
  // A gap of a thousandth is less than a bar that can be seen; from a 64th on what files did is
  // lost anyway.
  constexpr std::uint64_t finest = 1024;
  constexpr std::uint64_t coarsest_of_files = 64;
  const std::uint64_t time_ns = time_of(bars);
  const std::uint64_t first_gap = std::max<std::uint64_t>(time_ns / finest, 1);
  for (auto gap = first_gap; gap <= time_ns / coarsest_of_files; gap *= 2) {
    auto files =
        joined_by(chunks, gap, [](const Bar& bar) { return std::tuple(bar.kind, bar.file); });
    if (files.size() <= most)
      return {.bars = std::move(files), .joined = Joined::file, .gap_ns = gap};
  }
  for (auto gap = first_gap;; gap *= 2) {
    auto kinds = joined_by(chunks, gap, [](const Bar& bar) { return bar.kind; });
    if (kinds.size() <= most || gap > time_ns)
      return {.bars = std::move(kinds), .joined = Joined::kind, .gap_ns = gap};
  }
}

}  // namespace

Bars time_bars(std::vector<Bar> bars, std::uint64_t chunk_bytes, std::size_t most) {
  for (Bar& bar : bars) bar.end_ns = std::max(bar.end_ns, bar.begin_ns);
  std::ranges::stable_sort(bars, {}, &Bar::begin_ns);
  Bars fine = as_fine_as(std::move(bars), chunk_bytes, most);
  put_into_lanes(fine.bars);
  return fine;
}

}  // namespace bytepath::chunks
