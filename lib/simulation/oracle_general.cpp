#include "simulation/oracle_general.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace bytepath::simulation {
namespace {

constexpr std::uint64_t records_a_piece = 65'536;

template <class Number>
Number take(const std::byte*& from) {
  Number number{};
  std::memcpy(&number, from, sizeof number);
  from += sizeof number;
  return number;
}

template <class Number>
void put(Number number, std::string& to) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

OracleRecord read_oracle_record(const std::byte* from) {
  OracleRecord record;
  record.seconds = take<std::uint32_t>(from);
  record.object = take<std::uint64_t>(from);
  record.bytes = take<std::uint32_t>(from);
  record.next = take<std::int64_t>(from);
  return record;
}

void append_oracle_record(const OracleRecord& record, std::string& to) {
  put(record.seconds, to);
  put(record.object, to);
  put(record.bytes, to);
  put(record.next, to);
}

namespace {

// No record is text: the upper bytes of where an object is used next are 0, or all ones.
bool begins_as_text(const Descriptor& file) {
  char record[oracle_record_bytes];
  if (::pread(file.get(), record, sizeof record, 0) != sizeof record) return false;
  return std::ranges::all_of(record, [](char byte) {
    return (byte >= ' ' && byte <= '~') || byte == '\n' || byte == '\t' || byte == '\r';
  });
}

}  // namespace

Result<OracleReader> OracleReader::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorKind::usage,
                fmt::format("cannot read {}: {}", path,
                            file ? "it is no regular file" : std::strerror(errno)),
                "give a trace of chunk-probe record, or a file in the form oracleGeneral");
  }
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  if (bytes % oracle_record_bytes != 0) {
    return fail(ErrorKind::usage,
                fmt::format("{}: {} bytes are no whole number of records of {} bytes", path, bytes,
                            oracle_record_bytes),
                "an oracleGeneral trace of libCacheSim is expected, not compressed (zstd -d)");
  }
  if (begins_as_text(file)) {
    return fail(ErrorKind::usage, fmt::format("{}: it is text, not a trace", path),
                "chunk-probe import makes a trace of what logs tell");
  }
  posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return OracleReader(std::move(file), path, bytes / oracle_record_bytes);
}

Result<std::span<const OracleRecord>> OracleReader::next() {
  const std::uint64_t count = std::min(records_a_piece, records_ - read_);
  bytes_.resize(count * oracle_record_bytes);
  std::size_t have = 0;
  while (have < bytes_.size()) {
    const ssize_t got = ::read(file_.get(), bytes_.data() + have, bytes_.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", path_);
    if (got == 0) return fail(ErrorKind::failed, fmt::format("{} became shorter", path_));
    have += static_cast<std::size_t>(got);
  }
  piece_.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const OracleRecord record = read_oracle_record(bytes_.data() + i * oracle_record_bytes);
    if (record.next != -1 && record.next <= static_cast<std::int64_t>(read_ + i)) {
      return fail(ErrorKind::usage,
                  fmt::format("{}: record {} says that the next request for its object is number "
                              "{}, which is not after it",
                              path_, read_ + i, record.next),
                  "an oracleGeneral trace of libCacheSim is expected, not compressed (zstd -d)");
    }
    piece_.push_back(record);
  }
  read_ += count;
  return std::span<const OracleRecord>(piece_);
}

}  // namespace bytepath::simulation
