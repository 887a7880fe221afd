#include "chunks/chunk_requests.h"

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): theirs
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "simulation/oracle_general.h"

namespace bytepath::chunks {
namespace {

using mounts::ByteRange;
using mounts::FileId;
using mounts::FileTable;
using mounts::Reads;
using mounts::Request;

constexpr std::uint64_t most_records = std::uint64_t{1} << 25U;  // 1 GiB of memory
constexpr std::uint64_t second_ns = 1'000'000'000;

std::uint64_t number_of(FileId file, std::uint64_t chunk) {
  const std::array<std::uint64_t, 3> key = {file.device, file.inode, chunk};
  return XXH3_64bits(key.data(), sizeof key);
}

// Calls use(request, file, chunk) for each chunk that each request is about, until one is an error.
template <class Use>
Result<> each_chunk(const Reads& reads, const FileTable& files, std::uint64_t chunk_bytes,
                    const Use& use) {
  for (const Request* request : reads.requests) {
    const ByteRange range = range_of(*request);
    if (range.bytes() == 0) continue;
    const FileId file = files.id_of(*request);
    for (std::uint64_t chunk = range.first / chunk_bytes; chunk <= (range.end - 1) / chunk_bytes;
         ++chunk) {
      if (auto used = use(*request, file, chunk); !used) return used;
    }
  }
  return {};
}

std::uint64_t count(const Reads& reads, std::uint64_t chunk_bytes) {
  std::uint64_t records = 0;
  for (const Request* request : reads.requests) {
    const ByteRange range = range_of(*request);
    if (range.bytes() == 0) continue;
    records += (range.end - 1) / chunk_bytes - range.first / chunk_bytes + 1;
  }
  return records;
}

std::uint32_t size_of(const mounts::File* file, std::uint64_t chunk, std::uint64_t chunk_bytes) {
  std::uint64_t bytes = chunk_bytes;
  const std::uint64_t begin = chunk * chunk_bytes;
  if (file != nullptr && file->bytes > begin) bytes = std::min(bytes, file->bytes - begin);
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace

Result<ChunkRequests> write_chunk_requests(const Reads& reads, const FileTable& files,
                                           std::uint64_t begin_ns, std::uint64_t chunk_bytes,
                                           const mounts::Write& write) {
  const std::uint64_t records = count(reads, chunk_bytes);
  if (records > most_records) {
    return fail(
        ErrorKind::usage,
        fmt::format("--chunk: {} records for chunks of {} bytes, and at most {} are written",
                    records, chunk_bytes, most_records),
        "take larger chunks");
  }
  std::vector<std::uint64_t> objects;
  objects.reserve(records);
  const auto listed = each_chunk(reads, files, chunk_bytes,
                                 [&](const Request&, FileId file, std::uint64_t chunk) -> Result<> {
                                   objects.push_back(number_of(file, chunk));
                                   return {};
                                 });
  static_cast<void>(listed);  // nothing can fail
  std::vector<std::int64_t> next(objects.size(), -1);
  std::unordered_map<std::uint64_t, std::int64_t> later;
  for (std::size_t i = objects.size(); i-- > 0;) {
    const auto [found, is_new] = later.emplace(objects[i], static_cast<std::int64_t>(i));
    if (is_new) continue;
    next[i] = found->second;
    found->second = static_cast<std::int64_t>(i);
  }
  mounts::Piecewise out(write);
  std::size_t at = 0;
  auto written = each_chunk(
      reads, files, chunk_bytes,
      [&](const Request& request, FileId file, std::uint64_t chunk) -> Result<> {
        const std::uint64_t seconds = mounts::time_since(request.begin_ns, begin_ns) / second_ns;
        simulation::append_oracle_record(
            {.seconds = static_cast<std::uint32_t>(std::min<std::uint64_t>(seconds, UINT32_MAX)),
             .object = objects[at],
             .bytes = size_of(files.find(file), chunk, chunk_bytes),
             .next = next[at]},
            out.text);
        ++at;
        return out.step();
      });
  if (written) written = out.finish();
  if (!written) return std::unexpected(std::move(written).error());
  return ChunkRequests{.requests = objects.size(), .objects = later.size()};
}

}  // namespace bytepath::chunks
