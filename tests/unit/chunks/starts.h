#pragma once
#include "chunks/start_reads.h"
#include "support/mount_traces.h"

// Small starts by hand.
namespace bytepath::test {

struct Read {
  std::uint64_t offset = 0;
  std::uint32_t bytes = 4096;
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 1;
  std::uint32_t file = 0;
};

// Of a mount of its own with files of these sizes.
inline chunks::StartReads start_of(const std::vector<Read>& reads,
                                   const std::vector<std::uint64_t>& sizes,
                                   std::uint64_t duration_ns = 0) {
  chunks::StartReads start;
  start.trace = "start";
  start.layer_bytes = {0};
  for (const std::uint64_t bytes : sizes) {
    start.files.push_back({.name = 1000 + start.files.size(),
                           .bytes = bytes,
                           .size_known = true,
                           .layer = 0,
                           .path = fmt::format("/{}", start.files.size())});
  }
  for (const auto& read : reads) {
    start.reads.push_back({.file = read.file,
                           .offset = read.offset,
                           .bytes = read.bytes,
                           .begin_ns = read.begin_ns,
                           .end_ns = read.end_ns,
                           .waited = true});
    start.unique_bytes += read.bytes;
    start.duration_ns = std::max(start.duration_ns, read.end_ns);
  }
  start.duration_ns = std::max(start.duration_ns, duration_ns);
  return start;
}

}  // namespace bytepath::test
