#include <map>
#include <set>

#include "base/text.h"
#include "mounts/file_path.h"
#include "mounts/log_readers.h"
#include "mounts/reads.h"
#include "mounts/request_csv.h"

namespace bytepath::mounts {
namespace {

// The fields of a record, or nothing while a quote is open.
std::optional<std::vector<std::string>> fields_of(std::string_view record) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (c == '"') {
      if (quoted && i + 1 < record.size() && record[i + 1] == '"') {
        fields.back() += c;
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return std::nullopt;
  return fields;
}

std::optional<std::uint16_t> flags_of(std::string_view text) {
  std::uint16_t flags = 0;
  for (const std::string_view word : split(text, '+')) {
    if (word == "target") {
      flags |= Request::target;
    } else if (word == "background") {
      flags |= Request::background;
    } else if (word == "direct") {
      flags |= Request::direct;
    } else {
      return std::nullopt;
    }
  }
  return flags;
}

class CsvReader : public LogReader {
 public:
  LogLine take(std::string_view line, ImportBuilder& builder) override {
    if (pending_.empty() && trim(line).empty()) return LogLine::other;
    if (!pending_.empty()) pending_ += '\n';
    pending_ += line;
    const auto fields = fields_of(pending_);
    if (!fields) {
      // A path of several lines; a quote that nobody closes must not eat the file.
      if (pending_.size() < LineFeed::longest_line) return LogLine::read;
      pending_.clear();
      return LogLine::wrong;
    }
    pending_.clear();
    if (columns_.empty()) return take_columns(*fields);
    return take_record(*fields, builder) ? LogLine::read : LogLine::wrong;
  }

 private:
  LogLine take_columns(const std::vector<std::string>& fields) {
    std::map<std::string, std::size_t, std::less<>> columns;
    for (std::size_t i = 0; i < fields.size(); ++i) columns.emplace(trim(fields[i]), i);
    const bool place = columns.contains("offset") && columns.contains("length");
    const bool file = columns.contains("path") || columns.contains("inode");
    if (!place || !file || !columns.contains("time_ns")) return LogLine::wrong;
    columns_ = std::move(columns);
    width_ = fields.size();
    return LogLine::other;
  }

  // A column that is not there has the value that is already in `number`.
  template <class Number>
  bool read(const std::vector<std::string>& fields, std::string_view name, Number& number) const {
    const auto column = columns_.find(name);
    if (column == columns_.end()) return true;
    std::string_view text = fields[column->second];
    const bool negative = std::is_signed_v<Number> && text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto value = parse_unsigned(text);
    if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<Number>::max()))
      return false;
    const auto magnitude = static_cast<Number>(*value);
    number = negative ? static_cast<Number>(0 - magnitude) : magnitude;
    return true;
  }

  bool take_record(const std::vector<std::string>& fields, ImportBuilder& builder) {
    if (fields.size() != width_) return false;
    Request request{
        .device = ImportBuilder::device, .opcode = read_opcode, .flags = Request::target};
    std::uint64_t latency = 0;
    const bool numbers =
        read(fields, "time_ns", request.begin_ns) && read(fields, "latency_ns", latency) &&
        read(fields, "device", request.device) && read(fields, "inode", request.inode) &&
        read(fields, "node", request.node) && read(fields, "offset", request.offset) &&
        read(fields, "length", request.size) && read(fields, "error", request.error) &&
        read(fields, "process", request.process) && read(fields, "thread", request.thread) &&
        read(fields, "daemon_process", request.daemon_process) &&
        read(fields, "daemon_thread", request.daemon_thread);
    request.replied = request.error == 0 ? request.size : 0;
    if (!numbers || !read(fields, "replied", request.replied)) return false;
    if (latency > UINT64_MAX - request.begin_ns || request.offset > INT64_MAX - UINT32_MAX)
      return false;
    request.end_ns = request.begin_ns + latency;
    if (const auto column = columns_.find("flags"); column != columns_.end()) {
      const auto flags = flags_of(fields[column->second]);
      if (!flags) return false;
      request.flags = *flags;
    }
    if (const auto column = columns_.find("path"); column != columns_.end()) {
      const std::string& path = fields[column->second];
      if (!path.empty() && !is_possible_path(path)) return false;
      if (!path.empty()) name_file(clean_path(path), request, builder);
    }
    builder.requests().push_back(request);
    return true;
  }

  void name_file(const std::string& path, Request& request, ImportBuilder& builder) {
    if (request.inode == 0 && request.node == 0) {
      request.inode = builder.file(path);
      return;
    }
    const FileId id{.device = request.device,
                    .inode = request.inode != 0 ? request.inode : request.node};
    if (!named_.insert(id).second) return;
    builder.files().push_back({.id = id, .node = request.node, .bytes = 0, .path = path});
  }

  std::string pending_;
  std::map<std::string, std::size_t, std::less<>> columns_;  // empty: the first line is to come
  std::size_t width_ = 0;
  std::set<FileId> named_;
};

}  // namespace

std::unique_ptr<LogReader> csv_reader() { return std::make_unique<CsvReader>(); }

}  // namespace bytepath::mounts
