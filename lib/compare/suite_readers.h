#pragma once
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compare/suite.h"

// What the readers of suite.h share: one reader a format, each from JSON that is already parsed.
// `where` begins every message: "base.json", "base.json: result 3".
namespace bytepath::compare {

using Json = nlohmann::json;

// The hint of an error on a file that is none of them.
inline constexpr auto readable_files =
    "give a file that run-probe, hyperfine or Google Benchmark wrote as JSON";

// An error of kind unsupported: "WHERE: REASON".
std::unexpected<Error> unreadable(std::string_view where, std::string_view reason,
                                  std::string hint = readable_files);

// Without control characters, for a message.
std::string one_line(std::string_view text);

// 'text' in one line; a long text is cut.
std::string in_quotes(std::string_view text);

// "an array", "null": for a message.
std::string_view type_of(const Json& value);

// The parsed text, or why it is none: empty, cut short, not JSON, not UTF-8, a number that no
// double holds, nested deeper than any format that is read here.
Result<Json> parse_json(std::string_view text, std::string_view where);

// The member of an object; nullptr where there is none, or a null.
const Json* find_member(const Json& object, const char* key);

// Values of a member, for `key` in the message of a wrong type.
Result<double> read_number(const Json& value, std::string_view where, std::string_view key);
Result<std::string> read_text(const Json& value, std::string_view where, std::string_view key);
// A null is NaN: not measured.
Result<std::vector<double>> read_numbers(const Json& value, std::string_view where,
                                         std::string_view key);

inline constexpr std::string_view wall_metric = "wall";

// Adds the metric, with what follows from its samples: the summary and those left out. One without
// a single value is not added; if it is the wall time, that is an error, and so is a wall time that
// is 0 throughout, whose ratio to another does not exist.
Result<> add_metric(Benchmark& benchmark, Measured metric, bool paired, std::string_view where);

// A result of hyperfine's as it will be named.
struct Title {
  std::string command;
  std::string parameters;    // " (a = 1, b = x)", or empty
  std::uint64_t number = 0;  // of the command, from 1
};
// " (a = 1, b = x)" of a result's member `parameters`, or empty.
Result<std::string> parameters_text(const Json& result, std::string_view where);
// The commands; those that occur again with their parameters. What is still the same twice is an
// error, or with `numbered` gets its number: "make [2]".
Result<std::vector<std::string>> unique_names(const std::vector<Title>& titles, bool numbered,
                                              std::string_view where);

// The value of the key `results`.
Result<Suite> read_hyperfine(const Json& results, std::string_view where);

// A whole file of Google Benchmark.
Result<Suite> read_google_benchmark(const Json& file, std::string_view where);

// A bytepath document. `results` are hyperfine's that stand beside it, or nullptr.
Result<Suite> read_document(const Json& document, const Json* results, std::string_view where);

}  // namespace bytepath::compare
