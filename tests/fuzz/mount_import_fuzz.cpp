// Any text as each kind of log and as each kind of list, the latter scored against the former.
#include <cstdlib>

#include "chunks/prefetch_score.h"
#include "mounts/log_import.h"
#include "mounts/prefetch_list.h"
#include "mounts/request_csv.h"
#include "mounts/trace_file.h"

namespace {

using namespace bytepath;
using namespace bytepath::mounts;

std::string csv_of(const MountTrace& trace) {
  const auto reads = reads_of(trace, {.everyone = true}, true, "t");
  if (!reads) std::abort();  // an import without one is an error
  std::string text;
  const auto written =
      write_csv(*reads, FileTable(trace), trace.begin_ns, [&](std::string_view piece) -> Result<> {
        text += piece;
        return {};
      });
  if (!written) std::abort();
  return text;
}

void check_trace(const MountTrace& trace, std::size_t size) {
  // A line has no more than a read of 64 GiB.
  if (trace.requests.size() > size) std::abort();
  const std::string csv = csv_of(trace);
  const auto formats = log_formats();
  LogImport again(formats.front());
  again.add(csv);
  const auto log = again.finish("csv");
  if (!log || csv_of(log->trace) != csv) std::abort();
}

void check_score(std::string_view bytes, const MountTrace& trace) {
  for (const auto& row : list_formats()) {
    const auto list = list_from_bytes(bytes, row.format, "list");
    const auto uses = touches_of(trace, {.everyone = true}, "t");
    if (!list || !uses) continue;
    const auto score = chunks::score_list(*list, *uses, trace);
    if (!score) continue;
    if (score->all.ready > score->all.used || score->all.ready > score->all.listed) std::abort();
    if (score->all.ready_requests > score->all.requests) std::abort();
    if (score->for_half > score->for_most && score->for_most) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& format : log_formats()) {
    LogImport log(format);
    log.add(bytes.substr(0, size / 2));
    log.add(bytes.substr(size / 2));
    const auto imported = log.finish("input");
    if (!imported) {
      if (imported.error().kind != ErrorKind::usage) std::abort();
      if (imported.error().message.find('\n') != std::string::npos) std::abort();
      continue;
    }
    check_trace(imported->trace, size);
    check_score(bytes, imported->trace);
  }
  const auto list = list_from_bytes(bytes, std::nullopt, "list");
  if (!list && list.error().message.find('\n') != std::string::npos) std::abort();
  return 0;
}
