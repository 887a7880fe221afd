#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "trace/missing_part.h"
#include "trace/mount_event.h"

// What mounts that load lazily do, told by the kernel: see mount_tracer.bpf.c.
namespace bytepath::trace {

// Takes what a MountTracer tells. Devices are still as the kernel has them (device_of_kernel()).
class MountSink {
 public:
  MountSink() = default;
  MountSink(const MountSink&) = delete;
  MountSink& operator=(const MountSink&) = delete;
  virtual ~MountSink() = default;
  virtual void add(const bytepath_request_event& request) = 0;
  virtual void add(const bytepath_access_event& access) = 0;
  virtual void add(const bytepath_stall_event& stall) = 0;
  virtual void add(const bytepath_transfer_event& transfer) = 0;
  virtual void add(const bytepath_file_event& file) = 0;
  virtual void add(const bytepath_http_event& request) = 0;
};

// Takes one record of the tracer's ring. False, and nothing taken, where its kind is not known or
// its size is not that of its kind.
bool add_mount_record(std::span<const std::byte> record, MountSink& sink);

// Whose accesses are the target's, which reports are about; what others do is told too, as such.
struct MountTarget {
  pid_t process = 0;               // with its children from now on; or
  std::uint64_t cgroup = 0;        // the id of a control group (its inode), with those below it
  std::uint32_t cgroup_level = 0;  // its depth below the root of all control groups
};

struct MountTracerOptions {
  std::vector<std::uint64_t> devices;  // as stat(2) has them; at most BYTEPATH_MOST_DEVICES
  std::optional<MountTarget> target;   // none: everybody
  bool requests = true;                // of FUSE mounts
  bool pages = true;                   // through the page cache
  bool sockets = true;                 // of the daemons
  std::vector<pid_t> daemons;          // known before they answer a request
  std::size_t ring_bytes = std::size_t{32} << 20;
};

struct MountTracerLosses {
  std::uint64_t requests = 0;
  std::uint64_t accesses = 0;
  std::uint64_t stalls = 0;
  std::uint64_t transfers = 0;
  std::uint64_t files = 0;
  std::uint64_t heat = 0;
  std::uint64_t unmatched = 0;  // answers to requests that were sent before the tracer began
  std::uint64_t strange = 0;    // records that were none
};

class MountTracer {
 public:
  // Tells from now on. Errors: denied (CAP_BPF and CAP_PERFMON), unsupported.
  static Result<std::unique_ptr<MountTracer>> start(const MountTracerOptions& options);
  ~MountTracer();
  MountTracer(const MountTracer&) = delete;
  MountTracer& operator=(const MountTracer&) = delete;

  // Hands over what has come since the last call, in the order in which the kernel wrote it. Call
  // it every few milliseconds: nothing wakes anybody up for an event.
  void drain(MountSink& sink);
  // What was counted of each chunk until now.
  void read_heat(const std::function<void(const bytepath_heat_key&, const bytepath_heat&)>& take);
  // Forgets it; for reports over time.
  void clear_heat();

  MountTracerLosses losses() const;
  const std::vector<MissingPart>& missing() const;

 private:
  struct Parts;
  explicit MountTracer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bytepath::trace
