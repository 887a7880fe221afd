#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "mounts/piecewise.h"
#include "mounts/reads.h"
#include "result/document.h"

namespace bytepath::chunks {

struct ExportOptions {
  std::string trace;
  std::string format;  // one of export_formats()
  mounts::ReadChoice choice;
  std::uint64_t chunk_bytes =
      std::uint64_t{512} * 1024;  // of "oraclegeneral"; a power of two, at most 2 GiB
};

std::vector<std::string> export_formats();

// `chunk-probe export`: what was read of a recorded mount, in a form that others take, given to
// `write` piece by piece. Table "exported", and for blkparse "devices". Errors (usage): those of
// read_trace() and reads_of(), and files that the form cannot tell apart; those of `write`.
Result<result::Document> export_trace(const ExportOptions& options, const mounts::Write& write);

}  // namespace bytepath::chunks
