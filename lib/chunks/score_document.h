#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "mounts/prefetch_list.h"
#include "mounts/reads.h"
#include "result/document.h"

namespace bytepath::chunks {

struct ScoreOptions {
  std::string list;
  std::optional<mounts::ListFormat> format;  // else found out
  std::string trace;
  mounts::ReadChoice choice;
};

// `chunk-probe score`: how much of a recorded start a list would have had ready, and how much of it
// is of no use. Tables "score", "order", "files" (those with most that is missing or wasted; all of
// them in "all_files") and "unknown_paths", series "ready", metrics. Errors (usage): those of
// list_from_bytes(), read_trace(), uses_for() and score_list().
Result<result::Document> score(const ScoreOptions& options);

}  // namespace bytepath::chunks
