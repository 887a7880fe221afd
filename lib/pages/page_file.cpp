#include "pages/page_file.h"

#include <optional>
#include <utility>

#include "base/text.h"

namespace bytepath::pages {
namespace {

constexpr std::string_view magic = "bytepath-pages ";
constexpr std::uint64_t version = 1;
constexpr std::string_view unit = "page-bytes ";
constexpr std::string_view file_word = "file ";

std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      path += text[i];
      continue;
    }
    ++i;
    if (i == text.size() || (text[i] != 'n' && text[i] != '\\')) return std::nullopt;
    path += text[i] == 'n' ? '\n' : '\\';
  }
  if (path.empty()) return std::nullopt;
  return path;
}

// "12 rest" -> 12 and "rest".
std::optional<std::pair<std::uint64_t, std::string_view>> number_and_rest(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto number = parse_unsigned(line.substr(0, space));
  if (!number) return std::nullopt;
  return std::pair(*number, line.substr(space + 1));
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view name) : rest_(text), name_(name) {}

  Result<std::vector<FilePages>> read() {
    if (auto header = read_header(); !header) return std::unexpected(std::move(header).error());
    while (!rest_.empty()) {
      BYTEPATH_TRY(line, next_line());
      const bool names_file = line.starts_with(file_word);
      auto taken = names_file ? begin_file(line.substr(file_word.size())) : add_run(line);
      if (!taken) return std::unexpected(std::move(taken).error());
    }
    return std::move(files_);
  }

 private:
  std::unexpected<Error> wrong(std::string_view why) const {
    return fail(ErrorKind::usage, fmt::format("cannot read {}: line {}: {}", name_, number_, why));
  }

  Result<std::string_view> next_line() {
    ++number_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return wrong("the file is cut off here");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  Result<> read_header() {
    if (!rest_.starts_with(magic)) {
      return fail(ErrorKind::usage,
                  fmt::format("cannot read {}: not a page file: it does not begin "
                              "with \"bytepath-pages\"",
                              name_));
    }
    BYTEPATH_TRY(first, next_line());
    const auto read_version = parse_unsigned(first.substr(magic.size()));
    if (!read_version || *read_version == 0) return wrong("no version number");
    if (*read_version > version) {
      return wrong(fmt::format("version {} is newer than {}, the newest that is known here",
                               *read_version, version));
    }
    BYTEPATH_TRY(second, next_line());
    if (!second.starts_with(unit) || parse_unsigned(second.substr(unit.size())) != page_bytes)
      return wrong(fmt::format("not \"{}{}\"", unit, page_bytes));
    return {};
  }

  Result<> begin_file(std::string_view line) {
    const auto fields = number_and_rest(line);
    if (!fields) return wrong("not \"file BYTES PATH\"");
    const auto [bytes, text] = *fields;
    auto path = unescaped(text);
    if (!path) return wrong("the path is empty or has an unknown escape");
    if (bytes > max_file_bytes) return wrong("the file is larger than any that is supported");
    if (files_.size() == max_files) return wrong(fmt::format("more than {} files", max_files));
    files_.push_back(
        {.path = std::move(*path), .bytes = bytes, .pages = PageRuns(pages_of(bytes))});
    return {};
  }

  Result<> add_run(std::string_view line) {
    const auto fields = number_and_rest(line);
    const auto count = fields ? parse_unsigned(fields->second) : std::nullopt;
    if (!count || *count == 0) return wrong("not \"FIRST COUNT\"");
    if (files_.empty()) return wrong("pages before the first \"file\" line");
    const PageRun run{.first = fields->first, .count = *count};
    PageRuns& pages = files_.back().pages;
    if (run.first >= pages.size() || run.count > pages.size() - run.first)
      return wrong("the pages are beyond the end of the file");
    const auto& runs = pages.runs();
    const bool follows = runs.empty() || run.first > runs.back().first + runs.back().count;
    if (!follows) return wrong("the pages overlap, adjoin or precede those of the line before");
    pages.append(run);
    return {};
  }

  std::string_view rest_;
  std::string_view name_;
  std::uint64_t number_ = 0;  // of the line read last
  std::vector<FilePages> files_;
};

}  // namespace

PageRuns::operator PageSet() const {
  PageSet set(pages_);
  for (const PageRun& run : runs_) set.insert(run.first, run.count);
  return set;
}

std::string to_text(const std::vector<FilePages>& files) {
  std::string text = fmt::format("{}{}\n{}{}\n", magic, version, unit, page_bytes);
  for (const auto& file : files) {
    text += fmt::format("{}{} {}\n", file_word, file.bytes, escaped(file.path));
    for (const PageRun& run : file.pages.runs())
      text += fmt::format("{} {}\n", run.first, run.count);
  }
  return text;
}

Result<std::vector<FilePages>> from_text(std::string_view text, std::string_view name) {
  return Reader(text, name).read();
}

}  // namespace bytepath::pages
