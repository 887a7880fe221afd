#include "mounts/trace_file.h"

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): theirs
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "mounts/trace_text.h"

static_assert(std::endian::native == std::endian::little, "the structures are written as they are");

namespace bytepath::mounts {
namespace {

constexpr std::size_t most_file_bytes = std::size_t{8} << 30;
// So many records are a block of some hundred KiB.
constexpr std::size_t records_per_block = 4096;

enum Kind : std::uint32_t {
  text = 1,
  requests = 2,
  accesses = 3,
  stalls = 4,
  transfers = 5,
  heat = 6
};

struct FileHead {
  char magic[8];
  std::uint32_t version;
  std::uint32_t reserved;
};
static_assert(sizeof(FileHead) == 16);

struct BlockHead {
  std::uint32_t kind;
  std::uint32_t records;
  std::uint64_t bytes;
  std::uint64_t checksum;
};
static_assert(sizeof(BlockHead) == 24);

template <class T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::uint64_t checksum(std::uint32_t kind, std::uint32_t records, std::string_view content) {
  return XXH3_64bits_withSeed(content.data(), content.size(), std::uint64_t{kind} << 32U | records);
}

std::string file_head() {
  FileHead head{.magic = {}, .version = trace_version, .reserved = 0};
  std::memcpy(head.magic, trace_magic.data(), sizeof head.magic);
  return std::string(bytes_of(head));
}

std::string block(std::uint32_t kind, std::uint32_t records, std::string_view content) {
  const BlockHead head{.kind = kind,
                       .records = records,
                       .bytes = content.size(),
                       .checksum = checksum(kind, records, content)};
  std::string all(bytes_of(head));
  all += content;
  return all;
}

// Calls write(kind, records, content) for each list of records that has at_least so many, and
// empties it. Stops at an error.
template <class Write>
Result<> take_records(MountTrace& trace, std::size_t at_least, const Write& write) {
  const auto take = [&]<class T>(Kind kind, std::vector<T>& list) -> Result<> {
    static_assert(std::is_trivially_copyable_v<T>);
    if (list.empty() || list.size() < at_least) return {};
    const std::string_view content(reinterpret_cast<const char*>(list.data()),
                                   list.size() * sizeof(T));
    auto written = write(kind, static_cast<std::uint32_t>(list.size()), content);
    list.clear();
    return written;
  };
  if (auto done = take(requests, trace.requests); !done) return done;
  if (auto done = take(accesses, trace.accesses); !done) return done;
  if (auto done = take(stalls, trace.stalls); !done) return done;
  if (auto done = take(transfers, trace.transfers); !done) return done;
  return take(heat, trace.heat);
}

void clear_names(MountTrace& trace) {
  trace.files.clear();
  trace.http.clear();
  trace.peers.clear();
  trace.processes.clear();
}

template <class T>
bool read_records(std::string_view content, std::uint32_t count, std::vector<T>& list) {
  if (content.size() != count * sizeof(T)) return false;
  const std::size_t before = list.size();
  list.resize(before + count);
  if (count > 0) std::memcpy(&list[before], content.data(), content.size());
  return true;
}

bool read_block(const BlockHead& head, std::string_view content, MountTrace& trace) {
  switch (head.kind) {
    case text:
      return read_text(content, trace);
    case requests:
      return read_records(content, head.records, trace.requests);
    case accesses:
      return read_records(content, head.records, trace.accesses);
    case stalls:
      return read_records(content, head.records, trace.stalls);
    case transfers:
      return read_records(content, head.records, trace.transfers);
    case heat:
      return read_records(content, head.records, trace.heat);
    default:
      return true;  // of a newer minor version
  }
}

// What a later block refers to and a damaged one had.
void drop_dangling(MountTrace& trace) {
  std::erase_if(trace.transfers,
                [&](const Transfer& transfer) { return transfer.peer >= trace.peers.size(); });
}

}  // namespace

Result<TraceWriter> TraceWriter::create(const std::string& path, const MountTrace& trace) {
  BYTEPATH_TRY(file, AtomicFile::create(path));
  TraceWriter writer(std::move(file), path);
  if (auto written = writer.file_.write(file_head()); !written)
    return std::unexpected(written.error());
  if (auto written = writer.write_block(text, 0, header_text(trace)); !written)
    return std::unexpected(written.error());
  return writer;
}

Result<> TraceWriter::write_block(std::uint32_t kind, std::uint32_t records,
                                  std::string_view content) {
  const std::string all = block(kind, records, content);
  bytes_ += all.size();
  return file_.write(all);
}

Result<> TraceWriter::write_records(MountTrace& trace, std::size_t at_least) {
  // Before the transfers that refer to its peers.
  const bool all = at_least == 0;
  if (all || trace.transfers.size() >= at_least || trace.files.size() >= at_least ||
      trace.http.size() >= at_least) {
    const std::string names = names_text(trace);
    if (!names.empty()) {
      clear_names(trace);
      if (auto written = write_block(text, 0, names); !written) return written;
    }
  }
  return take_records(trace, at_least,
                      [this](std::uint32_t kind, std::uint32_t records, std::string_view content) {
                        return write_block(kind, records, content);
                      });
}

Result<> TraceWriter::add(MountTrace& trace) { return write_records(trace, records_per_block); }

Result<> TraceWriter::finish(MountTrace& trace) {
  if (auto written = write_records(trace, 0); !written) return written;
  if (auto written = write_block(text, 0, end_text(trace)); !written) return written;
  return file_.commit();
}

Result<> TraceWriter::keep() { return file_.commit(); }

std::string to_bytes(MountTrace trace) {
  std::string bytes = file_head() + block(text, 0, header_text(trace));
  const std::string names = names_text(trace);
  if (!names.empty()) bytes += block(text, 0, names);
  const auto written = take_records(
      trace, 0,
      [&](std::uint32_t kind, std::uint32_t records, std::string_view content) -> Result<> {
        bytes += block(kind, records, content);
        return {};
      });
  static_cast<void>(written);  // nothing can fail
  return bytes + block(text, 0, end_text(trace));
}

Result<MountTrace> trace_from_bytes(std::string_view bytes, std::string_view name) {
  FileHead head{};
  if (bytes.size() >= sizeof head) std::memcpy(&head, bytes.data(), sizeof head);
  if (std::string_view(head.magic, sizeof head.magic) != trace_magic) {
    return fail(ErrorKind::usage, fmt::format("{} is no trace of a mount", name),
                "chunk-probe record makes one");
  }
  if (head.version > trace_version) {
    return fail(ErrorKind::usage,
                fmt::format("{} has version {} of the format, and this program knows {}", name,
                            head.version, trace_version),
                "use the bytepath that recorded it, or a newer one");
  }
  MountTrace trace;
  trace.whole = false;
  std::size_t at = sizeof head;
  while (bytes.size() - at >= sizeof(BlockHead)) {
    BlockHead next{};
    std::memcpy(&next, bytes.data() + at, sizeof next);
    at += sizeof next;
    if (next.bytes > bytes.size() - at) break;  // cut off, or its length is damaged
    const std::string_view content = bytes.substr(at, next.bytes);
    at += next.bytes;
    const bool sound = checksum(next.kind, next.records, content) == next.checksum;
    if (!sound || !read_block(next, content, trace)) ++trace.damaged_blocks;
  }
  if (trace.mounts.empty() && trace.requests.empty() && trace.heat.empty()) {
    return fail(ErrorKind::usage, fmt::format("{}: nothing of the trace can be read", name),
                "it was cut off or damaged; record it again");
  }
  drop_dangling(trace);
  return trace;
}

Result<MountTrace> read_trace(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorKind::usage, fmt::format("{} is a folder, and no trace of a mount", path),
                "chunk-probe record makes one");
  }
  auto bytes = read_file(path, most_file_bytes);
  if (bytes) return trace_from_bytes(*bytes, path);
  Error error = std::move(bytes).error();
  // A file that is not there is a mistake of the command line, not a failure of ours.
  if (error.kind == ErrorKind::failed && error.message.starts_with("cannot open")) {
    error.kind = ErrorKind::usage;
    error.hint = "chunk-probe record makes one";
  }
  return std::unexpected(std::move(error));
}

}  // namespace bytepath::mounts
