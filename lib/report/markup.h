#pragma once
#include <string>
#include <string_view>

namespace bytepath::report {

// The printable form (see printable.h) with & < > " ' as entities: safe in text and in quoted
// attributes of XML and HTML.
std::string markup_text(std::string_view text);

}  // namespace bytepath::report
