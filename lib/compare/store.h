#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Baselines in a plain folder that a CI cache, an artifact or a shared disk can carry:
// DIR/BRANCH/MACHINE/SUITE/TIME-COMMIT.json, each the JSON as it was measured.
namespace bytepath::compare {

struct Entry {
  std::string path;     // below the folder
  std::string branch;   // "main", "feature/x" (a slash is stored as %2F)
  std::string machine;  // the document's machine hash, or "unknown"
  std::string suite;
  std::string time;    // "20261126T031500Z", of the run's start
  std::string commit;  // hexadecimal or any word without '/', or "none"
};

struct Selection {  // an empty field takes all
  std::string branch;
  std::string machine;
  std::string suite;
  std::string commit;
};

// Files a run. Two jobs that store at once never see or overwrite a half-written file: the content
// is written beside and linked to its name, with a number at its end when that is taken. Errors:
// (usage) a name that is empty or "." or longer than a file name may be; (failed) I/O.
Result<Entry> store(const std::string& folder, std::string_view content, Entry entry);

// What matches, oldest first. Files whose names are not of this form are left out and counted.
// Error: (unsupported) there is no such folder.
struct Listing {
  std::vector<Entry> entries;
  std::size_t foreign = 0;
};
Result<Listing> list(const std::string& folder, const Selection& selection);

// Removes the oldest of each branch, machine and suite beyond `keep`, and those begun more than
// `older_than` ago; gives what it removed. With `dry` it only says so.
struct Pruning {
  std::optional<std::size_t> keep;
  std::optional<std::chrono::seconds> older_than;
  bool dry = false;
};
Result<std::vector<Entry>> prune(const std::string& folder, const Selection& selection,
                                 const Pruning& pruning, std::chrono::system_clock::time_point now);

}  // namespace bytepath::compare
