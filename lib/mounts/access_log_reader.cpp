#include "base/text.h"
#include "mounts/file_path.h"
#include "mounts/log_readers.h"
#include "mounts/log_time.h"

namespace bytepath::mounts {
namespace {

// A line as words, some of which were within quotes.
struct Word {
  std::string_view text;
  bool quoted = false;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> all;
  while (true) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return all;
    line.remove_prefix(begin);
    const bool quoted = line.front() == '"';
    if (quoted) line.remove_prefix(1);
    const auto end = std::min(line.find(quoted ? '"' : ' '), line.size());
    all.push_back({.text = line.substr(0, end), .quoted = quoted});
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t bytes = UINT64_MAX;  // to the end
};

// "bytes=4096-8191" or "bytes=4096-". A range from the end, or several, have no place that is
// known.
std::optional<Range> range_of(std::string_view text) {
  constexpr std::string_view unit = "bytes=";
  if (!text.starts_with(unit)) return std::nullopt;
  text.remove_prefix(unit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_unsigned(text.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash + 1 == text.size()) return Range{.first = *first};
  const auto last = parse_unsigned(text.substr(dash + 1));
  if (!last || *last < *first || *last == UINT64_MAX) return std::nullopt;
  return Range{.first = *first, .bytes = *last - *first + 1};
}

// What stands behind the status: of the combined format the bytes, and where they were added to it
// the range, the time in seconds with a point and the seconds it took; of S3 an error code, bytes,
// the object's size and milliseconds.
struct Answer {
  std::optional<std::uint64_t> bytes;
  std::uint64_t took_ns = 0;
  std::optional<std::uint64_t> end_ns;
  std::optional<Range> range;
  bool has_range = false;
};

Answer answer_of(std::span<const Word> behind_status) {
  constexpr std::size_t plain_words_of_s3 = 4;
  constexpr std::uint64_t millisecond_ns = 1'000'000;
  constexpr std::uint64_t long_ago_ns = 1'000'000'000'000'000'000;  // 2001: no time that it took
  Answer answer;
  std::size_t plain = 0;
  while (plain < behind_status.size() && !behind_status[plain].quoted) ++plain;
  const bool of_s3 = plain >= plain_words_of_s3;
  if (plain > 0) answer.bytes = parse_unsigned(behind_status[of_s3 ? 1 : 0].text);
  if (of_s3) {
    const auto took = parse_unsigned(behind_status[3].text);
    if (took && *took <= UINT32_MAX) answer.took_ns = *took * millisecond_ns;
    return answer;
  }
  for (const Word& word : behind_status.subspan(std::min(plain, behind_status.size()))) {
    if (word.quoted && word.text.starts_with("bytes=")) {
      answer.has_range = true;
      answer.range = range_of(word.text);
    }
    if (word.quoted || word.text.find('.') == std::string_view::npos) continue;
    const auto time = parse_seconds(word.text);
    if (!time) continue;
    if (*time > long_ago_ns) {
      answer.end_ns = time;
    } else {
      answer.took_ns = *time;
    }
  }
  return answer;
}

class AccessLogReader : public LogReader {
 public:
  LogLine take(std::string_view line, ImportBuilder& builder) override {
    if (trim(line).empty()) return LogLine::other;
    const auto open = line.find('[');
    const auto close = line.find(']', std::min(open, line.size()));
    if (close == std::string_view::npos) return LogLine::wrong;
    const auto logged = parse_access_time(line.substr(open + 1, close - open - 1));
    const auto all = words_of(line.substr(close + 1));
    std::size_t request = 0;
    while (request < all.size() && !all[request].quoted) ++request;
    if (!logged || request + 2 > all.size()) return LogLine::wrong;
    const auto status = parse_unsigned(all[request + 1].text);
    if (!status) return LogLine::wrong;
    constexpr std::uint64_t ok = 200;
    constexpr std::uint64_t partial = 206;
    const auto parts = words(all[request].text);
    if ((*status != ok && *status != partial) || parts.size() < 2 || parts[0] != "GET")
      return LogLine::other;
    const Answer answer = answer_of(std::span(all).subspan(request + 2));
    if (!answer.bytes) return LogLine::wrong;
    // A 200 is the whole file whatever was asked.
    return add(parts[1], *status == partial, *answer.bytes, answer, answer.end_ns.value_or(*logged),
               builder)
               ? LogLine::read
               : LogLine::wrong;
  }

  std::uint64_t without_place() const override { return without_place_; }

 private:
  bool add(std::string_view target, bool partial, std::uint64_t sent, const Answer& answer,
           std::uint64_t end_ns, ImportBuilder& builder) {
    // The query may hold a secret.
    const std::string_view raw = target.substr(0, target.find('?'));
    if (!is_possible_path(raw)) return false;
    if (partial && answer.has_range && !answer.range) return false;
    const Range range = partial && answer.range ? *answer.range : Range{};
    ImportBuilder::Read read{.inode = 0,
                             .offset = range.first,
                             .bytes = std::min(range.bytes, sent),
                             .begin_ns = end_ns - std::min(end_ns, answer.took_ns),
                             .end_ns = end_ns};
    if (!ImportBuilder::is_possible(read)) return false;
    read.inode = builder.file(clean_path(raw));
    if (!partial) builder.grow(read.inode, read.bytes);
    if (partial && !answer.has_range) ++without_place_;
    builder.add(read);
    return true;
  }

  std::uint64_t without_place_ = 0;
};

}  // namespace

std::unique_ptr<LogReader> access_log_reader() { return std::make_unique<AccessLogReader>(); }

}  // namespace bytepath::mounts
