#include "report/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace bytepath::report {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

// The first code point of a text that is not empty. Overlong forms, surrogates and cut sequences
// are invalid and one byte long.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {.value = lead, .bytes = 1, .valid = true};
  std::size_t bytes = 0;
  char32_t smallest = 0;
  if (lead >= 0xf0 && lead < 0xf8) {
    bytes = 4;
    smallest = 0x10000;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    bytes = 3;
    smallest = 0x800;
  } else if (lead >= 0xc0 && lead < 0xe0) {
    bytes = 2;
    smallest = 0x80;
  }
  if (bytes == 0 || text.size() < bytes) return {.value = lead};
  char32_t value = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {.value = lead};
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest || value > 0x10ffff || surrogate) return {.value = lead};
  return {.value = value, .bytes = bytes, .valid = true};
}

using Range = std::pair<char32_t, char32_t>;

template <std::size_t count>
bool within(const std::array<Range, count>& ranges, char32_t value) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return value >= range.first && value <= range.second; });
}

// C0, DEL, C1, bidirectional controls, line and paragraph separators, noncharacters.
constexpr std::array<Range, 9> active = {{{0x00, 0x1f},
                                          {0x7f, 0x9f},
                                          {0x200e, 0x200f},
                                          {0x2028, 0x202e},
                                          {0x2066, 0x2069},
                                          {0xfeff, 0xfeff},
                                          {0xfff9, 0xfffb},
                                          {0xfffe, 0xffff},
                                          {0xe0000, 0xe007f}}};

constexpr std::array<Range, 6> combining = {{{0x0300, 0x036f},
                                             {0x1ab0, 0x1aff},
                                             {0x1dc0, 0x1dff},
                                             {0x200b, 0x200d},
                                             {0x20d0, 0x20ff},
                                             {0xfe00, 0xfe0f}}};

constexpr std::array<Range, 9> wide = {{{0x1100, 0x115f},
                                        {0x2e80, 0x303e},
                                        {0x3041, 0xa4cf},
                                        {0xac00, 0xd7a3},
                                        {0xf900, 0xfaff},
                                        {0xfe30, 0xfe6f},
                                        {0xff00, 0xff60},
                                        {0x1f300, 0x1faff},
                                        {0x20000, 0x3fffd}}};

std::string escape(char32_t value, bool is_byte) {
  if (!is_byte && value == U'\n') return "\\n";
  if (!is_byte && value == U'\r') return "\\r";
  if (!is_byte && value == U'\t') return "\\t";
  const auto code = static_cast<std::uint32_t>(value);
  if (is_byte || value < 0x80) return fmt::format("\\x{:02x}", code);
  return value <= 0xffff ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

std::size_t code_point_width(char32_t value) {
  if (within(combining, value)) return 0;
  return within(wide, value) ? 2 : 1;
}

void wrap_paragraph(std::string_view paragraph, std::size_t columns,
                    std::vector<std::string>& lines) {
  std::string line;
  std::size_t width = 0;
  for (const std::string_view word : words(paragraph)) {
    const std::string shown = printable(word);
    const std::size_t word_width = display_width(shown);
    if (!line.empty() && width + 1 + word_width > columns) {
      lines.push_back(std::exchange(line, {}));
      width = 0;
    }
    if (!line.empty()) {
      line += ' ';
      ++width;
    }
    line += shown;
    width += word_width;
  }
  if (!line.empty()) lines.push_back(std::move(line));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.valid && !within(active, point.value)) {
      out += text.substr(0, point.bytes);
    } else {
      out += escape(point.value, !point.valid);
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    width += code_point_width(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (const std::string_view paragraph : split(text, '\n')) {
    wrap_paragraph(paragraph, columns, lines);
  }
  return lines;
}

std::vector<std::string> wrap_items(const std::vector<std::string>& items, std::size_t columns,
                                    bool unicode) {
  std::vector<std::string> lines;
  std::size_t width = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string item = shorten(items[i], columns - 1, unicode);
    if (i + 1 < items.size()) item += ',';
    const std::size_t item_width = display_width(item);
    if (lines.empty() || width + 1 + item_width > columns) {
      lines.push_back(item);
      width = item_width;
    } else {
      lines.back() += ' ' + item;
      width += 1 + item_width;
    }
  }
  return lines;
}

std::string shorten(std::string_view text, std::size_t columns, bool unicode) {
  const std::string shown = printable(text);
  return display_width(shown) <= columns ? shown : fit(shown, columns, false, unicode);
}

std::string fit(std::string_view text, std::size_t columns, bool right_aligned, bool unicode) {
  const std::size_t width = display_width(text);
  if (width <= columns) {
    const std::string space(columns - width, ' ');
    return right_aligned ? space + std::string(text) : std::string(text) + space;
  }
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t next = code_point_width(point.value);
    if (used + next + 1 > columns) break;
    out += text.substr(0, point.bytes);
    used += next;
    text.remove_prefix(point.bytes);
  }
  if (used < columns) {
    out += unicode ? "\u2026" : "~";
    ++used;
  }
  return out + std::string(columns - used, ' ');
}

std::string repeat(std::string_view piece, std::size_t count) {
  std::string out;
  out.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

}  // namespace bytepath::report
