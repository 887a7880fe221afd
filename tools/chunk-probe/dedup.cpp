#include "chunks/dedup.h"

#include <algorithm>
#include <bit>

#include "commands.h"

namespace bytepath::chunk_probe {
namespace {

struct Options {
  std::vector<std::string> images;
  std::vector<std::uint64_t> grids;
  std::uint64_t most_chunks = 4'000'000;
};

std::vector<std::uint64_t> ascending(std::vector<std::uint64_t> sizes) {
  std::ranges::sort(sizes);
  const auto [first, last] = std::ranges::unique(sizes);
  sizes.erase(first, last);
  return sizes;
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  auto grids = options.grids;
  for (const std::uint64_t bytes : grids) {
    if (std::has_single_bit(bytes) && bytes >= chunks::least_chunk) continue;
    return fail(ErrorKind::usage, fmt::format("--grid: {} is no power of two from 4 KiB on", bytes),
                "chunk sizes such as 64K,512K,4M");
  }
  if (grids.empty()) {
    for (std::uint64_t bytes = chunks::least_chunk; bytes <= 4U << 20U; bytes *= 2) {
      grids.push_back(bytes);
    }
  }
  BYTEPATH_TRY(document, chunks::dedup({.images = options.images,
                                        .grids = ascending(std::move(grids)),
                                        .most_chunks = options.most_chunks},
                                       context.progress));
  return with_host(std::move(document));
}

}  // namespace

void add_dedup(cli::Probe& probe) {
  static Options options;
  probe
      .command("dedup", "which part of images is zero, unique and shared, by chunk size",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("image", options.images, "image files, devices or pipes", true)
      .sizes("--grid", options.grids, "chunk sizes instead of 4 KiB to 4 MiB")
      .number("--most-chunks", options.most_chunks,
              "remember so many chunks of each size, at 24 bytes each; of more take a sample", 1000,
              1'000'000'000);
}

}  // namespace bytepath::chunk_probe
