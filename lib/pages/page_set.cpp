#include "pages/page_set.h"

#include <algorithm>
#include <bit>

namespace bytepath::pages {
namespace {

constexpr std::uint64_t word_bits = 64;

// The part of a range of pages that lies in one word.
struct WordPart {
  std::size_t word = 0;
  std::uint64_t mask = 0;
};

// Calls each(WordPart) for the words of [first, end), which is not empty. Whole words have a full
// mask, so a long run costs one step for 64 pages.
template <class Each>
void for_each_word(std::uint64_t first, std::uint64_t end, Each each) {
  constexpr std::uint64_t all = ~std::uint64_t{0};
  const std::uint64_t last_word = (end - 1) / word_bits;
  for (std::uint64_t word = first / word_bits; word <= last_word; ++word) {
    std::uint64_t mask = all;
    if (word == first / word_bits) mask &= all << (first % word_bits);
    if (word == last_word) mask &= all >> (word_bits - 1 - (end - 1) % word_bits);
    each(WordPart{.word = word, .mask = mask});
  }
}

std::uint64_t bits(std::uint64_t word) { return static_cast<std::uint64_t>(std::popcount(word)); }

// The end of [first, first + count) within size pages; neither may overflow.
std::uint64_t end_within(std::uint64_t size, std::uint64_t first, std::uint64_t count) {
  return first >= size ? first : first + std::min(count, size - first);
}

}  // namespace

PageSet::PageSet(std::uint64_t pages)
    : pages_(pages), words_(pages / word_bits + (pages % word_bits != 0)) {}

std::uint64_t PageSet::insert(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t end = end_within(pages_, first, count);
  if (first == end) return 0;
  std::uint64_t added = 0;
  for_each_word(first, end, [&](WordPart part) {
    added += bits(part.mask & ~words_[part.word]);
    words_[part.word] |= part.mask;
  });
  count_ += added;
  return added;
}

std::uint64_t PageSet::insert(const PageSet& other) {
  const std::uint64_t end = std::min(pages_, other.pages_);
  if (end == 0) return 0;
  std::uint64_t added = 0;
  for_each_word(0, end, [&](WordPart part) {
    const std::uint64_t theirs = other.words_[part.word] & part.mask;
    added += bits(theirs & ~words_[part.word]);
    words_[part.word] |= theirs;
  });
  count_ += added;
  return added;
}

bool PageSet::contains(std::uint64_t page) const {
  return page < pages_ && (words_[page / word_bits] >> (page % word_bits) & 1U) != 0;
}

std::uint64_t PageSet::count(std::uint64_t first, std::uint64_t count) const {
  const std::uint64_t end = end_within(pages_, first, count);
  if (first == end) return 0;
  std::uint64_t found = 0;
  for_each_word(first, end, [&](WordPart part) { found += bits(words_[part.word] & part.mask); });
  return found;
}

std::vector<PageRun> PageSet::runs() const {
  std::vector<PageRun> found;
  for (std::size_t at = 0; at < words_.size(); ++at) {
    std::uint64_t rest = words_[at];
    while (rest != 0) {
      const auto skipped = static_cast<unsigned>(std::countr_zero(rest));
      const auto length = static_cast<unsigned>(std::countr_one(rest >> skipped));
      const std::uint64_t first = at * word_bits + skipped;
      const bool goes_on = !found.empty() && found.back().first + found.back().count == first;
      if (goes_on)
        found.back().count += length;
      else
        found.push_back({.first = first, .count = length});
      if (skipped + length == word_bits) break;
      rest &= ~std::uint64_t{0} << (skipped + length);
    }
  }
  return found;
}

std::uint64_t bytes_in(const PageSet& set, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t end = offset + std::min(size, ~std::uint64_t{0} - offset);
  if (end == offset) return 0;
  const std::uint64_t first = offset / page_bytes;
  const std::uint64_t last = (end - 1) / page_bytes;
  std::uint64_t bytes = set.count(first, last - first + 1) * page_bytes;
  if (set.contains(first)) bytes -= offset % page_bytes;
  if (set.contains(last)) bytes -= page_bytes - 1 - (end - 1) % page_bytes;
  return bytes;
}

}  // namespace bytepath::pages
