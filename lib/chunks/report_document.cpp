#include "chunks/report_document.h"

#include "chunks/report_parts.h"
#include "mounts/mount_choice.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Document;
using result::Value;
using result::whole;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void add_parameters(Document& document, const ReportContext& context) {
  const auto& trace = context.trace;
  document.parameters["mode"] = std::string("report");
  document.parameters["trace"] = context.options.subject;
  document.parameters["recorded"] = trace.started;
  document.parameters["levels"] = joined(trace.levels);
  document.parameters["grid"] = whole(context.options.grid);
  if (!trace.command.empty()) document.parameters["command"] = joined(trace.command);
  if (trace.exit_code)
    document.parameters["exit_code"] = static_cast<std::int64_t>(*trace.exit_code);
  document.parameters["lost_events"] =
      whole(trace.losses.requests + trace.losses.accesses + trace.losses.stalls +
            trace.losses.transfers + trace.losses.files + trace.losses.heat);
}

void add_mounts(Document& document, const ReportContext& context) {
  result::Table table{.name = "mounts",
                      .title = "What the mount is made of",
                      .columns = {{"depth", ""},
                                  {"path", ""},
                                  {"type", ""},
                                  {"source", ""},
                                  {"content", "B"},
                                  {"readahead", "B"}},
                      .rows = {}};
  for (const auto& mount : context.trace.mounts) {
    table.rows.push_back({whole(mount.depth), mount.path, mount.type, mount.source,
                          mount.bytes > 0 ? whole(mount.bytes) : Value(),
                          mount.readahead_bytes > 0 ? whole(mount.readahead_bytes) : Value()});
  }
  document.tables.push_back(std::move(table));
}

void add_gaps(Document& document, const ReportContext& context) {
  const auto& trace = context.trace;
  for (const auto& missing : trace.missing)
    document.not_measured.push_back(
        {.what = missing.what, .reason = missing.reason, .remedy = missing.remedy});
  const auto lost = [&](std::uint64_t count, const char* what) {
    if (count == 0) return;
    document.not_measured.push_back(
        {.what = fmt::format("{} {}, so that counts are not exact", count, what),
         .reason = "the ring buffer between the kernel and the recorder was full",
         .remedy = "record with a larger --ring"});
  };
  lost(trace.losses.requests, "requests");
  lost(trace.losses.accesses, "accesses");
  lost(trace.losses.stalls, "stalls");
  lost(trace.losses.transfers, "transfers");
  lost(trace.losses.files, "names of files");
  if (trace.losses.heat > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("{} accesses to pages", trace.losses.heat),
         .reason = "more chunks were touched than the kernel side has room for (128 GiB)",
         .remedy = "record a shorter time"});
  }
  if (!trace.whole) {
    document.complete = false;
    document.not_measured.push_back({.what = "the end of the recording",
                                     .reason = "the file was cut off, or the recorder was killed",
                                     .remedy = "record again"});
  }
  if (trace.damaged_blocks > 0) {
    document.complete = false;
    document.not_measured.push_back(
        {.what = fmt::format("{} blocks of the file", trace.damaged_blocks),
         .reason = "they are damaged: their checksum is another",
         .remedy = "copy the file again, or record again"});
  }
  if (!trace.has_level("cache") && !trace.has_level("fuse")) return;
  if (!trace.has_level("cache")) {
    document.not_measured.push_back({.what = "hits, misses and touched pages",
                                     .reason = "the level cache was not recorded",
                                     .remedy = "record with --level all"});
  }
  if (!trace.has_level("upstream")) {
    document.not_measured.push_back({.what = "what was fetched upstream, and by whom",
                                     .reason = "the level upstream was not recorded",
                                     .remedy = "record with --level all"});
  }
}

}  // namespace

std::size_t row_limit(const ReportContext& context, ReportBy by) {
  return context.options.by == by ? SIZE_MAX : summary_rows;
}

std::string path_text(const ReportContext& context, mounts::FileId id) {
  const auto path = context.files.path_of(id);
  if (!path.empty()) return std::string(path);
  return id.inode == 0 ? "(not known)" : fmt::format("inode {}", id.inode);
}

Document report_document(const mounts::MountTrace& trace, const ReportOptions& options) {
  Document document;
  const mounts::FileTable files(trace);
  const auto exchanges = exchanges_of(trace);
  const ReportContext context{
      .trace = trace, .options = options, .files = files, .exchanges = exchanges};
  add_parameters(document, context);
  add_ladder(document, context);
  add_stall(document, context);
  add_page_accesses(document, context);
  add_requests(document, context);
  const auto answers = answers_of(trace, exchanges, options.tiers);
  add_tiers(document, context, answers);
  add_timelines(document, context, answers);
  add_peers(document, context);
  add_opens(document, context);
  add_heat(document, context);
  add_processes(document, context);
  add_mounts(document, context);
  add_gaps(document, context);
  return document;
}

}  // namespace bytepath::chunks
