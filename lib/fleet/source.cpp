#include "fleet/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"
#include "fleet/lean_json.h"

namespace bytepath::fleet {
namespace {

namespace files = std::filesystem;

constexpr std::size_t most_bytes = 64U << 20;  // of a document

class Reader {
 public:
  explicit Reader(const Take& take) : take_(take) {}

  // False when no more is wanted.
  bool document(std::string_view text, std::string source) {
    auto read = read_lean(text, source);
    if (!read) {
      broken(std::move(source), read.error());
      return true;
    }
    ++reading_.documents;
    return take_(*std::move(read), std::move(source));
  }

  void broken(std::string source, const Error& error) {
    ++reading_.broken;
    if (reading_.examples.size() >= most_examples) return;
    std::string reason = in_one_line(error.message);
    // The table has the source in a column of its own.
    if (reason.starts_with(source + ": ")) reason.erase(0, source.size() + 2);
    reading_.examples.push_back({.source = std::move(source), .reason = std::move(reason)});
  }

  Reading reading() && { return std::move(reading_); }

 private:
  const Take& take_;
  Reading reading_;
};

Result<std::vector<std::string>> files_below(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  const auto options = files::directory_options::skip_permission_denied;
  files::recursive_directory_iterator at(folder, options, error);
  for (; !error && at != files::recursive_directory_iterator(); at.increment(error)) {
    const auto suffix = at->path().extension();
    if (suffix != ".json" && suffix != ".ndjson") continue;
    std::error_code ignored;
    if (at->is_regular_file(ignored)) paths.push_back(at->path().string());
  }
  if (error) {
    return fail(ErrorKind::usage, fmt::format("cannot read {}: {}", folder, error.message()),
                "give the folder in which the fleet's documents are, or - for NDJSON");
  }
  std::ranges::sort(paths);
  return paths;
}

// The lines of an NDJSON file, read as they come.
class Lines {
 public:
  Lines(Reader& reader, std::string_view name) : reader_(reader), name_(name) {}

  // False when no more is wanted.
  bool add(std::string_view piece) {
    std::size_t begin = 0;
    for (auto end = piece.find('\n'); end != std::string_view::npos;
         end = piece.find('\n', begin)) {
      if (!end_line(piece.substr(begin, end - begin))) return false;
      begin = end + 1;
    }
    hold(piece.substr(begin));
    return true;
  }

  // The last line need not end.
  bool finish() { return (held_.empty() && !too_long_) || end_line({}); }

 private:
  void hold(std::string_view part) {
    too_long_ = too_long_ || held_.size() + part.size() > most_bytes;
    if (too_long_) {
      held_.clear();
    } else {
      held_ += part;
    }
  }

  bool end_line(std::string_view rest) {
    std::string source = fmt::format("{}:{}", name_, ++number_);
    hold(rest);
    const std::string line = std::exchange(held_, {});
    if (std::exchange(too_long_, false)) {
      reader_.broken(std::move(source), {.message = "the line is longer than 64 MiB"});
      return true;
    }
    return trim(line).empty() || reader_.document(line, std::move(source));
  }

  Reader& reader_;
  std::string_view name_;
  std::string held_;  // the beginning of a line
  std::size_t number_ = 0;
  bool too_long_ = false;  // what is held of the line is dropped, and its end looked for
};

Result<bool> lines_of(Reader& reader, int descriptor, std::string_view name) {
  Lines lines(reader, name);
  std::string piece(std::size_t{1} << 20, '\0');
  while (true) {
    const ssize_t got = ::read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", name);
    if (got == 0) return lines.finish();
    if (!lines.add(std::string_view(piece).substr(0, static_cast<std::size_t>(got)))) return false;
  }
}

// A file that cannot be read is one broken document; the others are read.
bool read_file_into(Reader& reader, const std::string& path, std::string source) {
  if (!path.ends_with(".ndjson")) {
    const auto text = read_file(path, most_bytes);
    if (text) return reader.document(*text, std::move(source));
    reader.broken(std::move(source), text.error());
    return true;
  }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Result<bool> read = file ? lines_of(reader, file.get(), source)
                           : Result<bool>(fail_errno(errno, "cannot open {}", path));
  if (read) return *read;
  reader.broken(std::move(source), read.error());
  return true;
}

}  // namespace

Result<result::Document> read_lean(std::string_view text, std::string_view name) {
  return result::from_json(lean_json(text), name);
}

Result<Reading> read_folder(const std::string& folder, const Take& take) {
  BYTEPATH_TRY(paths, files_below(folder));
  Reader reader(take);
  for (const auto& path : paths) {
    std::string source = files::path(path).lexically_relative(folder).string();
    if (!read_file_into(reader, path, std::move(source))) break;
  }
  return std::move(reader).reading();
}

Result<Reading> read_lines(int descriptor, std::string_view name, const Take& take) {
  Reader reader(take);
  BYTEPATH_TRY(all, lines_of(reader, descriptor, name));
  (void)all;
  return std::move(reader).reading();
}

}  // namespace bytepath::fleet
