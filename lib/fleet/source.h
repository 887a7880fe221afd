#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "result/document.h"

// Where a fleet's documents come from.
namespace bytepath::fleet {

struct Broken {
  std::string source;
  std::string reason;
};

// What was read, besides the documents.
struct Reading {
  std::size_t documents = 0;
  std::size_t broken = 0;
  std::vector<Broken> examples;  // the first of the broken ones
};
inline constexpr std::size_t most_examples = 5;

// Takes a document and where it is from: the file's path below the folder, with ":7" for the
// seventh line of an NDJSON file. False stops the reading.
using Take = std::function<bool(result::Document&&, std::string source)>;

// A document as a fleet needs it: without samples, series, heat maps, histograms and tables.
Result<result::Document> read_lean(std::string_view text, std::string_view name);

// All documents of the files *.json (one each) and *.ndjson (one a line) in a folder and below it,
// in the order of their paths; links to folders are not followed. A document that cannot be
// read is counted and the others are read. Error: no such folder.
Result<Reading> read_folder(const std::string& folder, const Take& take);

// A document a line from an open descriptor, as `cat` of NDJSON files gives it, read as it comes:
// no more than one line of at most 64 MiB is held.
Result<Reading> read_lines(int descriptor, std::string_view name, const Take& take);

}  // namespace bytepath::fleet
