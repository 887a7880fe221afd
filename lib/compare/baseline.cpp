#include "compare/baseline.h"

#include <ranges>

#include "compare/timestamp.h"

namespace bytepath::compare {

std::string filed_machine(const Suite& suite) {
  return suite.host.machine_hash.empty() ? "unknown" : suite.host.machine_hash;
}

std::string filed_suite(const Suite& suite) { return suite.tool; }

Result<Suite> find_baseline(const std::string& folder, const std::string& branch,
                            const std::string& suite, const Suite& now, std::string_view content) {
  const Selection selection{.branch = branch,
                            .machine = filed_machine(now),
                            .suite = suite.empty() ? filed_suite(now) : suite,
                            .commit = {}};
  BYTEPATH_TRY(listing, list(folder, selection));
  const auto wanted =
      fmt::format("run of branch '{}' and suite '{}' on this machine ({})",
                  branch.empty() ? "any" : branch, selection.suite, selection.machine);
  if (listing.entries.empty()) {
    return fail(ErrorKind::unsupported, fmt::format("{}: no {}", folder, wanted),
                "file one with probe-compare store");
  }
  const auto began = parse_timestamp(now.started);
  const std::string own_time = began ? entry_time(*began).value_or("") : "";
  for (const auto& entry : listing.entries | std::views::reverse) {
    if (entry.time == own_time) continue;
    const std::string path = folder + "/" + entry.path;
    BYTEPATH_TRY(text, read_suite_text(path));
    if (text != content) return read_suite(text, path);
  }
  return fail(ErrorKind::unsupported,
              fmt::format("{}: the only {} is the one to compare itself", folder, wanted),
              "file a run of before the change with probe-compare store");
}

}  // namespace bytepath::compare
