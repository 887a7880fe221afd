#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mounts/import_builder.h"
#include "mounts/line_feed.h"

// Logs of reads that others write, made a trace of a mount.
namespace bytepath::mounts {

// What a line of a log was.
enum class LogLine {
  read,   // a part of it: where it began, or ended
  other,  // something else that is no read
  wrong   // none of this form, or its numbers cannot be
};

// One form of log. Lines are given one after another.
class LogReader {
 public:
  virtual ~LogReader() = default;
  virtual LogLine take(std::string_view line, ImportBuilder& builder) = 0;
  // After the last line.
  virtual void finish(ImportBuilder&) {}
  // Reads whose place in the file is not logged: taken to be at its begin.
  virtual std::uint64_t without_place() const { return 0; }
};

struct LogFormat {
  std::string_view name;
  std::unique_ptr<LogReader> (*make)();
  std::string_view hint;  // what such a log is, for those who gave another file
};
std::span<const LogFormat> log_formats();

struct LogCounts {
  std::uint64_t lines = 0;
  std::uint64_t others = 0;
  std::uint64_t wrong = 0;
  std::uint64_t without_place = 0;
  std::uint64_t first_wrong = 0;  // its number; 0: none
  std::string first_wrong_text;   // its begin
};

struct ImportedLog {
  MountTrace trace;
  LogCounts counts;
};

// Takes a log piece by piece.
class LogImport {
 public:
  // format is one of log_formats().
  explicit LogImport(const LogFormat& format);
  LogImport(const LogImport&) = delete;
  LogImport& operator=(const LogImport&) = delete;

  void add(std::string_view piece) { lines_.add(piece); }
  // `name` is the file, for the error (usage): there was no read in it.
  Result<ImportedLog> finish(std::string_view name);

 private:
  void take(std::string_view line, bool cut);

  const LogFormat& format_;
  std::unique_ptr<LogReader> reader_;
  ImportBuilder builder_;
  LogCounts counts_;
  LineFeed lines_;
};

}  // namespace bytepath::mounts
