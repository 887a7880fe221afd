#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text that comes from documents, made safe and measurable for a terminal.
namespace bytepath::report {

// The text with everything that could act on a terminal or break a line shown as an escape: control
// characters (\n, \t, \x1b, \u0085), bidirectional overrides and line separators (\u202e), bytes
// that are not UTF-8 (\xff). Everything else, also beyond ASCII, is left as it is.
std::string printable(std::string_view text);

// Columns that a terminal uses for printable text: 0 for combining marks, 2 for wide East Asian
// characters and emoji, 1 for the rest (the ranges of Unicode's EastAsianWidth.txt, W and F).
std::size_t display_width(std::string_view text);

// The printable form, broken at spaces into lines of at most `columns`; a word that is longer than
// a line stands alone and is not cut, so that commands and paths can be copied. Newlines in the
// text start new lines. An empty text has no lines.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// The printable items, separated by commas, in lines of at most `columns`; an item is not broken,
// and cut when it is longer than a line.
std::vector<std::string> wrap_items(const std::vector<std::string>& items, std::size_t columns,
                                    bool unicode);

// The printable form of at most `columns` columns, cut with an ellipsis.
std::string shorten(std::string_view text, std::size_t columns, bool unicode);

// Padded with spaces to `columns`, or cut with an ellipsis of one column.
std::string fit(std::string_view text, std::size_t columns, bool right_aligned, bool unicode);

std::string repeat(std::string_view piece, std::size_t count);

}  // namespace bytepath::report
