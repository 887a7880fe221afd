#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace bytepath::report {

// GitHub-flavoured Markdown: whatever would become markup, HTML or the end of a table cell is
// escaped. An underscore within a word is none.
std::string markdown_text(std::string_view text);

// The printable form of at most `bytes` bytes, cut between code points; then it ends with an
// ellipsis, which counts.
std::string cut(std::string_view text, std::size_t bytes);

}  // namespace bytepath::report
