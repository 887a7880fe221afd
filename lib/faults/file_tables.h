#pragma once
#include <span>
#include <string>

#include "faults/file_record.h"
#include "faults/touch_curve.h"
#include "result/document.h"

// The tables and maps that all of fault-probe's reports share: the same parts of a model, with the
// columns that the run knows of.
namespace bytepath::faults {

// "files": one row a file, with the three figures side by side: faults x 4 KiB (what people quote),
// mapped (the upper bound), touched (exact).
void add_files_table(result::Document& document, std::span<const FileRecord> records);

// "tensors", "layers" and, where there are experts, "experts". A long list is for programs (no
// title); then "top_tensors" holds those that cost or were touched most. Each has a table for
// programs beside it, "tensors_by_class" and so on, where faults were counted.
struct PartOptions {
  bool all_tensors_shown = false;  // whatever their number, with type, shape and offset
};
void add_part_tables(result::Document& document, std::span<const FileRecord> records,
                     const PartOptions& options = {});

// "strip", one heat map a file: what part of each stretch of the file was touched, mapped, cached.
void add_strips(result::Document& document, std::span<const FileRecord> records);

// A series: how many bytes by when.
struct CurveNames {
  const char* name;
  const char* title;
};
void add_curve(result::Document& document, std::span<const TouchCurve::Step> steps,
               const CurveNames& names);

// "touched_bytes", "mapped_bytes", "faults", "faults_times_page_bytes", "read_bytes", "fault_time"
// for each file, labelled with it.
void add_file_metrics(result::Document& document, std::span<const FileRecord> records);

}  // namespace bytepath::faults
