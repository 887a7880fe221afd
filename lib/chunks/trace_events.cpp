#include "chunks/trace_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "chunks/opcode_name.h"
#include "mounts/file_table.h"
#include "mounts/reads.h"

namespace bytepath::chunks {
namespace {

using nlohmann::json;

constexpr std::size_t flush_bytes = std::size_t{1} << 20;

class EventWriter {
 public:
  EventWriter(const mounts::Write& write, std::uint64_t most) : write_(write), most_(most) {}

  // Room for so many events that belong together; what finds none is counted.
  bool has_room(std::uint64_t events) {
    if (events_ + events <= most_) return true;
    left_out_ += events;
    return false;
  }

  void add(const json& event) {
    pending_ += events_ == 0 ? "\n" : ",\n";
    pending_ += event.dump(-1, ' ', false, json::error_handler_t::replace);
    ++events_;
    if (pending_.size() >= flush_bytes) flush();
  }

  Result<> finish() {
    pending_ += "\n]}\n";
    flush();
    return status_;
  }
  std::uint64_t left_out() const { return left_out_; }

 private:
  void flush() {
    if (status_) status_ = write_(pending_);
    pending_.clear();
  }

  const mounts::Write& write_;
  std::uint64_t most_;
  std::string pending_ = R"({"displayTimeUnit":"ns","traceEvents":[)";
  std::uint64_t events_ = 0;
  std::uint64_t left_out_ = 0;
  Result<> status_;
};

class Timeline {
 public:
  Timeline(const mounts::MountTrace& trace, const mounts::Write& write, std::uint64_t most)
      : trace_(trace), files_(trace), writer_(write, most) {}

  Result<TraceEvents> written() {
    names();
    for (const auto& request : trace_.requests) add(request);
    for (const auto& stall : trace_.stalls) add(stall);
    for (const auto& transfer : trace_.transfers) add(transfer);
    written_.left_out = writer_.left_out();
    if (auto finished = writer_.finish(); !finished)
      return std::unexpected(std::move(finished).error());
    return written_;
  }

 private:
  double us(std::uint64_t time_ns) const {
    constexpr double ns_per_us = 1000;
    return static_cast<double>(mounts::time_since(time_ns, trace_.begin_ns)) / ns_per_us;
  }

  void names() {
    for (const auto& process : trace_.processes) {
      writer_.add({{"name", "process_name"},
                   {"ph", "M"},
                   {"pid", process.number},
                   {"tid", 0},
                   {"args", {{"name", process.name + (process.is_daemon ? " (daemon)" : "")}}}});
    }
  }

  void add(const mounts::Request& request) {
    constexpr std::uint64_t pair = 2;
    if (!writer_.has_room(pair)) return;
    json event = {{"name", opcode_name(request.opcode)},
                  {"cat", "request"},
                  {"ph", "b"},
                  {"id", fmt::format("{:#x}", ++written_.requests)},
                  {"ts", us(request.begin_ns)},
                  {"pid", request.daemon_process},
                  {"tid", request.daemon_thread}};
    event["args"] = {{"asked_by", request.process},
                     {"background", (request.flags & mounts::Request::background) != 0},
                     {"path", files_.path_of(files_.id_of(request))}};
    if (request.opcode == mounts::read_opcode) {
      event["args"]["offset"] = request.offset;
      event["args"]["bytes"] = request.replied;
      written_.bytes += request.replied;
    }
    if (request.error != 0) event["args"]["error"] = request.error;
    writer_.add(event);
    event["ph"] = "e";
    event["ts"] = us(std::max(request.begin_ns, request.end_ns));
    event.erase("args");
    writer_.add(event);
  }

  void add(const mounts::Stall& stall) {
    if (!writer_.has_room(1)) return;
    std::string_view name = "read";
    if (stall.cause == mounts::Stall::fault) name = "page fault";
    if (stall.cause == mounts::Stall::request) name = "request";
    json event = {{"name", fmt::format("waits: {}", name)},
                  {"cat", "stall"},
                  {"ph", "X"},
                  {"ts", us(stall.begin_ns)},
                  {"dur", us(std::max(stall.begin_ns, stall.end_ns)) - us(stall.begin_ns)},
                  {"pid", stall.process},
                  {"tid", stall.thread}};
    event["args"] = {{"path", files_.path_of({stall.device, stall.inode})}};
    if (stall.cause != mounts::Stall::request)
      event["args"]["offset"] = stall.page * mounts::page_bytes;
    ++written_.stalls;
    writer_.add(event);
  }

  // A counter shows what had come until then.
  void add(const mounts::Transfer& transfer) {
    if (!writer_.has_room(1)) return;
    auto& [sent, received] = moved_[transfer.process];
    (transfer.direction == mounts::Transfer::sent ? sent : received) += transfer.bytes;
    ++written_.transfers;
    writer_.add({{"name", "bytes over sockets"},
                 {"ph", "C"},
                 {"ts", us(transfer.time_ns)},
                 {"pid", transfer.process},
                 {"tid", 0},
                 {"args", {{"received", received}, {"sent", sent}}}});
  }

  const mounts::MountTrace& trace_;
  mounts::FileTable files_;
  EventWriter writer_;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> moved_;
  TraceEvents written_;
};

}  // namespace

Result<TraceEvents> write_trace_events(const mounts::MountTrace& trace, const mounts::Write& write,
                                       std::uint64_t most) {
  return Timeline(trace, write, most).written();
}

}  // namespace bytepath::chunks
