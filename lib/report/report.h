#pragma once
#include <span>
#include <string>
#include <string_view>

#include "result/document.h"

namespace bytepath::report {

// What a renderer may know of the place its text goes to. Everything else is in the document.
struct Target {
  bool color = false;        // ANSI colours
  bool unicode = true;       // block characters in plots
  std::size_t columns = 80;  // width of the terminal
  bool verbose = false;      // everything: data tables, remedies that were not tried
};

// A format is one pure function: one file with it and one row in formats.cpp.
struct Format {
  std::string_view name;       // for --format
  std::string_view extension;  // for --output: ".html"
  std::string (*render)(const result::Document&, const Target&);
};

std::span<const Format> formats();

std::string render_text(const result::Document& document, const Target& target);
std::string render_markdown(const result::Document& document, const Target& target);
std::string render_csv(const result::Document& document, const Target& target);
std::string render_json(const result::Document& document, const Target& target);
std::string render_ndjson(const result::Document& document, const Target& target);
std::string render_html(const result::Document& document, const Target& target);
std::string render_openmetrics(const result::Document& document, const Target& target);
std::string render_junit(const result::Document& document, const Target& target);
std::string render_github(const result::Document& document, const Target& target);

}  // namespace bytepath::report
