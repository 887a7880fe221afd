#include "faults/trace_file.h"

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"

namespace bytepath::faults {

using pages::page_bytes;

namespace {

constexpr double ns_per_us = 1000;
constexpr std::size_t flush_bytes = std::size_t{1} << 20;

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

struct TraceFile::Output {
  explicit Output(AtomicFile opened) : file(std::move(opened)) {}

  void add(std::string_view event) {
    pending += first ? "\n" : ",\n";
    first = false;
    pending += event;
    if (pending.size() >= flush_bytes) flush();
  }

  void flush() {
    if (status) status = file.write(pending);
    pending.clear();
  }

  AtomicFile file;
  std::string pending = R"({"displayTimeUnit":"ns","traceEvents":[)";
  bool first = true;
  Result<> status;
};

Result<std::unique_ptr<TraceFile>> TraceFile::create(const std::string& path, FaultLedger& ledger) {
  BYTEPATH_TRY(file, AtomicFile::create(path));
  return std::unique_ptr<TraceFile>(
      new TraceFile(std::make_unique<Output>(std::move(file)), ledger));
}

TraceFile::TraceFile(std::unique_ptr<Output> output, FaultLedger& ledger)
    : output_(std::move(output)), ledger_(ledger) {}

TraceFile::~TraceFile() = default;

bool TraceFile::has_room() {
  if (events_ < max_events) {
    ++events_;
    return true;
  }
  ++left_out_;
  return false;
}

void TraceFile::fault(const bytepath_fault& fault, const trace::Mapping* mapping) {
  const std::size_t file = ledger_.file_of(fault, mapping);
  if (file != WatchedFiles::none && has_room()) {
    const std::uint64_t offset = mapping->file_offset + (fault.address - mapping->start);
    const std::uint64_t page = offset / page_bytes;
    const WatchedFile& watched = ledger_.record(file).file;
    std::string tensor;
    if (const auto ranges = watched.ranges(); !ranges.empty()) {
      const auto& range = ranges[range_of_page(ranges, page)];
      if (range.tensor != weights::Range::no_tensor) {
        tensor = fmt::format(R"(,"tensor":{})",
                             json_text(watched.subject->model.tensors[range.tensor].name));
      }
    }
    output_->add(fmt::format(
        R"({{"name":"{}","cat":"fault","ph":"X","ts":{:.3f},"dur":{:.3f},"pid":{},"tid":{},)"
        R"("args":{{"file":{},"offset":{},"address":"{:#x}","instruction":"{:#x}","pages_read":{}{}}}}})",
        name(ledger_.class_of(fault, file, page)), static_cast<double>(fault.time_ns) / ns_per_us,
        static_cast<double>(fault.duration_ns) / ns_per_us, fault.process, fault.thread,
        json_text(watched.path), offset, fault.address, fault.instruction, fault.pages_added,
        tensor));
  }
  ledger_.fault(fault, mapping);
}

void TraceFile::pages_added(const bytepath_pages_added& added) { ledger_.pages_added(added); }

void TraceFile::call(const bytepath_call& call, const trace::Mapping* mapping) {
  const std::size_t file = ledger_.file_of(call, mapping);
  if (file != WatchedFiles::none && has_room()) {
    output_->add(fmt::format(
        R"({{"name":"{}","cat":"call","ph":"X","ts":{:.3f},"dur":{:.3f},"pid":{},"tid":{},)"
        R"("args":{{"file":{},"bytes":{},"offset":{},"pages_read":{}}}}})",
        call_name(call), static_cast<double>(call.time_ns) / ns_per_us,
        static_cast<double>(call.duration_ns) / ns_per_us, call.process, call.thread,
        json_text(ledger_.record(file).file.path), call.length, call.offset, call.pages_added));
  }
  ledger_.call(call, mapping);
}

void TraceFile::mapping_changed(const trace::MappingChange& change) {
  ledger_.mapping_changed(change);
}

Result<> TraceFile::finish() {
  output_->pending += "\n]}\n";
  output_->flush();
  if (!output_->status) return output_->status;
  return output_->file.commit();
}

}  // namespace bytepath::faults
