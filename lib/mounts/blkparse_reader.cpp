#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "mounts/log_readers.h"
#include "mounts/log_time.h"

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t sector_bytes = 512;

// "8,16" as "/8:16", as /dev/block has it; nothing where it is no device.
std::string device_path(std::string_view text) {
  const auto numbers = split(text, ',');
  if (numbers.size() != 2 || !parse_unsigned(numbers[0]) || !parse_unsigned(numbers[1])) return {};
  return fmt::format("/{}:{}", numbers[0], numbers[1]);
}

// Of a device whose driver queues requests itself there is only when they came (Q), else what was
// sent to it (D), which is a different number of requests where the kernel merged some.
class BlkparseReader : public LogReader {
 public:
  LogLine take(std::string_view line, ImportBuilder& builder) override {
    const auto fields = words(line);
    const std::string path = fields.empty() ? "" : device_path(fields[0]);
    // Behind the events is a summary for each CPU.
    if (path.empty() || fields.size() < 7)
      return is_summary(line) ? LogLine::other : LogLine::wrong;
    const auto time = parse_seconds(fields[3]);
    if (!time) return LogLine::wrong;
    const std::string_view action = fields[5];
    const bool is_read = fields[6].starts_with('R');
    if (!is_read || (action != "Q" && action != "D" && action != "C")) return LogLine::other;
    if (fields.size() < 10 || fields[8] != "+") return LogLine::other;  // a command of its own
    const auto sector = parse_unsigned(fields[7]);
    const auto sectors = parse_unsigned(fields[9]);
    if (!sector || !sectors || *sector > INT64_MAX / sector_bytes ||
        *sectors > ImportBuilder::most_bytes / sector_bytes)
      return LogLine::wrong;
    ImportBuilder::Read read{.inode = builder.file(path),
                             .offset = *sector * sector_bytes,
                             .bytes = *sectors * sector_bytes,
                             .begin_ns = *time,
                             .end_ns = *time};
    if (!ImportBuilder::is_possible(read)) return LogLine::wrong;
    const auto process = parse_unsigned(fields[4]);
    if (process && *process <= UINT32_MAX) read.process = static_cast<std::uint32_t>(*process);
    const Key key{read.inode, *sector, *sectors};
    if (action == "C") {
      complete(key, *time);
    } else {
      auto& log = action == "D" ? sent_ : queued_;
      log.waiting[key].push_back(log.reads.size());
      log.reads.push_back(read);
    }
    return LogLine::read;
  }

  void finish(ImportBuilder& builder) override {
    std::set<std::uint64_t> has_sent;
    for (const auto& read : sent_.reads) {
      has_sent.insert(read.inode);
      builder.add(read);
    }
    for (const auto& read : queued_.reads) {
      if (!has_sent.contains(read.inode)) builder.add(read);
    }
  }

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;  // inode, sector, sectors
  struct Log {
    std::vector<ImportBuilder::Read> reads;
    std::map<Key, std::deque<std::size_t>> waiting;  // places in reads
  };

  static bool is_summary(std::string_view line) {
    static constexpr std::string_view begins[] = {"CPU",        "Total",  " ",
                                                  "Throughput", "Events", "Skips"};
    if (trim(line).empty()) return true;
    return std::ranges::any_of(begins,
                               [&](std::string_view begin) { return line.starts_with(begin); });
  }

  void complete(const Key& key, std::uint64_t time) {
    for (Log* log : {&sent_, &queued_}) {
      const auto waiting = log->waiting.find(key);
      if (waiting == log->waiting.end()) continue;
      log->reads[waiting->second.front()].end_ns = time;
      waiting->second.pop_front();
      if (waiting->second.empty()) log->waiting.erase(waiting);
    }
  }

  Log queued_;
  Log sent_;
};

}  // namespace

std::unique_ptr<LogReader> blkparse_reader() { return std::make_unique<BlkparseReader>(); }

}  // namespace bytepath::mounts
