#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result/document.h"
#include "result/document_parts.h"
#include "verdict/offset_classes.h"

// A view of memcpy-probe's document for its rules.
namespace bytepath::verdict {

// A kernel's slow offsets at one size.
struct SlowOffsets {
  std::string kernel;
  std::string family;  // instruction, vector, libc, syscall
  std::uint64_t size = 0;
  OffsetClass offsets;
  // Time over the time at the reference offset, with its interval.
  double ratio = 0;
  double ratio_low = 0;
  double ratio_high = 0;

  bool severe() const { return ratio >= severe_factor; }
  // A ratio whose interval reaches down to the ordinary is no evidence.
  bool certain() const { return ratio >= slow_factor && ratio_low >= ordinary_factor; }
};

// Of every swept kernel; a kernel with two classes appears twice, the worse first.
std::vector<SlowOffsets> slow_offsets(const result::Document& document);

// Was this kernel swept, and is its curve known?
bool was_swept(const result::Document& document, std::string_view kernel);

struct KnownWindow {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool open_below = false;
  bool open_above = false;
  bool exact = false;  // to the byte
};

std::optional<KnownWindow> size_window(const result::Document& document, std::string_view kernel);

// "2113 to 524287 bytes", "about 4096 to 262144 bytes", "2113 bytes and more".
std::string format_window(const KnownWindow& window);

using result::label;

const result::Table* find_table(const result::Document& document, std::string_view name);

// A cell of a row by its column's name; monostate when there is none.
result::Value cell(const result::Table& table, const std::vector<result::Value>& row,
                   std::string_view column);

// "25.3x" and "25.3x [24.8 to 26.1]".
std::string format_factor(double factor);
std::string format_factor(double factor, double low, double high);

}  // namespace bytepath::verdict
