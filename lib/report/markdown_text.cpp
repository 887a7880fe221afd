#include "report/markdown_text.h"

#include "report/printable.h"

namespace bytepath::report {

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*[]<>|~#&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string cut(std::string_view text, std::size_t bytes) {
  constexpr std::string_view ellipsis = "…";
  // The printable form is never shorter: what follows is not looked at, but for one code point.
  if (bytes < text.size()) text = text.substr(0, bytes + 8);
  std::string out = printable(text);
  if (out.size() <= bytes) return out;
  std::size_t end = bytes > ellipsis.size() ? bytes - ellipsis.size() : 0;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80) --end;
  out.resize(end);
  return out.append(ellipsis);
}

}  // namespace bytepath::report
