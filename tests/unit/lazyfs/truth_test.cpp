#include "lazyfs/truth.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bytepath::lazyfs {
namespace {

Event event_of(std::string path) {
  return {.kind = EventKind::fetch,
          .time_ns = UINT64_MAX,
          .path = std::move(path),
          .inode = 7,
          .offset = 524288,
          .length = 4096,
          .returned = -5,
          .tier = Tier::l2,
          .duration_ns = 123,
          .node = "node3",
          .injected_ns = 99,
          .thread = 4711};
}

std::string line_of(const Event& event) {
  std::string line = to_line(event);
  line.pop_back();
  return line;
}

TEST(Truth, IsALineOfTheColumnsItNames) {
  EXPECT_EQ(to_line(event_of("etc/hosts")),
            "fetch,18446744073709551615,etc/hosts,7,524288,4096,-5,l2,123,node3,99,4711\n");
  const std::string header(truth_header());
  EXPECT_EQ(std::ranges::count(header, ','), std::ranges::count(to_line(event_of("x")), ','));
}

TEST(Truth, ReadsWhatItWrote) {
  for (const auto* path : {"image", "with, comma", "with \"quotes\"", "\"", "line\nend\r",
                           "back\\slash", "\\n", "", " blanks ", "\\\\\"\",,"}) {
    const auto event = event_of(path);
    EXPECT_EQ(std::ranges::count(to_line(event), '\n'), 1);
    EXPECT_EQ(from_line(line_of(event)), event) << path;
  }
  auto two = event_of("image");
  two.node = "a,\"b";
  EXPECT_EQ(from_line(line_of(two)), two) << "a node too";
  for (const Tier tier : all_tiers) {
    for (const EventKind kind : all_event_kinds) {
      auto event = event_of("image");
      event.tier = tier;
      event.kind = kind;
      EXPECT_EQ(from_line(line_of(event)), event);
    }
  }
}

TEST(Truth, RefusesOtherLines) {
  const std::string right = line_of(event_of("a"));
  ASSERT_TRUE(from_line(right).has_value());
  for (std::size_t length = 0; length < right.size() - 3; ++length) {
    EXPECT_FALSE(from_line(right.substr(0, length)).has_value()) << length;
  }
  for (const auto* line : {"", ",,,,,,,,,,,", "fetch,1,\"a,7,0,1,1,l3,1,,0,1",
                           "fetch,1,\"a\"b,7,0,1,1,l3,1,,0,1", "fetch,1,\"a\\x\",7,0,1,1,l3,1,,0,1",
                           "fetched,1,a,7,0,1,1,l3,1,,0,1", "fetch,1,a,7,0,1,1,l4,1,,0,1",
                           "fetch,1,a,7,0,1,1,l3,1,,0,1,2", "fetch,-1,a,7,0,1,1,l3,1,,0,1"}) {
    EXPECT_FALSE(from_line(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
