#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath {

// With a space for each control character: what a sentence may hold.
std::string in_one_line(std::string text);

// Without white space at both ends.
std::string_view trim(std::string_view text);

// Pieces between separators; an empty text has no pieces, "a,,b" has three.
std::vector<std::string_view> split(std::string_view text, char separator);

// Pieces between runs of white space.
std::vector<std::string_view> words(std::string_view text);

// The whole text as a number, or nothing: no sign, no spaces, no rest. base 16 takes an optional
// 0x.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int base = 10);

// A word for an error message: of an address such as "redis://user:word@host/?key=word" only what
// cannot be a secret, "redis://...@host/?...". Any other word as it is.
std::string without_secrets(std::string_view word);

// The known word nearest to a mistyped one by edit distance, or empty when none is near.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace bytepath
