#pragma once
#include <string>
#include <string_view>

namespace bytepath::fleet {

// The JSON of a document without what a fleet does not look at, which is most of its bytes: each
// array that is the value of a key "samples", "series", "heatmaps", "histograms", "tables" or
// "results" (hyperfine's, beside which run-probe puts its document) becomes an empty one. Nothing
// else in a document with such a key is an array. What is not JSON stays for the parser to refuse;
// what is within such an array is not looked at, but that its brackets and strings have an end.
std::string lean_json(std::string_view text);

}  // namespace bytepath::fleet
