#include "trace/mount_tracer.h"

#include <bpf/bpf.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "libbpf/libbpf.h"
#include "mount_tracer.skel.h"
#include "trace/bpf_session.h"
#include "trace/optional_programs.h"
#include "trace/pid_namespace.h"
#include "trace/ring_reader.h"

namespace bytepath::trace {
namespace {

// target_kind, mount_threads.bpf.h
enum TargetKind : std::uint32_t { everybody = 0, process_tree = 1, control_group = 2 };

std::uint32_t kernel_device(std::uint64_t device) {
  return static_cast<std::uint32_t>(major(device) << 20U | minor(device));
}

void configure(mount_tracer_bpf& skeleton, const MountTracerOptions& options, int ring) {
  auto& constants = *skeleton.rodata;
  constants.device_count = static_cast<std::uint32_t>(options.devices.size());
  for (std::size_t i = 0; i < options.devices.size(); ++i)
    constants.devices[i] = kernel_device(options.devices[i]);
  constants.pid_namespace = own_pid_namespace();
  constants.target_kind = everybody;
  if (options.target && options.target->cgroup != 0) {
    constants.target_kind = control_group;
    constants.target_cgroup = options.target->cgroup;
  } else if (options.target) {
    constants.target_kind = process_tree;
    constants.root_process = static_cast<std::uint32_t>(options.target->process);
  }
  bpf_map__reuse_fd(skeleton.maps.ring, ring);
}

std::vector<OptionalProgram> optional_programs(mount_tracer_bpf& skeleton,
                                               const MountTracerOptions& options) {
  auto& programs = skeleton.progs;
  auto& links = skeleton.links;
  const bool pages = options.pages;
  const bool sockets = options.sockets;
  constexpr const char* requests = "the requests to the daemon of a FUSE mount (Linux 6.12)";
  constexpr const char* transfers = "what the daemon sends and receives";
  return {
      // Ends first: of a request whose end was missed, a thread would seem to wait for ever.
      {programs.end_request, &links.end_request, "fuse_request_end", requests, options.requests},
      {programs.send_request, &links.send_request, "fuse_request_send", requests, options.requests},
      {programs.read_pages, &links.read_pages, "mm_filemap_get_pages",
       "reads through the page cache, and which of them hit (Linux 6.10)", pages},
      {programs.fault_page, &links.fault_page, "mm_filemap_fault",
       "page faults on the mount's files (Linux 6.10)", pages},
      {programs.map_pages, &links.map_pages, "mm_filemap_map_pages",
       "what faults map around them (Linux 6.10)", pages},
      {programs.add_pages, &links.add_pages, "mm_filemap_add_to_page_cache",
       "what comes into the page cache, and so what misses", pages},
      {programs.miss_pages, &links.miss_pages, "page_cache_sync_ra",
       "which pages a read of several found missing: a miss may be told of a page that another "
       "readahead brought (Linux 6.17)",
       pages},
      {programs.switch_thread, &links.switch_thread, "sched_switch", "how long threads waited",
       true},
      {programs.send_bytes, &links.send_bytes, "sock_send_length", transfers, sockets},
      {programs.receive_bytes, &links.receive_bytes, "sock_recv_length", transfers, sockets},
      {programs.send_message, &links.send_message, "tcp_sendmsg_locked",
       "which ranges the daemon asks for in plain HTTP (Linux 6.15)", sockets},
      {programs.follow_child, &links.follow_child, "sched_process_fork", "child processes", true},
      {programs.forget_process, &links.forget_process, "sched_process_exit",
       "the end of processes: a new one with the number of an old one is traced too", true}};
}

Error explain(Error error) {
  if (auto library = libbpf::available(); !library) return library.error();
  if (error.kind == ErrorKind::denied) return error;
  if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return {.kind = ErrorKind::unsupported,
            .message =
                "this kernel shows no types of its own for BPF programs "
                "(/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF)",
            .hint = "a trace that another host recorded can be looked at here"};
  }
  return error;
}

template <class Event>
bool add(std::span<const std::byte> record, MountSink& sink) {
  Event event;
  if (record.size() != sizeof event) return false;
  std::memcpy(&event, record.data(), sizeof event);
  sink.add(event);
  return true;
}

}  // namespace

