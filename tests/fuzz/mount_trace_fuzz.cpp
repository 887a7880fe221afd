// The file of a recorded mount, damaged in any way; then what is exported of it.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "chunks/chunk_requests.h"
#include "mounts/blkparse_text.h"
#include "mounts/fio_iolog.h"
#include "mounts/first_use.h"
#include "mounts/prefetch_list.h"
#include "mounts/request_csv.h"
#include "mounts/trace_file.h"

namespace {

using namespace bytepath;
using namespace bytepath::mounts;

Result<> swallow(std::string_view) { return {}; }

// Lists can be read again, and have no byte twice.
void check_lists(const MountTrace& trace) {
  const FileTable files(trace);
  const auto touches = touches_of(trace, {.everyone = true}, "t");
  if (!touches) return;
  const auto ranges = ranges_in_order(touches->touches, files);
  std::map<std::string, ByteRanges> seen;
  for (const auto& range : ranges.ranges) {
    auto& of_file = seen[range.path];
    const std::uint64_t before = of_file.bytes();
    of_file.insert({.first = range.offset, .end = range.offset + range.bytes});
    // Two files may have one path in a trace that is damaged.
    if (of_file.bytes() < before) std::abort();
  }
  const auto whole = files_in_order(touches->touches, files);
  for (const auto& row : list_formats()) {
    const auto list = write_list(row.format, row.whole_files ? whole.ranges : ranges.ranges);
    if (!list && row.format != ListFormat::overlaybd_trace) std::abort();
  }
}

// What is changed within a block would only ever be found damaged: each gets the checksum of what
// it has (trace_file.h).
std::string with_checksums(std::string bytes) {
  constexpr std::size_t file_head = 16;
  constexpr std::size_t block_head = 24;
  for (std::size_t at = file_head; at < bytes.size() && bytes.size() - at >= block_head;) {
    std::uint32_t kind = 0;
    std::uint32_t records = 0;
    std::uint64_t content = 0;
    std::memcpy(&kind, &bytes[at], sizeof kind);
    std::memcpy(&records, &bytes[at + 4], sizeof records);
    std::memcpy(&content, &bytes[at + 8], sizeof content);
    if (content > bytes.size() - at - block_head) break;
    const std::uint64_t sum = XXH3_64bits_withSeed(bytes.data() + at + block_head, content,
                                                   std::uint64_t{kind} << 32U | records);
    std::memcpy(&bytes[at + 16], &sum, sizeof sum);
    at += block_head + content;
  }
  return bytes;
}

void check(std::string_view bytes) {
  const auto trace = trace_from_bytes(bytes, "input");
  if (!trace) {
    if (trace.error().kind != ErrorKind::usage) std::abort();
    return;
  }
  const std::string written = to_bytes(*trace);
  const auto again = trace_from_bytes(written, "written");
  if (!again || to_bytes(*again) != written) std::abort();
  check_lists(*trace);
  const auto reads = reads_of(*trace, {.everyone = true}, true, "t");
  if (!reads) return;
  const FileTable files(*trace);
  if (!write_csv(*reads, files, trace->begin_ns, swallow)) std::abort();
  if (!write_blkparse(*reads, files, trace->begin_ns, swallow)) std::abort();
  if (!write_fio(*reads, files, trace->begin_ns, "/mnt", swallow)) std::abort();
  constexpr std::uint64_t quick_chunk = std::uint64_t{64} << 20U;
  const auto chunked =
      chunks::write_chunk_requests(*reads, files, trace->begin_ns, quick_chunk, swallow);
  if (chunked && chunked->objects > chunked->requests) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  check(with_checksums(std::string(bytes)));
  return 0;
}
