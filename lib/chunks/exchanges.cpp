#include "chunks/exchanges.h"

#include <algorithm>
#include <map>

namespace bytepath::chunks {
namespace {

using mounts::Transfer;

struct Socket {
  std::vector<Exchange> exchanges;
  bool serves = false;
  bool answered = true;  // the last exchange, so that the next bytes sent begin another
};

void add(Socket& socket, const Transfer& transfer) {
  if (transfer.direction == Transfer::sent) {
    if (socket.answered) {
      socket.exchanges.push_back({.begin_ns = transfer.time_ns,
                                  .end_ns = transfer.time_ns,
                                  .peer = transfer.peer,
                                  .thread = transfer.thread});
      socket.answered = false;
    }
    socket.exchanges.back().sent += transfer.bytes;
    socket.exchanges.back().sent_ns = transfer.time_ns;
    return;
  }
  if (socket.exchanges.empty()) {
    socket.serves = true;
    return;
  }
  Exchange& exchange = socket.exchanges.back();
  socket.answered = true;
  if (exchange.first_byte_ns == 0) exchange.first_byte_ns = transfer.time_ns;
  exchange.end_ns = transfer.time_ns;
  exchange.received += transfer.bytes;
}

// The request line is seen just before its bytes are counted.
void add_range(std::vector<Exchange>& exchanges, const mounts::HttpRequest& request) {
  if (!request.first) return;
  const auto after = std::ranges::upper_bound(exchanges, request.time_ns, {}, &Exchange::sent_ns);
  if (after == exchanges.end() || after->first) return;
  after->first = request.first;
  after->last = request.last;
}

}  // namespace

std::vector<Exchange> exchanges_of(const mounts::MountTrace& trace) {
  std::vector<const Transfer*> transfers;
  transfers.reserve(trace.transfers.size());
  for (const auto& transfer : trace.transfers) transfers.push_back(&transfer);
  // Written by several CPUs, they are in the order of time but for neighbours.
  std::ranges::stable_sort(transfers, {}, &Transfer::time_ns);
  std::map<std::uint64_t, Socket> sockets;
  for (const auto* transfer : transfers) add(sockets[transfer->socket], *transfer);
  for (const auto& request : trace.http) {
    const auto at = sockets.find(request.socket);
    if (at != sockets.end()) add_range(at->second.exchanges, request);
  }
  std::vector<Exchange> all;
  for (auto& [number, socket] : sockets) {
    if (!socket.serves) std::ranges::move(socket.exchanges, std::back_inserter(all));
  }
  std::ranges::stable_sort(all, {}, &Exchange::begin_ns);
  return all;
}

}  // namespace bytepath::chunks
