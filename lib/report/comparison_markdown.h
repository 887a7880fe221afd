#pragma once
#include <string>
#include <vector>

#include "result/document.h"

namespace bytepath::report {

// GitHub takes 65,536 characters as the body of a comment ("body is too long (maximum is 65536
// characters)", the answer of its REST API to a longer one); a step summary may have 1 MiB. We
// count bytes, which are never fewer than characters, however those are counted.
inline constexpr std::size_t max_comparison_markdown = 65'000;

// Bytes of one text outside of the rows: a verdict that quotes a command may have any length.
inline constexpr std::size_t max_comparison_text = 2'000;

// The rest of a document in Markdown.
struct MarkdownParts {
  std::string head;               // heading and verdict
  std::vector<std::string> body;  // each may be left out
  std::string foot;
};

// A document with a table "comparisons" for a comment or a step summary of a CI: a hidden marker
// by which a bot finds its comment again, the head, what changed, folded what did not, and the
// rest. It is never longer than max_comparison_markdown: first parts of the body that need more
// than half of it are left out, then rows from the end of the unchanged ones, then of the changed
// ones, and a line says how many.
std::string comparison_markdown(const result::Document& document, const result::Table& table,
                                const MarkdownParts& parts);

}  // namespace bytepath::report
