#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "result/document_parts.h"

// Small things that all of fault-probe's reports are made with.
namespace bytepath::faults {

// Longer tables are for programs.
inline constexpr std::size_t most_rows_for_people = 64;

using result::single_metric;
using result::whole;

// Of a layer or an expert, which are below 0 where there is none.
inline result::Value number_or_nothing(int number) {
  if (number < 0) return {};
  return std::int64_t{number};
}

inline void add_missing(result::Document& document, std::string what, const Error& error) {
  document.not_measured.push_back(
      {.what = std::move(what), .reason = error.message, .remedy = error.hint});
}

}  // namespace bytepath::faults
