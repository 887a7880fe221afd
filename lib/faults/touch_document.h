#pragma once
#include <span>
#include <string>
#include <vector>

#include "faults/file_record.h"
#include "faults/page_recorder.h"
#include "faults/touch_curve.h"
#include "intercept/intercept.h"
#include "pages/page_file.h"
#include "result/document.h"

namespace bytepath::faults {

struct TouchFacts {
  std::string subject;  // the command line
  intercept::Outcome outcome;
  std::vector<PageRecorder::Flaw> flaws;
  std::vector<TouchCurve::Step> curve;  // empty: faults could not be traced
};

// `fault-probe touch` as a document. Times are left out: under Policy::exact every page is a fault.
result::Document touch_document(std::span<const FileRecord> records, const TouchFacts& facts);

// For --pages; the paths are absolute.
std::vector<pages::FilePages> page_files(std::span<const FileRecord> records);
// The reverse: sets what was touched of a file of the same path and size.
void take_touched(FileRecord& record, std::span<const pages::FilePages> files);

// "layer,expert,pages" with a line for each expert, also those that were not touched. A page counts
// for the expert that holds its middle. Error (usage): see check_one_with_experts().
Result<std::string> experts_csv(std::span<const FileRecord> records);
// Error (usage): several models have experts, and a layer of one is not that of another.
Result<> check_one_with_experts(std::span<const WatchedFile> files);

}  // namespace bytepath::faults
