#include "chunks/trace_export.h"

#include <algorithm>
#include <set>

#include "chunks/chunk_requests.h"
#include "chunks/list_uses.h"
#include "chunks/trace_events.h"
#include "chunks/trace_notes.h"
#include "mounts/blkparse_text.h"
#include "mounts/fio_iolog.h"
#include "mounts/first_use.h"
#include "mounts/prefetch_list.h"
#include "mounts/request_csv.h"
#include "mounts/trace_file.h"
#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using mounts::FileTable;
using mounts::MountTrace;
using mounts::Reads;
using result::Document;
using result::whole;

constexpr std::string_view request_formats[] = {"oraclegeneral", "csv", "blkparse", "fio",
                                                "trace-event"};

void leave_out(Document& document, std::uint64_t count, std::string_view what, std::string reason) {
  if (count == 0) return;
  document.not_measured.push_back({.what = fmt::format("{} of the {}", count, what),
                                   .reason = std::move(reason),
                                   .remedy = "--format ranges, csv or soci can say more"});
}

void add_exported(Document& document, std::string_view of, std::uint64_t count, std::uint64_t files,
                  std::uint64_t bytes) {
  document.tables.push_back({.name = "exported",
                             .title = "What was exported",
                             .columns = {{"of", ""}, {"count", ""}, {"files", ""}, {"bytes", "B"}},
                             .rows = {{std::string(of), whole(count), whole(files),
                                       whole(std::min<std::uint64_t>(bytes, INT64_MAX))}}});
}

struct Sum {
  std::set<mounts::FileId> files;
  std::uint64_t bytes = 0;
};

Sum sum_of(const Reads& reads, const FileTable& files) {
  Sum sum;
  for (const auto* request : reads.requests) {
    sum.files.insert(files.id_of(*request));
    sum.bytes += range_of(*request).bytes();
  }
  return sum;
}

std::string folder_of(const MountTrace& trace, std::uint64_t device) {
  const auto mount = std::ranges::find(trace.mounts, device, &mounts::Mount::device);
  return mount == trace.mounts.end() || mount->path == "/" ? "" : mount->path;
}

Result<> export_blkparse(const Reads& reads, const FileTable& files, std::uint64_t begin_ns,
                         const mounts::Write& write, Document& document) {
  BYTEPATH_TRY(devices, write_blkparse(reads, files, begin_ns, write));
  result::Table table{.name = "devices",
                      .title = "Which file is which device",
                      .columns = {{"device", ""}, {"path", ""}},
                      .rows = {}};
  for (std::size_t i = 0; i < devices.files.size(); ++i) {
    table.rows.push_back(
        {fmt::format("0,{}", i + 1), std::string(files.path_of(devices.files[i]))});
  }
  document.tables.push_back(std::move(table));
  return {};
}

Result<> export_requests(const ExportOptions& options, const MountTrace& trace,
                         const mounts::Write& write, Document& document) {
  const bool tells_mounts_apart = options.format == "csv" || options.format == "oraclegeneral";
  BYTEPATH_TRY(reads, reads_of(trace, options.choice, tells_mounts_apart, options.trace));
  const FileTable files(trace);
  const Sum sum = sum_of(reads, files);
  add_trace_notes(trace, reads.impossible, document);
  if (options.format == "oraclegeneral") {
    BYTEPATH_TRY(chunked,
                 write_chunk_requests(reads, files, trace.begin_ns, options.chunk_bytes, write));
    document.parameters["chunk"] = whole(options.chunk_bytes);
    document.parameters["objects"] = whole(chunked.objects);
    add_exported(document, "requests for chunks", chunked.requests, sum.files.size(), sum.bytes);
    return {};
  }
  add_exported(document, "requests", reads.requests.size(), sum.files.size(), sum.bytes);
  if (options.format == "csv") return write_csv(reads, files, trace.begin_ns, write);
  if (options.format == "blkparse")
    return export_blkparse(reads, files, trace.begin_ns, write, document);
  BYTEPATH_TRY(log, write_fio(reads, files, trace.begin_ns,
                              folder_of(trace, reads.requests.front()->device), write));
  leave_out(document, log.unnamed_reads, "reads",
            "the path is not known, or has blanks, which fio cannot read");
  return {};
}

