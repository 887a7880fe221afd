#include "chunks/score_document.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "chunks/list_uses.h"
#include "chunks/prefetch_score.h"
#include "chunks/trace_notes.h"
#include "mounts/mount_choice.h"
#include "mounts/trace_file.h"
#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::Document;
using result::share;
using result::Value;

constexpr std::size_t most_list_bytes = std::size_t{1} << 30U;

Value bytes_value(std::uint64_t bytes) {
  return result::whole(std::min<std::uint64_t>(bytes, INT64_MAX));
}

Value optional_bytes(const std::optional<std::uint64_t>& bytes) {
  return bytes ? bytes_value(*bytes) : Value{};
}

void add_metrics(const PrefetchScore& score, Document& document) {
  const FileScore& all = score.all;
  const auto add = [&](std::string name, double value, std::string unit, Better better) {
    document.metrics.push_back(
        result::single_metric(std::move(name), {}, value, std::move(unit), better));
  };
  add("recall_bytes", share(all.ready, all.used), "percent", Better::higher);
  add("recall_requests", share(all.ready_requests, all.requests), "percent", Better::higher);
  add("missing_bytes", static_cast<double>(all.missing()), "B", Better::lower);
  add("wasted_bytes", static_cast<double>(all.wasted()), "B", Better::lower);
  add("waste_share", share(all.wasted(), all.listed), "percent", Better::lower);
  if (score.for_half)
    add("fetched_for_half", static_cast<double>(*score.for_half), "B", Better::lower);
  if (score.for_most)
    add("fetched_for_90_percent", static_cast<double>(*score.for_most), "B", Better::lower);
}

void add_score(const PrefetchScore& score, std::size_t entries, Document& document) {
  const FileScore& all = score.all;
  document.tables.push_back(
      {.name = "score",
       .title = "The list and the start",
       .columns = {{"entries", ""},
                   {"listed", "B"},
                   {"used", "B"},
                   {"ready", "B"},
                   {"recall", "percent"},
                   {"requests", ""},
                   {"ready_requests", "percent"},
                   {"missing", "B"},
                   {"wasted", "B"},
                   {"waste", "percent"}},
       .rows = {{result::whole(entries), bytes_value(all.listed), bytes_value(all.used),
                 bytes_value(all.ready), share(all.ready, all.used), result::whole(all.requests),
                 share(all.ready_requests, all.requests), bytes_value(all.missing()),
                 bytes_value(all.wasted()), share(all.wasted(), all.listed)}}});
}

void add_order(const PrefetchScore& score, Document& document) {
  result::Table table{.name = "order",
                      .title = "How much of the list until so much of the start is ready",
                      .columns = {{"ready", "percent"}, {"fetched", "B"}, {"of_list", "percent"}},
                      .rows = {}};
  const auto add = [&](double part, const std::optional<std::uint64_t>& fetched) {
    table.rows.push_back({part, optional_bytes(fetched),
                          fetched ? Value{share(*fetched, score.all.listed)} : Value{}});
  };
  add(50, score.for_half);
  add(90, score.for_most);
  document.tables.push_back(std::move(table));

  constexpr std::size_t most_points = 200;
  result::Series series{.name = "ready",
                        .title = "What is ready, by how much of the list was fetched",
                        .x_label = "fetched",
                        .x_unit = "B",
                        .unit = "percent",
                        .points = {result::single_point(0, 0, 0)}};
  const std::size_t step = score.progress.size() / most_points + 1;
  for (std::size_t i = 0; i < score.progress.size(); ++i) {
    if (i % step != 0 && i + 1 != score.progress.size()) continue;
    const auto& at = score.progress[i];
    series.points.push_back(result::single_point(static_cast<double>(at.fetched),
                                                 share(at.ready, score.all.used), i + 1));
  }
  document.series.push_back(std::move(series));
}

