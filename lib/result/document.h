#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "stats/histogram.h"

// What every probe returns, every renderer reads and every rule judges: plain data. The JSON form
// is described in bytepath-result(5); the names here and there are the same.
namespace bytepath::result {

// A cell of a table, a parameter or a piece of evidence. monostate is "n/a" (JSON null).
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
using Record = std::map<std::string, Value>;
using Labels = std::map<std::string, std::string>;

enum class Better { lower, higher, none };
enum class Severity { note, warning, finding };

// A number with the interval that holds its median with about 95 % confidence.
struct Metric {
  std::string name;
  Labels labels;
  std::string unit;
  Better better = Better::none;
  double median = 0;
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
  std::vector<double> samples;  // raw, in the order measured; at most max_samples are kept
  // Metrics of one name with a title are drawn in one chart, each sample a dot and each metric's
  // median with its interval; without one they are numbers in a table.
  std::string title;
};

struct Point {
  double x = 0;
  double median = 0;
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
};

// A place on the x axis that has a name, such as where a cache ends.
struct Mark {
  double at = 0;  // in the x axis' unit
  std::string text;
};

// Series of the same name are drawn in one chart and told apart by their labels. An empty title
// means data for programs: in JSON and CSV, not drawn for people.
struct Series {
  std::string name;
  Labels labels;
  std::string title;
  std::string x_label;
  std::string x_unit;
  std::string unit;
  bool x_log = false;
  bool y_log = false;
  std::vector<Point> points;  // x ascending
  std::vector<Mark> marks;
};

// values[row][column] belongs to y[row], x[column]; NaN is a cell that was not measured. Colours go
// from the smallest value to the largest, those of "percent" from 0 to 100.
struct HeatMap {
  std::string name;
  Labels labels;
  std::string title;
  std::string x_label;
  std::string y_label;
  std::string unit;
  bool log = false;  // colours follow the logarithm
  std::vector<double> x;
  std::vector<double> y;
  std::vector<std::string> y_names;  // where rows are things and not numbers; else empty
  std::vector<std::vector<double>> values;
};

struct Column {
  std::string name;  // snake_case; people see it with spaces
  std::string unit;  // "B" and "ns" are scaled for people; "" for text and plain numbers
  // Above 0: a number of this column is drawn as a bar too, which this value fills.
  double bar = 0;
};

// Rows that are each something which took time are drawn as bars over time too. All are names of
// columns.
struct TimeBars {
  std::string begin;   // numbers of one unit
  std::string length;  // of the same
  std::string lane;    // whole numbers from 0: bars of one lane do not overlap
  std::string kind;    // text, which a colour stands for
};

struct Table {
  std::string name;
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows;  // each as long as columns
  std::optional<TimeBars> time_bars;
};

// How a time was distributed: data for programs, and what can be merged over many hosts. Its
// percentiles are in a table.
struct Distribution {
  std::string name;
  Labels labels;
  std::string unit;
  stats::Histogram histogram;
};

struct Remedy {
  std::string text;
  std::string command;           // exact for this host, or empty
  std::optional<bool> verified;  // measured to help, measured not to help, or not tried
  bool operator==(const Remedy&) const = default;
};

struct Finding {
  std::string id;  // stable: "memcpy.rep-movsb.slow-offset"
  Severity severity = Severity::note;
  std::string text;
  Record evidence;
  std::vector<Remedy> remedies;  // best first
};

struct NotMeasured {
  std::string what;
  std::string reason;
  std::string remedy;  // what would enable it, or empty
};

struct Cpu {
  std::string vendor;
  std::uint64_t family = 0;
  std::uint64_t model = 0;
  std::uint64_t stepping = 0;
  std::string brand;
  std::string microarchitecture;
  std::string microcode;
  std::map<std::string, bool> features;
};

struct Host {
  Cpu cpu;
  std::string kernel;
  std::string libc;
  std::string hypervisor;     // empty on bare metal
  std::string machine_hash;   // equal: times may be compared
  std::string software_hash;  // equal: counts may be compared
};

// The answer in one line that a person can quote.
struct Verdict {
  std::string state;  // the tool's word: "affected", "not-affected", "not-known", "ready"...
  std::string text;
};

struct Document {  // NOLINT(misc-no-recursion): parts have no parts
  static constexpr std::string_view schema = "bytepath.result";
  static constexpr int schema_major = 1;
  static constexpr int schema_minor = 2;

  std::string tool;
  std::string tool_version;
  std::string started;  // ISO 8601, UTC
  std::vector<std::string> arguments;
  bool complete = true;  // false: interrupted, holds what was measured until then
  Host host;
  Record parameters;
  Verdict verdict;
  std::vector<Metric> metrics;
  std::vector<Series> series;
  std::vector<HeatMap> heatmaps;
  std::vector<Distribution> histograms;
  std::vector<Table> tables;
  std::vector<Finding> findings;
  std::vector<NotMeasured> not_measured;
  // The documents that this one is made of, such as those of one host; they have no parts. Their
  // findings are in `findings` too, so that --fail-on knows them.
  std::vector<Document> parts;
};

inline constexpr std::size_t max_samples = 4096;

std::string to_json(const Document& document);

// The same in one line with its newline, so that documents of many hosts are put together by cat
// and read by whatever reads JSON a line (NDJSON).
std::string to_json_line(const Document& document);

// Reads what to_json wrote, of this or an older minor version. `name` is the file, for the error.
// A wrong shape, a newer major version or a row of the wrong length is an error, never a crash.
Result<Document> from_json(std::string_view text, std::string_view name);

}  // namespace bytepath::result
