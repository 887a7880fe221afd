#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result/document.h"

// A view of chunk-probe's documents for its rules. A saved document may hold anything: what is
// missing is nothing.
namespace bytepath::verdict {

// A cell's number; nothing where it is none, or not finite.
std::optional<double> number_of(const result::Table& table, const std::vector<result::Value>& row,
                                std::string_view column);
// The same of what cannot be below 0, such as bytes and times.
std::optional<double> amount_of(const result::Table& table, const std::vector<result::Value>& row,
                                std::string_view column);
// A cell's text in one line.
std::string text_of(const result::Table& table, const std::vector<result::Value>& row,
                    std::string_view column);

// "67.0 %", "n/a".
std::string percent_text(std::optional<double> percent);

// The row whose number in this column is nearest, by ratio; nullptr: there is none.
const std::vector<result::Value>* nearest_row(const result::Table& table, std::string_view column,
                                              double wanted);

// What AWS Lambda uses ("On-demand Container Loading in AWS Lambda", USENIX ATC 2023), in bytes.
inline constexpr double usual_chunk = 512 * 1024;

// How long the recorded starts would take together from a tier, in nanoseconds by the bytes of a
// chunk.
std::map<double, double> start_times(const result::Document& document, const std::string& tier);

}  // namespace bytepath::verdict
