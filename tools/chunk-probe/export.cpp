#include "base/atomic_file.h"
#include "chunks/trace_export.h"
#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> traces;
  std::string format;
  std::string output;
  chunks::ExportOptions exported;
};

bool to_standard_output(const Options& options) {
  return options.output.empty() || options.output == "-";
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (options.traces.size() != 1) {
    return fail(ErrorKind::usage,
                fmt::format("one trace is exported at a time, not {}", options.traces.size()),
                "run export once for each");
  }
  if (options.format.empty()) {
    return fail(ErrorKind::usage, "export: --format is missing",
                fmt::format("one of {}", fmt::join(chunks::export_formats(), ", ")));
  }
  auto wanted = options.exported;
  wanted.trace = options.traces.front();
  wanted.format = options.format;
  if (to_standard_output(options)) {
    BYTEPATH_TRY(document, chunks::export_trace(wanted, [&](std::string_view piece) {
                   context.console->write(piece);
                   return context.console->written();
                 }));
    return with_host(std::move(document));
  }
  BYTEPATH_TRY(file, AtomicFile::create(options.output));
  BYTEPATH_TRY(document, chunks::export_trace(
                             wanted, [&](std::string_view piece) { return file.write(piece); }));
  if (auto committed = file.commit(); !committed)
    return std::unexpected(std::move(committed).error());
  return with_host(std::move(document));
}

}  // namespace

void add_export(cli::Probe& probe) {
  static Options options;
  constexpr std::uint64_t least_chunk = 4096;
  constexpr std::uint64_t most_chunk = std::uint64_t{2} << 30U;
  probe
      .command("export", "what was read of a recorded mount, in a form that others take",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("trace", options.traces, "a trace of chunk-probe record", true)
      .choice("-f,--format", options.format, "the form", chunks::export_formats())
      .text("-o,--output", options.output, "FILE", "write to FILE instead of standard output")
      .text("--mount", options.exported.choice.mount, "MOUNT",
            "what was read of this mount: its path, or its depth")
      .flag("--all", options.exported.choice.everyone, "also what others than the target read")
      .size("--chunk", options.exported.chunk_bytes, "the objects of oraclegeneral", least_chunk,
            most_chunk)
      .keeps_standard_output([] { return to_standard_output(options); });
}

}  // namespace bytepath::chunk_probe
