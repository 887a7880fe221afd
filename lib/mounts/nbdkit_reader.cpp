#include <map>

#include "base/text.h"
#include "mounts/log_readers.h"
#include "mounts/log_time.h"

namespace bytepath::mounts {
namespace {

// The only file of a mount by nbdfuse(1) that is given a folder.
constexpr std::string_view disk_path = "/nbd";
constexpr std::int32_t input_output_error = -5;  // EIO: which error it was is not of use here

// "offset=0x1000" out of the fields of a line, as "0x1000".
std::string_view value_of(const std::vector<std::string_view>& fields, std::string_view name) {
  for (const std::string_view field : fields) {
    if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
      return field.substr(name.size() + 1);
  }
  return {};
}

class NbdkitReader : public LogReader {
 public:
  LogLine take(std::string_view line, ImportBuilder& builder) override {
    const auto fields = words(line);
    if (fields.size() < 3) return trim(line).empty() ? LogLine::other : LogLine::wrong;
    const auto time = parse_log_time(fmt::format("{} {}", fields[0], fields[1]));
    if (!time) return LogLine::wrong;
    if (!fields[2].starts_with("connection=") || fields.size() < 4) return LogLine::other;
    const std::string_view action = fields[3];
    if (action == "Connect") {
      const auto bytes = parse_unsigned(value_of(fields, "size"), 16);
      if (bytes && *bytes <= INT64_MAX) builder.grow(builder.file(disk_path), *bytes);
      return LogLine::other;
    }
    const Key key{std::string(fields[2]), std::string(value_of(fields, "id"))};
    if (action == "...Read") return end(key, *time, value_of(fields, "return"), builder);
    if (action != "Read") return LogLine::other;
    const auto offset = parse_unsigned(value_of(fields, "offset"), 16);
    const auto bytes = parse_unsigned(value_of(fields, "count"), 16);
    if (!offset || !bytes) return LogLine::wrong;
    const ImportBuilder::Read read{.inode = builder.file(disk_path),
                                   .offset = *offset,
                                   .bytes = *bytes,
                                   .begin_ns = *time,
                                   .end_ns = *time};
    // nbdkit takes no more than 64 MiB at once; so a read is one request.
    constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20U;
    if (!ImportBuilder::is_possible(read) || read.bytes > most_bytes) return LogLine::wrong;
    waiting_[key] = builder.add(read);
    return LogLine::read;
  }

 private:
  using Key = std::pair<std::string, std::string>;  // connection, id

  LogLine end(const Key& key, std::uint64_t time, std::string_view status, ImportBuilder& builder) {
    const auto waiting = waiting_.find(key);
    if (waiting == waiting_.end()) return LogLine::other;  // it began before the log
    Request& request = builder.request(waiting->second);
    request.end_ns = std::max(request.begin_ns, time);
    if (status != "0") {
      request.error = input_output_error;
      request.replied = 0;
    }
    waiting_.erase(waiting);
    return LogLine::read;
  }

  std::map<Key, std::size_t> waiting_;  // its place among the requests
};

}  // namespace

std::unique_ptr<LogReader> nbdkit_reader() { return std::make_unique<NbdkitReader>(); }

}  // namespace bytepath::mounts