void add_files(const PrefetchScore& score, Document& document) {
  constexpr std::size_t most_shown = 20;
  result::Table table{.name = "files",
                      .title = "Files with most that is missing or wasted",
                      .columns = {{"path", ""},
                                  {"used", "B"},
                                  {"listed", "B"},
                                  {"missing", "B"},
                                  {"wasted", "B"},
                                  {"requests", ""},
                                  {"ready_requests", ""}},
                      .rows = {}};
  const auto row = [](const FileScore& file) -> std::vector<Value> {
    return {file.path.empty() ? Value{} : Value{file.path},
            bytes_value(file.used),
            bytes_value(file.listed),
            bytes_value(file.missing()),
            bytes_value(file.wasted()),
            result::whole(file.requests),
            result::whole(file.ready_requests)};
  };
  result::Table all = table;
  all.name = "all_files";
  all.title = "";  // for programs
  for (const FileScore& file : score.files) all.rows.push_back(row(file));
  std::vector<const FileScore*> worst;
  for (const FileScore& file : score.files) {
    if (file.missing() + file.wasted() > 0) worst.push_back(&file);
  }
  const std::size_t shown = std::min(most_shown, worst.size());
  std::ranges::partial_sort(worst, worst.begin() + static_cast<std::ptrdiff_t>(shown),
                            std::ranges::greater{}, [](const FileScore* file) {
                              return std::pair(file->missing() + file->wasted(), file->path);
                            });
  worst.resize(shown);
  for (const FileScore* file : worst) table.rows.push_back(row(*file));
  if (!table.rows.empty()) document.tables.push_back(std::move(table));
  document.tables.push_back(std::move(all));
}

void add_unknown(const PrefetchScore& score, Document& document) {
  if (score.unknown == 0) return;
  result::Table table{.name = "unknown_paths",
                      .title = fmt::format(
                          "Paths of the list that the start never used, {} in all{}", score.unknown,
                          score.unknown > score.unknown_paths.size() ? ", the first of them" : ""),
                      .columns = {{"path", ""}},
                      .rows = {}};
  for (const auto& path : score.unknown_paths) table.rows.push_back({path});
  document.tables.push_back(std::move(table));
  if (score.unsized > 0) {
    document.not_measured.push_back(
        {.what =
             fmt::format("the waste of {} of the files that the start never used", score.unsized),
         .reason = "the trace has not their sizes",
         .remedy = "take them from the list"});
  }
}

Result<mounts::PrefetchList> read_list(const ScoreOptions& options) {
  auto bytes = read_file(options.list, most_list_bytes);
  if (!bytes) {
    Error error = std::move(bytes).error();
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(options.list, ignored);
    if (error.kind == ErrorKind::failed && (is_folder || error.message.starts_with("cannot open")))
      error.kind = ErrorKind::usage;
    error.hint = "the list comes first, then the trace";
    return std::unexpected(std::move(error));
  }
  return mounts::list_from_bytes(*bytes, options.format, options.list);
}

}  // namespace

Result<Document> score(const ScoreOptions& options) {
  BYTEPATH_TRY(list, read_list(options));
  BYTEPATH_TRY(trace, mounts::read_trace(options.trace));
  const auto& row = row_of(list.format);
  BYTEPATH_TRY(uses, uses_for(row.whole_files, trace, options.choice, options.trace));
  BYTEPATH_TRY(scored, score_list(list, uses, trace));
  Document document;
  document.parameters["mode"] = std::string("score");
  document.parameters["list"] = options.list;
  document.parameters["format"] = std::string(row.name);
  document.parameters["trace"] = options.trace;
  document.parameters["mount"] = mounts::mount_text(trace, uses.device);
  document.parameters["unknown_paths"] = result::whole(scored.unknown);
  add_trace_notes(trace, uses.impossible, document);
  if (scored.guessed_sizes > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("the sizes of {} of the files", scored.guessed_sizes),
         .reason = "they count up to the last byte that was used",
         .remedy = "record the start instead of importing a log"});
  }
  add_score(scored, list.entries.size(), document);
  add_order(scored, document);
  add_files(scored, document);
  add_unknown(scored, document);
  add_metrics(scored, document);
  return document;
}

}  // namespace bytepath::chunks
