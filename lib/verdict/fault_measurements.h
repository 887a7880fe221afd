#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result/document.h"

// A view of fault-probe's document for its rules. A saved document may hold anything: what is
// missing is nothing.
namespace bytepath::verdict {

// From this part of the wall time on, in percent, faults are worth a remedy.
inline constexpr double noticeable_fault_share = 5;

struct FileFaults {
  std::string file;  // in one line
  double bytes = 0;
  std::optional<double> faults;
  std::optional<double> touched;  // bytes, as all below
  std::optional<double> mapped;
  std::optional<double> read;
  std::optional<double> read_again;  // came into the page cache after it had been there in the run
};
// By the metric "file_bytes": every file of the report.
std::vector<FileFaults> file_faults(const result::Document& document);

struct ClassFaults {
  std::string name;
  double faults = 0;
  double time_ns = 0;
};
std::vector<ClassFaults> class_faults(const result::Document& document);
// 0 faults where there is no such class.
ClassFaults class_named(const result::Document& document, std::string_view name);

// A row of the table "calls": all calls of one name on one file.
struct FileCalls {
  std::string call;
  std::string file;  // in one line
  double bytes = 0;  // as asked for
};
std::vector<FileCalls> file_calls(const result::Document& document);
// In calls on the files of the report, over all threads.
double call_time_ns(const result::Document& document);
// Of the run's wall time, in percent.
double call_share(const result::Document& document);

// The median of the first metric of that name; with `file` not empty, of that file.
std::optional<double> metric_of(const result::Document& document, std::string_view name,
                                std::string_view file = {});

// "1.09 GiB", "12.3 %".
std::string size_text(double bytes);
std::string share_text(double part, double whole);

}  // namespace bytepath::verdict
