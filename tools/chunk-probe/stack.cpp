#include "chunks/stack_document.h"
#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> mounts;
};

Result<result::Document> run(const Options& options) {
  if (options.mounts.size() != 1)
    return fail(ErrorKind::usage, "one mount is looked at at a time", "run stack once for each");
  BYTEPATH_TRY(stack, mounts::find_stack(options.mounts.front(), {}));
  return with_host(chunks::stack_document(stack, {}));
}

}  // namespace

void add_stack(cli::Probe& probe) {
  static Options options;
  probe
      .command("stack", "what a mount is made of: overlay, image, FUSE, daemon, peers",
               [](const cli::Context&) { return run(options); })
      .positionals("mount", options.mounts, "the mount point", true);
}

}  // namespace bytepath::chunk_probe
