#pragma once
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"

// Does a remedy help on this host? The only proof is a new process that runs under it.
namespace bytepath::copy {

// Runs this program once as it is and once under each remedy, with few measurements, and adds the
// table "remedy_trials": was the setting accepted (seen in the C library's own thresholds and
// chosen variant), how slow memcpy's worst size was before and is now, and whether it helps.
// `libc_path`, when not empty, is another C library to try: a dynamic loader, or a folder that
// holds one. Error: the program cannot be run again, or libc_path holds no loader.
Result<> try_remedies(result::Document& document, const std::string& libc_path,
                      const Progress& progress);

}  // namespace bytepath::copy
