#include "chunks/trace_import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/descriptor.h"
#include "mounts/log_import.h"
#include "mounts/trace_file.h"
#include "result/document_parts.h"
#include "simulation/oracle_general.h"

namespace bytepath::chunks {
namespace {

using mounts::ImportedLog;
using result::Document;
using result::whole;

constexpr std::string_view oracle_format = "oraclegeneral";

// Nothing: stopped.
using Imported = std::optional<ImportedLog>;

// Its records are objects of a size, not places: each is a file of its own that is read whole.
Result<Imported> import_oracle(const ImportOptions& options, const Progress& progress) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  BYTEPATH_TRY(reader, simulation::OracleReader::open(options.file));
  mounts::ImportBuilder builder;
  ImportedLog log;
  while (true) {
    BYTEPATH_TRY(records, reader.next());
    if (records.empty()) break;
    for (const auto& record : records) {
      const std::uint64_t time = record.seconds * second_ns;
      builder.add(
          {.inode = record.object, .bytes = record.bytes, .begin_ns = time, .end_ns = time});
    }
    log.counts.lines += records.size();
    if (!progress(log.counts.lines, reader.records(), options.file)) return std::nullopt;
  }
  if (builder.requests().empty())
    return fail(ErrorKind::usage, fmt::format("{}: no record in it", options.file), "is it empty?");
  log.trace = builder.take("import.oraclegeneral");
  return log;
}

Result<Imported> import_log(const ImportOptions& options, const mounts::LogFormat& format,
                            const Progress& progress) {
  constexpr std::size_t piece_bytes = std::size_t{1} << 18U;
  const Descriptor file(open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::usage,
                fmt::format("cannot read {}: {}", options.file,
                            file ? "it is a folder" : std::strerror(errno)),
                std::string(format.hint));
  }
  const std::size_t total = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  mounts::LogImport log_import(format);
  std::string piece(piece_bytes, '\0');
  std::size_t done = 0;
  while (true) {
    const ssize_t got = read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", options.file);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
    log_import.add(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    if (!progress(done >> 20U, total >> 20U, options.file)) return std::nullopt;
  }
  BYTEPATH_TRY(log, log_import.finish(options.file));
  return std::move(log);
}

void add_counts(const ImportedLog& log, const mounts::LogFormat* format, Document& document) {
  const auto& counts = log.counts;
  std::uint64_t bytes = 0;
  std::uint64_t failed = 0;
  for (const auto& request : log.trace.requests) {
    bytes += request.replied;
    if (request.error != 0) ++failed;
  }
  document.tables.push_back(
      {.name = "imported",
       .title = "What was imported",
       .columns = {{"lines", ""},
                   {"requests", ""},
                   {"bytes", "B"},
                   {"failed", ""},
                   {"files", ""},
                   {"other_lines", ""},
                   {"wrong_lines", ""},
                   {"time", "ns"}},
       .rows = {{whole(counts.lines), whole(log.trace.requests.size()),
                 whole(std::min<std::uint64_t>(bytes, INT64_MAX)), whole(failed),
                 whole(log.trace.files.size()), whole(counts.others), whole(counts.wrong),
                 static_cast<double>(log.trace.end_ns)}}});
  if (counts.first_wrong != 0) {
    document.not_measured.push_back(
        {.what = fmt::format("{} of {} lines, which are none of {}", counts.wrong, counts.lines,
                             format->name),
         .reason =
             fmt::format("the first is line {}: {}", counts.first_wrong, counts.first_wrong_text),
         .remedy = std::string(format->hint)});
  }
  if (counts.without_place > 0) {
    document.not_measured.push_back(
        {.what = fmt::format("where {} of the reads began", counts.without_place),
         .reason = "their Range is not logged; they are taken to begin at 0",
         .remedy = "log $http_range, as chunk-probe(1) shows"});
  }
}

Result<> write_trace(const std::string& path, mounts::MountTrace& trace) {
  BYTEPATH_TRY(writer, mounts::TraceWriter::create(path, trace));
  return writer.finish(trace);
}

}  // namespace

std::vector<std::string> import_formats() {
  std::vector<std::string> names = {std::string(oracle_format)};
  for (const auto& format : mounts::log_formats()) names.emplace_back(format.name);
  return names;
}

Result<Document> import_trace(const ImportOptions& options, const Progress& progress) {
  const auto formats = mounts::log_formats();
  const auto format = std::ranges::find(formats, options.format, &mounts::LogFormat::name);
  const auto* log_format = format == formats.end() ? nullptr : &*format;
  BYTEPATH_TRY(imported, log_format == nullptr ? import_oracle(options, progress)
                                               : import_log(options, *log_format, progress));
  Document document;
  document.parameters["mode"] = std::string("import");
  document.parameters["file"] = options.file;
  document.parameters["format"] = options.format;
  document.parameters["trace"] = options.output;
  document.complete = imported.has_value();
  if (!imported) return document;
  add_counts(*imported, log_format, document);
  if (auto written = write_trace(options.output, imported->trace); !written)
    return std::unexpected(std::move(written).error());
  return document;
}

}  // namespace bytepath::chunks
