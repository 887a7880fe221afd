#include "trace/mapping_recorder.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "trace/perf_events.h"

namespace bytepath::trace {
namespace {

// For each CPU: some 800 records. Ordinary users get no more, because kernel.perf_event_mlock_kb
// (516 KiB a CPU) must also do for the rings of whoever traces events beside.
constexpr std::size_t ring_pages = 32;
constexpr std::size_t ring_pages_of_root = 256;

// The bodies of the records as perf_event_open(2) shows them, after the header; each is followed by
// the time, because sample_id_all is set and TIME is the only part of the sample.
struct Mmap2 {
  std::uint32_t process;
  std::uint32_t thread;
  std::uint64_t address;
  std::uint64_t length;
  std::uint64_t file_offset;
  std::uint32_t major;
  std::uint32_t minor;
  std::uint64_t inode;
  std::uint64_t inode_generation;
  std::uint32_t protection;
  std::uint32_t flags;
};
struct Comm {
  std::uint32_t process;
  std::uint32_t thread;
};
struct Task {
  std::uint32_t process;
  std::uint32_t parent;
  std::uint32_t thread;
  std::uint32_t parent_thread;
  std::uint64_t time_ns;
};

perf_event_attr attributes() {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.sample_type = PERF_SAMPLE_TIME;
  attributes.sample_id_all = 1;
  attributes.exclude_kernel = 1;  // the records come all the same, and every user may open it
  attributes.mmap = 1;
  attributes.mmap_data = 1;
  attributes.mmap2 = 1;
  attributes.comm = 1;
  attributes.comm_exec = 1;
  attributes.task = 1;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.watermark = 1;  // nobody sleeps on the ring: the kernel takes its size for this
  attributes.wakeup_watermark = std::numeric_limits<std::uint32_t>::max();
  return attributes;
}

template <class Body>
bool take(std::string_view& rest, Body& body) {
  if (rest.size() < sizeof body) return false;
  std::memcpy(&body, rest.data(), sizeof body);
  rest.remove_prefix(sizeof body);
  return true;
}

bool parse_mmap2(std::string_view body, bool has_build_id, MappingChange& change) {
  Mmap2 record{};
  if (!take(body, record)) return false;
  const std::size_t end_of_name = body.find('\0');
  if (end_of_name == std::string_view::npos || record.length == 0 ||
      record.address + record.length < record.address)
    return false;
  change.kind = MappingChange::Kind::mapped;
  change.process = record.process;
  change.mapping = {.start = record.address,
                    .end = record.address + record.length,
                    .file_offset = record.file_offset,
                    .path = std::string(plain_path(body.substr(0, end_of_name))),
                    .deleted = is_deleted(body.substr(0, end_of_name))};
  // A build id takes the place of the file's numbers.
  if (!has_build_id && record.inode != 0)
    change.mapping.file = {.device = device_number(record.major, record.minor),
                           .inode = record.inode};
  return true;
}

bool parse_exec(std::string_view body, MappingChange& change) {
  Comm record{};
  if (!take(body, record) || !body.contains('\0')) return false;
  change.kind = MappingChange::Kind::executed;
  change.process = record.process;
  return true;
}

bool parse_task(std::string_view body, MappingChange::Kind kind, MappingChange& change) {
  Task record{};
  if (!take(body, record)) return false;
  change.kind = kind;
  change.process = record.process;
  change.parent = record.parent;
  return true;
}

// What was mapped when tracing began: as if just before.
void add_present(pid_t process, std::uint64_t time_ns, std::vector<MappingChange>& to) {
  const auto text = read_file(fmt::format("/proc/{}/maps", process));
  if (!text) return;  // it ended, or is not ours to read: find() will say nothing is known
  for (Mapping& mapping : parse_maps(*text))
    to.push_back({.kind = MappingChange::Kind::mapped,
                  .time_ns = time_ns,
                  .process = static_cast<std::uint32_t>(process),
                  .mapping = std::move(mapping)});
}

}  // namespace

struct MappingRecorder::State {
  std::vector<MappingChange> present;  // until the first drain
  PerfEvents events;
};

MappingRecorder::MappingRecorder(std::unique_ptr<State> state) : state_(std::move(state)) {}
MappingRecorder::MappingRecorder(MappingRecorder&&) noexcept = default;
MappingRecorder& MappingRecorder::operator=(MappingRecorder&&) noexcept = default;
MappingRecorder::~MappingRecorder() = default;

Result<MappingRecorder> MappingRecorder::open(pid_t process) {
  const std::uint64_t before = monotonic_ns();
  const PerfEventKind kind{.attributes = attributes(), .what = "mappings"};
  const std::size_t pages = ::geteuid() == 0 ? ring_pages_of_root : ring_pages;
  BYTEPATH_TRY(events, PerfEvents::open(process, {&kind, 1}, pages));
  auto state = std::make_unique<State>(State{.events = std::move(events)});
  add_present(process, before, state->present);
  return MappingRecorder(std::move(state));
}

void MappingRecorder::drain(std::vector<MappingChange>& to) {
  std::vector<MappingChange> changes = std::exchange(state_->present, {});
  state_->events.drain([&](const perf_event_header&, std::span<const std::byte> record) {
    MappingChange change;
    if (parse_mapping_record(record.data(), record.size(), change))
      changes.push_back(std::move(change));
  });
  std::ranges::stable_sort(changes, {}, &MappingChange::time_ns);
  std::ranges::move(changes, std::back_inserter(to));
}

std::uint64_t MappingRecorder::lost() const { return state_->events.lost(); }

bool parse_mapping_record(const void* record, std::size_t size, MappingChange& change) {
  change = {};
  perf_event_header header{};
  std::string_view body(static_cast<const char*>(record), size);
  if (!take(body, header) || body.size() < sizeof change.time_ns) return false;
  const std::size_t rest = body.size() - sizeof change.time_ns;
  std::memcpy(&change.time_ns, body.data() + rest, sizeof change.time_ns);
  body = body.substr(0, rest);
  switch (header.type) {
    case PERF_RECORD_MMAP2:
      return parse_mmap2(body, (header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID) != 0, change);
    case PERF_RECORD_COMM:
      return (header.misc & PERF_RECORD_MISC_COMM_EXEC) != 0 && parse_exec(body, change);
    case PERF_RECORD_FORK:
      return parse_task(body, MappingChange::Kind::forked, change);
    case PERF_RECORD_EXIT:
      return parse_task(body, MappingChange::Kind::exited, change);
    default:
      return false;
  }
}

}  // namespace bytepath::trace
