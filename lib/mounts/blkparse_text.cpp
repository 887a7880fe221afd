#include "mounts/blkparse_text.h"

#include <algorithm>
#include <map>

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t sector_bytes = 512;
constexpr std::uint64_t second_ns = 1'000'000'000;

struct Event {
  std::uint64_t time_ns;
  const Request* request;
  std::size_t device;
  bool answer;
};

void append(const Event& event, std::size_t number, std::string& to) {
  const Request& request = *event.request;
  const ByteRange range = range_of(request);
  const std::uint64_t sector = range.first / sector_bytes;
  const std::uint64_t end = (range.end + sector_bytes - 1) / sector_bytes;
  const bool ahead = (request.flags & Request::background) != 0;
  fmt::format_to(std::back_inserter(to),
                 "{:3},{:<3} {:2} {:8} {:5}.{:09} {:5} {:>2} {:>3} {} + {} [{}]\n", 0, event.device,
                 0, number, event.time_ns / second_ns, event.time_ns % second_ns,
                 event.answer ? 0 : request.process, event.answer ? "C" : "D", ahead ? "RA" : "R",
                 sector, end - sector, event.answer ? 0 : request.thread);
}

}  // namespace

Result<BlkparseDevices> write_blkparse(const Reads& reads, const FileTable& files,
                                       std::uint64_t begin_ns, const Write& write) {
  BlkparseDevices devices;
  std::map<FileId, std::size_t> numbers;
  std::vector<Event> events;
  for (const Request* request : reads.requests) {
    if (range_of(*request).bytes() == 0) continue;
    const FileId file = files.id_of(*request);
    const auto [number, is_new] = numbers.emplace(file, devices.files.size() + 1);
    if (is_new) devices.files.push_back(file);
    const std::uint64_t sent = time_since(request->begin_ns, begin_ns);
    const std::uint64_t answered = std::max(sent, time_since(request->end_ns, begin_ns));
    events.push_back(
        {.time_ns = sent, .request = request, .device = number->second, .answer = false});
    events.push_back(
        {.time_ns = answered, .request = request, .device = number->second, .answer = true});
  }
  std::ranges::stable_sort(events, {}, &Event::time_ns);
  Piecewise out(write);
  std::size_t number = 0;
  for (const Event& event : events) {
    append(event, ++number, out.text);
    if (auto written = out.step(); !written) return std::unexpected(std::move(written).error());
  }
  if (auto written = out.finish(); !written) return std::unexpected(std::move(written).error());
  return devices;
}

}  // namespace bytepath::mounts
