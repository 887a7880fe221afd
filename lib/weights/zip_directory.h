#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "weights/byte_source.h"

namespace bytepath::weights {

// A file within a zip.
struct ZipEntry {
  std::string name;
  bool stored = false;       // not compressed, and not encrypted
  std::uint64_t size = 0;    // as it lies in the zip
  std::uint64_t header = 0;  // where its local header is
};

// The central directory of a zip (PKWARE's APPNOTE.TXT, zip64 included), in its order.
Result<std::vector<ZipEntry>> read_zip_directory(const ByteSource& source);

// Where an entry's bytes begin: behind its local header, whose length is its own. An error when
// there is no such header.
Result<std::uint64_t> zip_data_offset(const ByteSource& source, const ZipEntry& entry);

}  // namespace bytepath::weights
