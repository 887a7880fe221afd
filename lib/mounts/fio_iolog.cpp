#include "mounts/fio_iolog.h"

#include <map>

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t microsecond_ns = 1000;

// fio reads words of at most 255 characters.
bool is_word(std::string_view name) {
  constexpr std::size_t longest = 255;
  return name.size() <= longest && name.find_first_of(" \t\n\r\v\f") == std::string_view::npos;
}

}  // namespace

Result<FioIolog> write_fio(const Reads& reads, const FileTable& files, std::uint64_t begin_ns,
                           std::string_view folder, const Write& write) {
  FioIolog log;
  std::map<FileId, std::string> opened;
  std::uint64_t now = 0;
  Piecewise out(write);
  out.text = "fio version 3 iolog\n";
  for (const Request* request : reads.requests) {
    const ByteRange range = range_of(*request);
    if (range.bytes() == 0) continue;
    const File* file = files.find(*request);
    const std::string name =
        file == nullptr || file->path.empty() ? "" : std::string(folder) + file->path;
    if (name.empty() || !is_word(name)) {
      ++log.unnamed_reads;
      continue;
    }
    now = time_since(request->begin_ns, begin_ns) / microsecond_ns;
    if (opened.emplace(file->id, name).second)
      fmt::format_to(std::back_inserter(out.text), "{0} {1} add\n{0} {1} open\n", now, name);
    fmt::format_to(std::back_inserter(out.text), "{} {} read {} {}\n", now, name, range.first,
                   range.bytes());
    ++log.reads;
    if (auto written = out.step(); !written) return std::unexpected(std::move(written).error());
  }
  for (const auto& [file, name] : opened)
    fmt::format_to(std::back_inserter(out.text), "{} {} close\n", now, name);
  if (auto written = out.finish(); !written) return std::unexpected(std::move(written).error());
  return log;
}

}  // namespace bytepath::mounts
