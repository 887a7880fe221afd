#include "mounts/trace_builder.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "mounts/http_head.h"
#include "trace/mapping_table.h"

namespace bytepath::mounts {
namespace {

Peer describe(const bytepath_transfer_event& transfer) {
  if (transfer.family == AF_UNIX) return {.family = "unix", .address = "", .port = 0};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_inet = transfer.family == AF_INET;
  if (!is_inet && transfer.family != AF_INET6)
    return {.family = fmt::format("family {}", transfer.family), .address = "", .port = 0};
  inet_ntop(transfer.family, transfer.address, text.data(), text.size());
  return {
      .family = is_inet ? "inet" : "inet6", .address = text.data(), .port = ntohs(transfer.port)};
}

}  // namespace

std::string name_of_process(std::uint32_t process) {
  return read_line_or(fmt::format("/proc/{}/comm", process), "");
}

std::string path_of_parts(const bytepath_file_event& file) {
  const std::size_t parts = std::min<std::size_t>(file.parts, BYTEPATH_PATH_PARTS);
  if (parts == 0) return "/";
  std::string path = parts == BYTEPATH_PATH_PARTS ? "/..." : "";
  for (std::size_t i = parts; i-- > 0;) {
    path += '/';
    path.append(file.names[i], strnlen(file.names[i], BYTEPATH_NAME_BYTES));
  }
  return path;
}

void TraceBuilder::note(std::uint32_t process, std::uint32_t thread, bool is_daemon) {
  if (process == 0) return;
  if (thread != 0) process_of_thread_[thread] = process;
  const bool is_new = processes_.insert(process).second;
  const bool is_new_daemon = is_daemon && daemons_.insert(process).second;
  if (is_new || is_new_daemon)
    trace_.processes.push_back({.number = process, .name = name_(process), .is_daemon = is_daemon});
}

std::uint32_t TraceBuilder::process_of(std::uint32_t thread) const {
  const auto at = process_of_thread_.find(thread);
  return at == process_of_thread_.end() ? 0 : at->second;
}

void TraceBuilder::add(const bytepath_request_event& request) {
  note(request.process, request.thread);
  note(request.daemon_process, request.daemon_thread, true);
  trace_.requests.push_back(
      {.begin_ns = request.begin_ns,
       .end_ns = request.end_ns,
       .device = trace::device_of_kernel(request.device),
       .inode = request.inode,
       .node = request.node,
       .offset = request.offset,
       .size = request.size,
       .replied = request.replied,
       .opcode = request.opcode,
       .error = static_cast<std::int32_t>(request.error),
       .process = request.process != 0 ? request.process : process_of(request.thread),
       .thread = request.thread,
       .daemon_process = request.daemon_process,
       .daemon_thread = request.daemon_thread,
       .open_flags = request.open_flags,
       .flags = request.flags});
}

void TraceBuilder::add(const bytepath_access_event& access) {
  note(access.process, access.thread);
  trace_.accesses.push_back({.time_ns = access.time_ns,
                             .device = trace::device_of_kernel(access.device),
                             .inode = access.inode,
                             .page = access.page,
                             .pages = access.pages,
                             .missed = access.missed,
                             .process = access.process,
                             .thread = access.thread,
                             .way = access.way,
                             .outcome = access.outcome,
                             .flags = access.is_target});
}

void TraceBuilder::add(const bytepath_stall_event& stall) {
  note(stall.process, stall.thread);
  trace_.stalls.push_back({.begin_ns = stall.begin_ns,
                           .end_ns = stall.end_ns,
                           .device = trace::device_of_kernel(stall.device),
                           .inode = stall.inode,
                           .page = stall.page,
                           .process = stall.process,
                           .thread = stall.thread,
                           .opcode = stall.opcode,
                           .cause = stall.cause,
                           .flags = stall.is_target});
}

std::uint16_t TraceBuilder::peer(const bytepath_transfer_event& transfer) {
  PeerKey key{transfer.family, transfer.port, {}};
  std::memcpy(std::get<2>(key).data(), transfer.address, sizeof transfer.address);
  const auto at = peers_.find(key);
  if (at != peers_.end()) return at->second;
  // More than a daemon talks to: the rest are counted as the last.
  const std::size_t number = std::min<std::size_t>(peers_.size(), UINT16_MAX);
  if (number == peers_.size()) trace_.peers.push_back(describe(transfer));
  return peers_.emplace(key, static_cast<std::uint16_t>(number)).first->second;
}

void TraceBuilder::add(const bytepath_transfer_event& transfer) {
  note(transfer.process, transfer.thread, true);
  trace_.transfers.push_back({.time_ns = transfer.time_ns,
                              .socket = transfer.socket,
                              .bytes = transfer.bytes,
                              .process = transfer.process,
                              .thread = transfer.thread,
                              .peer = peer(transfer),
                              .direction = transfer.direction});
}

void TraceBuilder::add(const bytepath_file_event& file) {
  trace_.files.push_back({.id = {trace::device_of_kernel(file.device), file.inode},
                          .node = file.node,
                          .bytes = file.bytes,
                          .path = path_of_parts(file)});
}

void TraceBuilder::add(const bytepath_http_event& request) {
  const std::size_t length = std::min<std::size_t>(request.length, sizeof request.text);
  auto head = read_http_head({request.text, length});
  if (!head) return;
  trace_.http.push_back({.time_ns = request.time_ns,
                         .socket = request.socket,
                         .thread = request.thread,
                         .method = std::move(head->method),
                         .path = std::move(head->path),
                         .first = head->first,
                         .last = head->last});
}

void TraceBuilder::add(const bytepath_heat_key& key, const bytepath_heat& heat) {
  Heat made{.device = trace::device_of_kernel(key.device),
            .inode = key.inode,
            .chunk = key.chunk,
            .first_ns = heat.first_ns,
            .accessed = heat.accessed};
  std::ranges::copy(heat.touched, made.touched.begin());
  std::ranges::copy(heat.mapped, made.mapped.begin());
  std::ranges::copy(heat.cached, made.cached.begin());
  trace_.heat.push_back(made);
}

}  // namespace bytepath::mounts
