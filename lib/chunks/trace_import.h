#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"

namespace bytepath::chunks {

struct ImportOptions {
  std::string file;    // a pipe works as well, but not for "oraclegeneral"
  std::string format;  // one of import_formats()
  std::string output;  // the trace that is written
};

std::vector<std::string> import_formats();

// `chunk-probe import`: a trace of a mount out of reads that others logged. Table "imported". Stops
// when progress, which counts MiB, says so: then nothing is written, and the document is not
// complete. Errors: the file cannot be read, or has no read (usage); the trace cannot be written.
Result<result::Document> import_trace(const ImportOptions& options, const Progress& progress);

}  // namespace bytepath::chunks
