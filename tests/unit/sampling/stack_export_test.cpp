#include "sampling/stack_export.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

namespace bytepath::sampling {
namespace {

std::vector<NamedProfile> two_commands() {
  return {{.name = "./old",
           .stacks = {{.frames = {"memcpy", "copy;it", "main"}, .samples = 3, .seconds = 0.003},
                      {.frames = {"main"}, .samples = 1, .seconds = 0.001}}},
          {.name = "./new", .stacks = {{.frames = {"main"}, .samples = 2, .seconds = 0.002}}}};
}

TEST(FoldedStacks, AreOneLineAStackFromTheOutermostOn) {
  EXPECT_EQ(folded_stacks({two_commands().front()}), "main 1\nmain;copy:it;memcpy 3\n");
  EXPECT_EQ(folded_stacks(two_commands()),
            "./new;main 2\n./old;main 1\n./old;main;copy:it;memcpy 3\n");
}

TEST(Speedscope, HasFramesOnceAndAProfileForEachCommand) {
  const auto file = nlohmann::json::parse(speedscope(two_commands(), "run-probe"));
  EXPECT_EQ(file["$schema"], "https://www.speedscope.app/file-format-schema.json");
  EXPECT_EQ(file["shared"]["frames"].size(), 3U);
  ASSERT_EQ(file["profiles"].size(), 2U);
  const auto& old = file["profiles"][0];
  ASSERT_EQ(old["samples"].size(), 2U);
  EXPECT_EQ(old["samples"].size(), old["weights"].size());
  EXPECT_EQ(file["shared"]["frames"][old["samples"][0][0].get<std::size_t>()]["name"], "main")
      << "the outermost first";
  EXPECT_NEAR(old["endValue"].get<double>(), 0.004, 1e-9);
}

std::string unpacked(const std::string& packed) {
  constexpr int window_bits_of_gzip = 15 + 16;
  std::string text(1 << 16, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, window_bits_of_gzip) != Z_OK) return {};
  std::string input = packed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  text.resize(result == Z_STREAM_END ? stream.total_out : 0);
  inflateEnd(&stream);
  return text;
}

struct Field {
  unsigned number = 0;
  std::uint64_t value = 0;
  std::string bytes;
};

std::uint64_t varint(const std::string& text, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; at < text.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) break;
  }
  return value;
}

std::vector<Field> fields_of(const std::string& text) {
  std::vector<Field> fields;
  for (std::size_t at = 0; at < text.size();) {
    const auto key = varint(text, at);
    Field field{.number = static_cast<unsigned>(key >> 3U), .value = varint(text, at), .bytes = {}};
    if ((key & 7U) == 2) {
      field.bytes = text.substr(at, field.value);
      at += field.value;
    }
    fields.push_back(field);
  }
  return fields;
}

TEST(Pprof, IsAProfileWithItsSamplesLocationsAndStrings) {
  const auto fields = fields_of(unpacked(pprof(two_commands())));
  std::vector<std::string> strings;
  std::size_t samples = 0;
  std::size_t locations = 0;
  std::size_t functions = 0;
  for (const auto& field : fields) {
    if (field.number == 6) strings.push_back(field.bytes);
    samples += field.number == 2 ? 1 : 0;
    locations += field.number == 4 ? 1 : 0;
    functions += field.number == 5 ? 1 : 0;
  }
  ASSERT_FALSE(strings.empty());
  EXPECT_EQ(strings.front(), "") << "profile.proto demands it";
  for (const char* name : {"samples", "cpu", "nanoseconds", "memcpy", "main", "./old"})
    EXPECT_NE(std::ranges::find(strings, name), strings.end()) << name;
  EXPECT_EQ(samples, 3U);
  EXPECT_EQ(locations, 3U);
  EXPECT_EQ(functions, 3U);
  for (const auto& field : fields) {
    if (field.number != 2) continue;
    const auto first = fields_of(field.bytes);
    ASSERT_GE(first.size(), 2U);
    std::size_t at = 0;
    EXPECT_EQ(varint(first[1].bytes, at), 3U) << "samples of the first stack";
    EXPECT_EQ(varint(first[1].bytes, at), 3'000'000U) << "its nanoseconds";
    break;
  }
}

}  // namespace
}  // namespace bytepath::sampling
