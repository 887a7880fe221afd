#include "report_command.h"

#include <algorithm>

#include "base/file.h"

namespace bytepath::probe_compare {
namespace {

// A file that is not there is a mistake of the command line, not a failure of ours.
Result<std::string> content_of(const std::string& file) {
  auto content = read_file(file == "-" ? "/dev/stdin" : file);
  if (!content && content.error().kind == ErrorKind::failed) {
    return fail(ErrorKind::usage, content.error().message,
                "give files that probes wrote with --json");
  }
  return content;
}

}  // namespace

Result<result::Document> report_files(const std::vector<std::string>& files) {
  if (std::ranges::count(files, "-") > 1)
    return fail(ErrorKind::usage, "report: standard input is given twice", "give - once");
  result::Document whole;
  for (const auto& file : files) {
    BYTEPATH_TRY(text, content_of(file));
    BYTEPATH_TRY(document, result::from_json(text, file == "-" ? "standard input" : file));
    if (!document.parts.empty()) {
      return fail(ErrorKind::usage, fmt::format("{}: is made of several documents itself", file),
                  "show it with --replay");
    }
    whole.complete = whole.complete && document.complete;
    whole.parts.push_back(std::move(document));
  }
  // The host, where it is the same in all.
  const auto& first = whole.parts.front().host;
  const bool same = std::ranges::all_of(whole.parts, [&](const result::Document& each) {
    return each.host.machine_hash == first.machine_hash &&
           each.host.software_hash == first.software_hash;
  });
  if (same) whole.host = first;
  return whole;
}

}  // namespace bytepath::probe_compare
