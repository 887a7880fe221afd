#include "mounts/request_csv.h"

namespace bytepath::mounts {
namespace {

void append_text(std::string_view text, std::string& to) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    to += text;
    return;
  }
  to += '"';
  for (const char c : text) {
    if (c == '"') to += '"';
    to += c;
  }
  to += '"';
}

std::string flags_text(std::uint16_t flags) {
  std::string text;
  const auto add = [&](std::uint16_t flag, std::string_view word) {
    if ((flags & flag) == 0) return;
    if (!text.empty()) text += '+';
    text += word;
  };
  add(Request::target, "target");
  add(Request::background, "background");
  add(Request::direct, "direct");
  return text;
}

}  // namespace

Result<> write_csv(const Reads& reads, const FileTable& files, std::uint64_t begin_ns,
                   const Write& write) {
  Piecewise out(write);
  out.text = csv_columns;
  out.text += '\n';
  for (const Request* request : reads.requests) {
    const File* file = files.find(*request);
    fmt::format_to(std::back_inserter(out.text), "{},{},", time_since(request->begin_ns, begin_ns),
                   request->inode);
    if (file != nullptr) append_text(file->path, out.text);
    fmt::format_to(std::back_inserter(out.text), ",{},{},{},{},{},{},{},{},{},{},{},{}\n",
                   request->offset, request->size, time_since(request->end_ns, request->begin_ns),
                   request->replied, request->error, request->device, request->node,
                   request->process, request->thread, request->daemon_process,
                   request->daemon_thread, flags_text(request->flags));
    if (auto written = out.step(); !written) return written;
  }
  return out.finish();
}

}  // namespace bytepath::mounts
