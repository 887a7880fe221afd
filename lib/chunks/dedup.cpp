#include "chunks/dedup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "result/document_parts.h"

namespace bytepath::chunks {
namespace {

using result::Better;
using result::Document;
using result::percent;
using result::share;
using result::Value;
using result::whole;

constexpr std::size_t piece_bytes = std::size_t{1} << 20;

class Reader {
 public:
  explicit Reader(const Progress& progress) : progress_(progress), piece_(piece_bytes) {}

  // False: stopped.
  Result<bool> read_all(const std::string& path, ChunkCounter& counter) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (!file || fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode)) {
      return fail(
          ErrorKind::usage,
          fmt::format("cannot read {}: {}", path, file ? "it is a folder" : std::strerror(errno)),
          "an image is one file: mksquashfs, mkfs.erofs or tar make one of a folder");
    }
    posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    const std::size_t total =
        S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
    counter.begin_image();
    std::size_t done = 0;
    for (;;) {
      const ssize_t got = read(file.get(), piece_.data(), piece_.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail_errno(errno, "cannot read {}", path);
      if (got == 0) break;
      counter.add({piece_.data(), static_cast<std::size_t>(got)});
      done += static_cast<std::size_t>(got);
      if (!progress_(done >> 20U, total >> 20U, path)) return false;
    }
    counter.end_image();
    return true;
  }

 private:
  const Progress& progress_;
  std::vector<std::byte> piece_;
};

void add_grids(Document& document, const std::vector<GridCounts>& grids) {
  result::Table table{.name = "grids",
                      .title = "What a store of such chunks would hold",
                      .columns = {{"chunk", "B"},
                                  {"zero", "percent"},
                                  {"unique", "percent"},
                                  {"shared", "percent"},
                                  {"stored", "B"},
                                  {"stored_share", "percent"},
                                  {"sampled", "percent"}}};
  for (const auto& grid : grids) {
    table.rows.push_back({whole(grid.chunk_bytes), share(grid.zero, grid.all),
                          share(grid.unique, grid.all), share(grid.shared, grid.all),
                          whole(grid.stored), share(grid.stored, grid.all),
                          percent * grid.sampled});
    const result::Labels labels = {{"chunk", std::to_string(grid.chunk_bytes)}};
    const auto add = [&](const char* name, std::uint64_t value) {
      document.metrics.push_back(
          result::single_metric(name, labels, static_cast<double>(value), "B", Better::lower));
    };
    add("unique_bytes", grid.unique);
    add("stored_bytes", grid.stored);
  }
  document.tables.push_back(std::move(table));
}

// By image, on each grid: what it alone brings.
void add_images(Document& document, const DedupOptions& options, const ChunkCounter& counter) {
  result::Table table{.name = "images",
                      .title = "What each image adds to a store of the others",
                      .columns = {{"image", ""}, {"size", "B"}, {"zero", "percent"}}};
  std::vector<std::vector<ImageCounts>> counts;
  for (std::size_t i = 0; i < options.grids.size(); ++i) {
    counts.push_back(counter.images(i));
    table.columns.emplace_back(fmt::format("unique_{}K", options.grids[i] >> 10U), "percent");
  }
  for (std::size_t image = 0; image < counts.front().size(); ++image) {
    const ImageCounts& smallest = counts.front()[image];
    std::vector<Value> row = {options.images[image], whole(smallest.all),
                              share(smallest.zero, smallest.all)};
    for (const auto& grid : counts) row.emplace_back(share(grid[image].unique, grid[image].all));
    table.rows.push_back(std::move(row));
  }
  document.tables.push_back(std::move(table));
}

}  // namespace

Result<Document> dedup(const DedupOptions& options, const Progress& progress) {
  ChunkCounter counter(options.grids, options.most_chunks);
  Reader reader(progress);
  Document document;
  for (const auto& image : options.images) {
    BYTEPATH_TRY(read, reader.read_all(image, counter));
    if (read) continue;
    counter.end_image();
    document.complete = false;
    break;
  }
  document.parameters["mode"] = std::string("dedup");
  document.parameters["images"] = static_cast<std::int64_t>(options.images.size());
  const auto grids = counter.grids();
  add_grids(document, grids);
  add_images(document, options, counter);
  for (const auto& grid : grids) {
    if (grid.sampled >= 1) continue;
    document.not_measured.push_back(
        {.what = fmt::format("every chunk of {} KiB", grid.chunk_bytes >> 10U),
         .reason = fmt::format("more than {} differ: the figures rest on {:.3g} % of them",
                               options.most_chunks, percent * grid.sampled),
         .remedy = "--most-chunks, at 24 bytes each"});
  }
  return document;
}

}  // namespace bytepath::chunks
