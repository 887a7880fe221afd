#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "chunks/report_parts.h"
#include "mounts/reads.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Document;
using result::share;
using result::whole;

namespace {

constexpr std::size_t heat_columns = 64;

// The pages of a file that the target touched, or that came for it, on the report's grid.
struct Chunk {
  mounts::FileId file;
  std::uint64_t number = 0;
  std::uint64_t first_ns = 0;
  std::uint64_t touched = 0;  // pages
  std::uint64_t cached = 0;
};

using Chunks = std::map<std::pair<mounts::FileId, std::uint64_t>, Chunk>;

std::uint64_t pages(const std::array<std::uint64_t, 2>& bits) {
  return static_cast<unsigned>(std::popcount(bits[0])) +
         static_cast<unsigned>(std::popcount(bits[1]));
}

// Pages first..first+count of the bits.
std::uint64_t pages_within(const std::array<std::uint64_t, 2>& bits, std::uint64_t first,
                           std::uint64_t count) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = first; i < first + count; ++i) sum += bits.at(i / 64) >> (i % 64) & 1U;
  return sum;
}

void add(Chunks& chunks, const mounts::Heat& heat, std::uint64_t number, std::uint64_t touched,
         std::uint64_t cached) {
  if (touched + cached == 0) return;
  const mounts::FileId file{heat.device, heat.inode};
  Chunk& chunk = chunks[{file, number}];
  chunk.file = file;
  chunk.number = number;
  // Of a finer grid only the time of the whole is known.
  if (heat.first_ns > 0 && touched > 0)
    chunk.first_ns = chunk.first_ns == 0 ? heat.first_ns : std::min(chunk.first_ns, heat.first_ns);
  chunk.touched += touched;
  chunk.cached += cached;
}

Chunks chunks_of(const ReportContext& context) {
  Chunks chunks;
  const std::uint64_t grid = context.options.grid;
  for (const auto& heat : context.trace.heat) {
    std::array<std::uint64_t, 2> came = heat.cached;
    for (std::size_t i = 0; i < came.size(); ++i)
      came.at(i) |= heat.touched.at(i) | heat.mapped.at(i);
    std::array<std::uint64_t, 2> used = heat.touched;
    for (std::size_t i = 0; i < used.size(); ++i) used.at(i) |= heat.mapped.at(i);
    if (grid >= mounts::heat_bytes) {
      add(chunks, heat, heat.chunk / (grid / mounts::heat_bytes), pages(used), pages(came));
      continue;
    }
    const std::uint64_t each = grid / mounts::page_bytes;
    for (std::uint64_t first = 0; first < mounts::heat_pages; first += each) {
      add(chunks, heat, heat.chunk * (mounts::heat_bytes / grid) + first / each,
          pages_within(used, first, each), pages_within(came, first, each));
    }
  }
  return chunks;
}

// Of the mounts on which something was accessed, the one that the application sees.
std::uint64_t first_device(const ReportContext& context, const Chunks& chunks) {
  for (const auto& mount : context.trace.mounts) {
    if (std::ranges::any_of(chunks, [&](const auto& each) {
          return each.second.file.device == mount.device && each.second.first_ns > 0;
        }))
      return mount.device;
  }
  return 0;
}

void add_order(Document& document, const ReportContext& context, const Chunks& chunks) {
  const std::uint64_t device = first_device(context, chunks);
  std::vector<const Chunk*> order;
  for (const auto& [key, chunk] : chunks) {
    if (chunk.first_ns > 0 && chunk.file.device == device) order.push_back(&chunk);
  }
  std::ranges::stable_sort(order, {}, [](const Chunk* chunk) { return chunk->first_ns; });
  result::Table table{
      .name = "first_access",
      .title = "Chunks in the order of their first access",
      .columns = {{"time", "ns"}, {"path", ""}, {"offset", "B"}, {"used", "B"}, {"cached", "B"}},
      .rows = {}};
  const std::size_t limit = row_limit(context, ReportBy::chunk);
  for (const auto* chunk : order) {
    if (table.rows.size() == limit) break;
    table.rows.push_back(
        {static_cast<double>(mounts::time_since(chunk->first_ns, context.trace.begin_ns)),
         path_text(context, chunk->file), whole(chunk->number * context.options.grid),
         whole(chunk->touched * mounts::page_bytes), whole(chunk->cached * mounts::page_bytes)});
  }
  if (!table.rows.empty()) document.tables.push_back(std::move(table));
}

