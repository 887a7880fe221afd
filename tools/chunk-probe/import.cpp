#include "base/file.h"
#include "chunks/trace_import.h"
#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string format;
  std::string output;
};

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (options.files.size() != 1) {
    return fail(ErrorKind::usage,
                fmt::format("one file is imported at a time, not {}", options.files.size()),
                "run import once for each");
  }
  if (options.format.empty()) {
    return fail(ErrorKind::usage, "import: --format is missing",
                fmt::format("one of {}", fmt::join(chunks::import_formats(), ", ")));
  }
  if (options.output.empty() || options.output == "-") {
    return fail(ErrorKind::usage, "import: --output is missing",
                "the trace is a file: -o start.trace");
  }
  if (auto writable = check_writable(options.output); !writable) {
    // Denied too is a failure to write, as it is for the reports.
    return fail(ErrorKind::failed, writable.error().message);
  }
  BYTEPATH_TRY(document, chunks::import_trace({.file = options.files.front(),
                                               .format = options.format,
                                               .output = options.output},
                                              context.progress));
  return with_host(std::move(document));
}

}  // namespace

void add_import(cli::Probe& probe) {
  static Options options;
  probe
      .command("import", "a trace of a mount out of a log of reads",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("file", options.files, "the log", true)
      .choice("-f,--format", options.format, "its form", chunks::import_formats())
      .text("-o,--output", options.output, "TRACE", "the trace that is written");
}

}  // namespace bytepath::chunk_probe
