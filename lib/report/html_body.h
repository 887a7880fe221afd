#pragma once
#include <string>

#include "result/document.h"

namespace bytepath::report {

// The parts of an HTML report that depend on the document. Every string of it is escaped; a chart
// is a <figure data-chart> that page.js draws, with all its values as a table behind it.
std::string html_header(const result::Document& document);
std::string html_content(const result::Document& document);
std::string html_footer(const result::Document& document);

}  // namespace bytepath::report
