#include "mounts/log_import.h"

#include <array>

#include "base/text.h"
#include "mounts/log_readers.h"

namespace bytepath::mounts {

std::span<const LogFormat> log_formats() {
  static constexpr std::array formats = {
      LogFormat{.name = "csv",
                .make = csv_reader,
                .hint = "the table of requests of chunk-probe export --format csv, whose first "
                        "line names the columns"},
      LogFormat{.name = "blkparse",
                .make = blkparse_reader,
                .hint = "what blkparse prints without -f: device, CPU, number, time, process, "
                        "action, R, sector + sectors"},
      LogFormat{.name = "nbdkit-log",
                .make = nbdkit_reader,
                .hint = "the logfile= of nbdkit --filter=log"},
      LogFormat{.name = "access-log",
                .make = access_log_reader,
                .hint = "lines of the combined log format, or of S3; the manual page has the "
                        "log_format that logs ranges"},
      LogFormat{.name = "juicefs",
                .make = juicefs_reader,
                .hint = "what the .accesslog of a JuiceFS mount gave"},
  };
  return formats;
}

LogImport::LogImport(const LogFormat& format)
    : format_(format),
      reader_(format.make()),
      lines_([this](std::string_view line, bool cut) { take(line, cut); }) {}

void LogImport::take(std::string_view line, bool cut) {
  constexpr std::size_t most_shown = 80;
  ++counts_.lines;
  const bool sound = !cut && line.find('\0') == std::string_view::npos;
  switch (sound ? reader_->take(line, builder_) : LogLine::wrong) {
    case LogLine::read:
      return;
    case LogLine::other:
      ++counts_.others;
      return;
    case LogLine::wrong:
      break;
  }
  ++counts_.wrong;
  if (counts_.first_wrong != 0) return;
  counts_.first_wrong = counts_.lines;
  counts_.first_wrong_text = in_one_line(std::string(line.substr(0, most_shown)));
}

Result<ImportedLog> LogImport::finish(std::string_view name) {
  lines_.finish();
  reader_->finish(builder_);
  counts_.without_place = reader_->without_place();
  if (!builder_.requests().empty()) {
    return ImportedLog{.trace = builder_.take(fmt::format("import.{}", format_.name)),
                       .counts = std::move(counts_)};
  }
  if (counts_.first_wrong != 0) {
    return fail(
        ErrorKind::usage,
        fmt::format("{}: no read in {} lines; line {} is none of {}: {}", name, counts_.lines,
                    counts_.first_wrong, format_.name, counts_.first_wrong_text),
        std::string(format_.hint));
  }
  return fail(ErrorKind::usage, fmt::format("{}: no read in {} lines", name, counts_.lines),
              std::string(format_.hint));
}

}  // namespace bytepath::mounts
