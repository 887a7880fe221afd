#include "chunks/report_document.h"

#include <bit>

#include "commands.h"
#include "mounts/trace_file.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> traces;
  ReportFlags flags;
};

Result<result::Document> run(const Options& options) {
  if (options.traces.size() != 1) {
    return fail(ErrorKind::usage, "one trace is reported at a time", "run report once for each");
  }
  BYTEPATH_TRY(wanted, report_options(options.flags, options.traces.front()));
  BYTEPATH_TRY(trace, mounts::read_trace(options.traces.front()));
  return with_host(chunks::report_document(trace, wanted));
}

}  // namespace

Result<chunks::ReportOptions> report_options(const ReportFlags& flags, std::string subject) {
  if (!std::has_single_bit(flags.grid) || flags.grid < mounts::page_bytes) {
    return fail(ErrorKind::usage,
                fmt::format("--grid: {} is no power of two from 4 KiB on", flags.grid),
                "a chunk size such as 512K");
  }
  chunks::ReportOptions wanted{.subject = std::move(subject), .grid = flags.grid};
  const std::pair<const char*, chunks::ReportBy> ways[] = {{"path", chunks::ReportBy::path},
                                                           {"chunk", chunks::ReportBy::chunk},
                                                           {"process", chunks::ReportBy::process},
                                                           {"tier", chunks::ReportBy::tier}};
  for (const auto& [name, way] : ways) {
    if (flags.by == name) wanted.by = way;
  }
  for (const auto& text : flags.tiers) {
    BYTEPATH_TRY(tier, chunks::tier_from_text(text));
    wanted.tiers.push_back(std::move(tier));
  }
  return wanted;
}

void add_report_flags(cli::Command& command, ReportFlags& flags) {
  command.size("--grid", flags.grid, "size of the chunks in tables and in the heat map")
      .choice("--by", flags.by, "list all of these, and not only the largest",
              {"summary", "path", "chunk", "process", "tier"})
      .texts("--tier", flags.tiers, "NAME=ADDRESS[:PORT[-PORT]]",
             "peers of the daemon that are one tier; may be repeated");
}

void add_report(cli::Probe& probe) {
  static Options options;
  auto command = probe.command("report", "what a recorded trace says",
                               [](const cli::Context&) { return run(options); });
  command.positionals("trace", options.traces, "a trace that record wrote", true);
  add_report_flags(command, options.flags);
}

}  // namespace bytepath::chunk_probe
