#include "mounts/import_builder.h"

#include <algorithm>
#include <set>

#include "mounts/reads.h"

namespace bytepath::mounts {

std::uint64_t ImportBuilder::file(std::string_view path) {
  const auto found = numbers_.find(path);
  if (found != numbers_.end()) return found->second;
  const std::uint64_t inode = numbers_.size() + 1;
  numbers_.emplace(path, inode);
  trace_.files.push_back(
      {.id = {.device = device, .inode = inode}, .bytes = 0, .path = std::string(path)});
  return inode;
}

void ImportBuilder::grow(std::uint64_t inode, std::uint64_t bytes) {
  if (inode == 0 || inode > trace_.files.size()) return;
  std::uint64_t& known = trace_.files[inode - 1].bytes;
  known = std::max(known, bytes);
}

bool ImportBuilder::is_possible(const Read& read) {
  constexpr std::uint64_t highest_offset = INT64_MAX - most_bytes;
  return read.offset <= highest_offset && read.bytes <= most_bytes;
}

std::size_t ImportBuilder::add(const Read& read) {
  constexpr std::uint64_t most_a_request = std::uint64_t{4} * 1000 * 1000 * 1000;
  const std::size_t place = trace_.requests.size();
  std::uint64_t done = 0;
  do {
    const std::uint64_t bytes = std::min(read.bytes - done, most_a_request);
    trace_.requests.push_back({.begin_ns = read.begin_ns,
                               .end_ns = std::max(read.begin_ns, read.end_ns),
                               .device = device,
                               .inode = read.inode,
                               .offset = read.offset + done,
                               .size = static_cast<std::uint32_t>(bytes),
                               .replied = read.error == 0 ? static_cast<std::uint32_t>(bytes) : 0,
                               .opcode = read_opcode,
                               .error = read.error,
                               .process = read.process,
                               .thread = read.process,
                               .flags = Request::target});
    done += bytes;
  } while (done < read.bytes);
  return place;
}

MountTrace ImportBuilder::take(std::string_view type) {
  MountTrace trace = std::move(trace_);
  std::uint64_t first = UINT64_MAX;
  for (const Request& request : trace.requests) first = std::min(first, request.begin_ns);
  for (Request& request : trace.requests) {
    request.begin_ns -= first;
    request.end_ns = time_since(request.end_ns, first);
    trace.end_ns = std::max(trace.end_ns, request.end_ns);
  }
  std::ranges::stable_sort(trace.requests, {}, &Request::end_ns);
  trace.levels = {"fuse"};
  std::set<std::uint64_t> devices;
  for (const Request& request : trace.requests) devices.insert(request.device);
  for (const std::uint64_t each : devices)
    trace.mounts.push_back({.device = each, .depth = 0, .type = std::string(type)});
  return trace;
}

}  // namespace bytepath::mounts
