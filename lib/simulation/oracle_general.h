#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

// The binary trace format of libCacheSim, which other simulators read too: records of 24 bytes,
// little-endian and packed: u32 seconds, u64 object, u32 bytes, i64 the number of the next request
// for the same object, or -1.
namespace bytepath::simulation {

struct OracleRecord {
  std::uint32_t seconds = 0;
  std::uint64_t object = 0;
  std::uint32_t bytes = 0;
  std::int64_t next = -1;
};

inline constexpr std::size_t oracle_record_bytes = 24;

// The caller has oracle_record_bytes.
OracleRecord read_oracle_record(const std::byte* from);
void append_oracle_record(const OracleRecord& record, std::string& to);

// Reads a file piece by piece.
class OracleReader {
 public:
  // Errors: it cannot be opened (usage), its length is no multiple of a record (usage).
  static Result<OracleReader> open(const std::string& path);
  std::uint64_t records() const { return records_; }
  // The next records, at most as many as a piece holds; empty at the end. Errors: it cannot be
  // read, or became shorter (failed); a record's next request is not after it (usage).
  Result<std::span<const OracleRecord>> next();

 private:
  OracleReader(Descriptor file, std::string path, std::uint64_t records)
      : file_(std::move(file)), path_(std::move(path)), records_(records) {}
  Descriptor file_;
  std::string path_;
  std::uint64_t records_ = 0;
  std::uint64_t read_ = 0;
  std::vector<std::byte> bytes_;
  std::vector<OracleRecord> piece_;
};

}  // namespace bytepath::simulation