bool add_mount_record(std::span<const std::byte> record, MountSink& sink) {
  std::uint16_t kind = 0;
  if (record.size() < sizeof kind) return false;
  std::memcpy(&kind, record.data(), sizeof kind);
  switch (kind) {
    case bytepath_mount_request:
      return add<bytepath_request_event>(record, sink);
    case bytepath_mount_access:
      return add<bytepath_access_event>(record, sink);
    case bytepath_mount_stall:
      return add<bytepath_stall_event>(record, sink);
    case bytepath_mount_transfer:
      return add<bytepath_transfer_event>(record, sink);
    case bytepath_mount_file:
      return add<bytepath_file_event>(record, sink);
    case bytepath_mount_http:
      return add<bytepath_http_event>(record, sink);
    default:
      return false;
  }
}

struct MountTracer::Parts {
  explicit Parts(RingReader reader) : ring(std::move(reader)) {}
  RingReader ring;
  Skeleton<mount_tracer_bpf> skeleton;
  std::vector<MissingPart> missing;
  std::uint64_t strange = 0;
};

MountTracer::MountTracer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MountTracer::~MountTracer() = default;

Result<std::unique_ptr<MountTracer>> MountTracer::start(const MountTracerOptions& options) {
  if (options.devices.empty() || options.devices.size() > BYTEPATH_MOST_DEVICES) {
    return fail(ErrorKind::usage,
                fmt::format("{} mounts lie on each other; up to {} can be traced at a time",
                            options.devices.size(), BYTEPATH_MOST_DEVICES),
                "name one of them");
  }
  auto ring = RingReader::create(options.ring_bytes);
  if (!ring) return std::unexpected(explain(ring.error()));
  auto parts = std::make_unique<Parts>(std::move(*ring));
  auto loaded = load_softly<mount_tracer_bpf>(
      "mount_tracer",
      [&](mount_tracer_bpf& skeleton) { configure(skeleton, options, parts->ring.map()); },
      [&](mount_tracer_bpf& skeleton) { return optional_programs(skeleton, options); },
      parts->missing);
  if (!loaded) return std::unexpected(explain(loaded.error()));
  parts->skeleton = std::move(*loaded);
  auto& skeleton = *parts->skeleton;
  constexpr std::uint8_t known = 1;
  const std::vector<pid_t> none;
  // In a namespace these numbers would be those of strangers.
  for (const pid_t daemon : skeleton.rodata->pid_namespace == 0 ? options.daemons : none) {
    const auto key = static_cast<std::uint32_t>(daemon);
    bpf_map__update_elem(skeleton.maps.daemons, &key, sizeof key, &known, sizeof known, BPF_ANY);
  }
  if (options.target && options.target->cgroup == 0) {
    if (skeleton.rodata->pid_namespace == 0)
      skeleton.data->root_tgid = static_cast<std::uint32_t>(options.target->process);
    else
      skeleton.bss->finding_root = 1;
  }
  const LibbpfLog log;
  for (const auto& each : optional_programs(skeleton, options))
    attach_optional(each, parts->missing);
  return std::unique_ptr<MountTracer>(new MountTracer(std::move(parts)));
}

void MountTracer::drain(MountSink& sink) {
  parts_->ring.drain([&](std::span<const std::byte> record) {
    if (!add_mount_record(record, sink)) ++parts_->strange;
  });
}

void MountTracer::read_heat(
    const std::function<void(const bytepath_heat_key&, const bytepath_heat&)>& take) {
  const int map = bpf_map__fd(parts_->skeleton->maps.heat);
  bytepath_heat_key key{};
  bytepath_heat value{};
  const bytepath_heat_key* before = nullptr;
  while (bpf_map_get_next_key(map, before, &key) == 0) {
    if (bpf_map_lookup_elem(map, &key, &value) == 0) take(key, value);
    before = &key;
  }
}

void MountTracer::clear_heat() {
  std::vector<bytepath_heat_key> keys;
  read_heat([&](const bytepath_heat_key& key, const bytepath_heat&) { keys.push_back(key); });
  const int map = bpf_map__fd(parts_->skeleton->maps.heat);
  for (const auto& key : keys) bpf_map_delete_elem(map, &key);
}

MountTracerLosses MountTracer::losses() const {
  const auto& counts = *parts_->skeleton->bss;
  return {.requests = counts.lost_requests,
          .accesses = counts.lost_accesses,
          .stalls = counts.lost_stalls,
          .transfers = counts.lost_transfers,
          .files = counts.lost_files,
          .heat = counts.lost_heat,
          .unmatched = counts.unmatched,
          .strange = parts_->strange + parts_->ring.damages()};
}

const std::vector<MissingPart>& MountTracer::missing() const { return parts_->missing; }

}  // namespace bytepath::trace
