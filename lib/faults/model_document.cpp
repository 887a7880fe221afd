#include "faults/model_document.h"

#include <fcntl.h>

#include "faults/document_parts.h"
#include "faults/file_tables.h"
#include "faults/touch_document.h"
#include "pages/page_cache.h"

namespace bytepath::faults {
namespace {

using result::Document;
using result::Value;

constexpr PartOptions all_tensors{.all_tensors_shown = true};

void add_formats(Document& document, const WatchedFiles& watched) {
  std::uint64_t bytes = 0;
  std::string format;
  std::size_t tensors = 0;
  const Subject* last = nullptr;
  for (const auto& file : watched.files()) {
    bytes += file.size;
    if (!file.subject || file.subject.get() == last) continue;
    last = file.subject.get();
    tensors += last->model.tensors.size();
    format = last->model.format;
  }
  document.parameters["format"] = format;
  document.parameters["tensors"] = static_cast<std::int64_t>(tensors);
  document.parameters["files"] = static_cast<std::int64_t>(watched.files().size());
  document.parameters["file_bytes"] = static_cast<std::int64_t>(bytes);
}

void add_state(Document& document, result::Table& table, const WatchedFile& file) {
  const Descriptor opened(open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) {
    return add_missing(document, file.path, fail_errno(errno, "cannot open {}", file.path).error());
  }
  const auto reading = pages::cache_state(opened, 0, pages::pages_of(file.size));
  if (!reading) return add_missing(document, "page cache state of " + file.path, reading.error());
  const auto bytes = [](std::uint64_t pages) -> Value {
    return static_cast<std::int64_t>(pages * pages::page_bytes);
  };
  const auto known = [&](std::uint64_t pages) { return reading->exact ? bytes(pages) : Value{}; };
  const auto& state = reading->state;
  table.rows.push_back({file.path, bytes(state.cached), known(state.dirty), known(state.writeback),
                        known(state.evicted), known(state.recently_evicted)});
  if (!reading->exact) {
    add_missing(document, "dirty and evicted pages of " + file.path,
                {.message = "this kernel has no cachestat(2)", .hint = "Linux 6.5 has it"});
    return;
  }
  document.metrics.push_back(single_metric(
      "recently_evicted_bytes", {{"file", file.path}},
      static_cast<double>(state.recently_evicted) * static_cast<double>(pages::page_bytes), "B",
      result::Better::lower));
}

void add_folios(Document& document, result::Table& table, const WatchedFile& file) {
  const auto sizes = pages::folio_sizes(file.path);
  if (!sizes) return add_missing(document, "folio sizes of " + file.path, sizes.error());
  for (const auto& size : *sizes) {
    table.rows.push_back({file.path, static_cast<std::int64_t>(size.bytes),
                          static_cast<std::int64_t>(size.pages * pages::page_bytes)});
  }
}

}  // namespace

Document map_document(const WatchedFiles& watched, const std::vector<pages::FilePages>& touched) {
  Document document;
  document.parameters["mode"] = std::string("map");
  add_formats(document, watched);
  std::vector<FileRecord> records;
  for (const auto& file : watched.files()) {
    take_touched(records.emplace_back(file), touched);
  }
  add_files_table(document, records);
  add_file_metrics(document, records);
  add_part_tables(document, records, all_tensors);
  add_strips(document, records);
  return document;
}

Result<Document> cache_document(const WatchedFiles& watched) {
  Document document;
  document.parameters["mode"] = std::string("cache");
  add_formats(document, watched);
  std::vector<FileRecord> records;
  result::Table states{.name = "page_cache",
                       .title = "Page cache",
                       .columns = {{"file", ""},
                                   {"cached", "B"},
                                   {"dirty", "B"},
                                   {"writeback", "B"},
                                   {"evicted", "B"},
                                   {"recently_evicted", "B"}}};
  result::Table folios{.name = "folios",
                       .title = "Pieces that the page cache holds it in",
                       .columns = {{"file", ""}, {"folio", "B"}, {"cached", "B"}}};
  std::optional<Error> refused;
  bool any = false;
  for (const auto& file : watched.files()) {
    auto& record = records.emplace_back(file);
    if (auto cached = pages::cached_pages(file.path)) {
      record.cached = *std::move(cached);
      any = true;
    } else {
      refused = cached.error();
      add_missing(document, "cached pages of " + file.path, cached.error());
    }
    add_state(document, states, file);
    add_folios(document, folios, file);
  }
  if (!any && states.rows.empty() && refused) return std::unexpected(*refused);
  add_files_table(document, records);
  document.tables.push_back(std::move(states));
  if (!folios.rows.empty()) document.tables.push_back(std::move(folios));
  add_file_metrics(document, records);
  add_part_tables(document, records);
  add_strips(document, records);
  return document;
}

}  // namespace bytepath::faults
