#include "chunks/score_document.h"
#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string format;
  mounts::ReadChoice choice;
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& row : mounts::list_formats()) names.emplace_back(row.name);
  return names;
}

Result<result::Document> run(const Options& options) {
  if (options.files.size() != 2) {
    return fail(ErrorKind::usage,
                fmt::format("score takes a list and a trace, not {} files", options.files.size()),
                "chunk-probe score LIST TRACE");
  }
  BYTEPATH_TRY(document, chunks::score({.list = options.files[0],
                                        .format = mounts::list_format_named(options.format),
                                        .trace = options.files[1],
                                        .choice = options.choice}));
  return with_host(std::move(document));
}

}  // namespace

void add_score(cli::Probe& probe) {
  static Options options;
  probe
      .command("score", "what a list of prefetches would have been worth to a recorded start",
               [](const cli::Context&) { return run(options); })
      .positionals("file", options.files, "the list, then the trace", true)
      .choice("--list-format", options.format, "the list's form, else found out", format_names())
      .text("--mount", options.choice.mount, "MOUNT",
            "what was used of this mount: its path, or its depth")
      .flag("--all", options.choice.everyone, "also what others than the target read");
}

}  // namespace bytepath::chunk_probe