// What overlaybd says in its source and nowhere else: it skips such lines, and the whole list where
// it is larger (src/prefetch.cpp at 0753065: invalid_abs_path, MAX_FILE_SIZE).
void add_overlaybd_notes(const std::vector<mounts::FileRange>& entries, std::size_t bytes,
                         Document& document) {
  constexpr std::size_t most_bytes = 65536;
  constexpr std::string_view known =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  const auto skipped = std::ranges::count_if(entries, [&](const mounts::FileRange& entry) {
    return entry.path.find_first_not_of(known) != std::string::npos;
  });
  if (skipped > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("{} of {} paths", skipped, entries.size()),
         .reason = "overlaybd skips those with other characters than letters, digits, _ - . and /",
         .remedy = "--format overlaybd-trace, of a mount that has the layer's blob"});
  }
  if (bytes > most_bytes) {
    document.not_measured.push_back({.what = "the list",
                                     .reason = "overlaybd takes none of more than 64 KiB",
                                     .remedy = "keep its first lines"});
  }
}

Result<> export_list(const ExportOptions& options, mounts::ListFormat format,
                     const MountTrace& trace, const mounts::Write& write, Document& document) {
  const bool whole_files = row_of(format).whole_files;
  BYTEPATH_TRY(uses, uses_for(whole_files, trace, options.choice, options.trace));
  const FileTable files(trace);
  const auto listed =
      whole_files ? files_in_order(uses.touches, files) : ranges_in_order(uses.touches, files);
  add_trace_notes(trace, uses.impossible, document);
  leave_out(document, listed.unnamed_files, "files", "their paths are not known");
  if (listed.ranges.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("{}: no file that was read has a path that is known", options.trace),
                "--format csv or oraclegeneral does without");
  }
  BYTEPATH_TRY(list, write_list(format, listed.ranges));
  leave_out(document, list.left_out, "files", "their paths cannot be written in this form");
  add_exported(document, whole_files ? "whole files" : "ranges", listed.ranges.size(), listed.files,
               listed.bytes);
  if (format == mounts::ListFormat::overlaybd)
    add_overlaybd_notes(listed.ranges, list.bytes.size(), document);
  return write(list.bytes);
}

// All that happened, whoever asked for it: a timeline is looked at, not replayed.
Result<> export_timeline(const MountTrace& trace, const mounts::Write& write, Document& document) {
  add_trace_notes(trace, 0, document);
  BYTEPATH_TRY(written, write_trace_events(trace, write));
  add_exported(document, "requests", written.requests, trace.files.size(), written.bytes);
  if (written.left_out > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("{} events", written.left_out),
         .reason = fmt::format("a trace holds at most {}", max_trace_events),
         .remedy = "record a shorter time"});
  }
  return {};
}

}  // namespace

std::vector<std::string> export_formats() {
  std::vector<std::string> names(std::begin(request_formats), std::end(request_formats));
  for (const auto& row : mounts::list_formats()) names.emplace_back(row.name);
  return names;
}

Result<Document> export_trace(const ExportOptions& options, const mounts::Write& write) {
  BYTEPATH_TRY(trace, mounts::read_trace(options.trace));
  Document document;
  document.parameters["mode"] = std::string("export");
  document.parameters["trace"] = options.trace;
  document.parameters["format"] = options.format;
  const auto list = mounts::list_format_named(options.format);
  if (options.format == "trace-event") {
    if (auto exported = export_timeline(trace, write, document); !exported)
      return std::unexpected(std::move(exported).error());
    return document;
  }
  auto exported = list ? export_list(options, *list, trace, write, document)
                       : export_requests(options, trace, write, document);
  if (!exported) return std::unexpected(std::move(exported).error());
  return document;
}

}  // namespace bytepath::chunks