struct FileHeat {
  mounts::FileId file;
  std::uint64_t bytes = 0;
  std::uint64_t used = 0;  // pages
  std::uint64_t cached = 0;
  std::vector<const Chunk*> chunks;
};

std::vector<FileHeat> by_file(const ReportContext& context, const Chunks& chunks) {
  std::map<mounts::FileId, FileHeat> files;
  for (const auto& [key, chunk] : chunks) {
    FileHeat& file = files[chunk.file];
    file.file = chunk.file;
    const auto* known = context.files.find(chunk.file);
    const std::uint64_t seen = (chunk.number + 1) * context.options.grid;
    file.bytes = known != nullptr && known->bytes > 0 ? known->bytes : std::max(file.bytes, seen);
    file.used += chunk.touched;
    file.cached += chunk.cached;
    file.chunks.push_back(&chunk);
  }
  std::vector<FileHeat> sorted;
  sorted.reserve(files.size());
  for (auto& [id, file] : files) sorted.push_back(std::move(file));
  std::ranges::stable_sort(sorted, std::ranges::greater(), &FileHeat::cached);
  return sorted;
}

// The part of each of 64 equal pieces that was used.
std::vector<double> heat_row(const ReportContext& context, const FileHeat& file) {
  std::vector<double> used(heat_columns);
  const double piece = static_cast<double>(file.bytes) / static_cast<double>(heat_columns);
  for (const auto* chunk : file.chunks) {
    const auto begin = static_cast<double>(chunk->number * context.options.grid);
    const double end = std::min(begin + static_cast<double>(context.options.grid),
                                static_cast<double>(file.bytes));
    if (end <= begin) continue;
    const double density = static_cast<double>(chunk->touched * mounts::page_bytes) / (end - begin);
    for (std::size_t i = 0; i < heat_columns; ++i) {
      const double left = std::max(begin, static_cast<double>(i) * piece);
      const double right = std::min(end, static_cast<double>(i + 1) * piece);
      if (right > left) used[i] += density * (right - left);
    }
  }
  for (double& value : used) value = std::min(result::percent, share(value, piece));
  return used;
}

}  // namespace

void add_heat(Document& document, const ReportContext& context) {
  const auto chunks = chunks_of(context);
  if (chunks.empty()) return;
  add_order(document, context, chunks);
  const auto files = by_file(context, chunks);
  result::Table table{.name = "files",
                      .title = "Files, by what of them came into the page cache",
                      .columns = {{"path", ""},
                                  {"size", "B"},
                                  {"chunks", ""},
                                  {"used", "B"},
                                  {"cached", "B"},
                                  {"used_share", "percent"}},
                      .rows = {}};
  result::HeatMap map{.name = "heat",
                      .title = "Used parts of the files",
                      .x_label = "position in the file, percent",
                      .y_label = "file",
                      .unit = "percent",
                      .x = {},
                      .y = {},
                      .y_names = {},
                      .values = {}};
  for (std::size_t i = 0; i < heat_columns; ++i)
    map.x.push_back(result::percent * static_cast<double>(i) / static_cast<double>(heat_columns));
  const std::size_t limit = row_limit(context, ReportBy::path);
  for (const auto& file : files) {
    if (table.rows.size() == limit) break;
    table.rows.push_back({path_text(context, file.file), whole(file.bytes),
                          whole(file.chunks.size()), whole(file.used * mounts::page_bytes),
                          whole(file.cached * mounts::page_bytes), share(file.used, file.cached)});
    if (map.y.size() == summary_rows) continue;
    map.y.push_back(static_cast<double>(map.y.size()));
    map.y_names.push_back(path_text(context, file.file));
    map.values.push_back(heat_row(context, file));
  }
  document.tables.push_back(std::move(table));
  document.heatmaps.push_back(std::move(map));
}

}  // namespace bytepath::chunks
