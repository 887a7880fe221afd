#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "mounts/mount_trace.h"
#include "trace/mount_tracer.h"

namespace bytepath::mounts {

// Makes records of what the tracer tells. Whoever writes them to a file may take them out of the
// trace meanwhile, but for the peers' numbers nothing refers to what was before.
class TraceBuilder final : public trace::MountSink {
 public:
  // name(process): what it is called, or empty. Both outlive this.
  using NameOf = std::string (*)(std::uint32_t process);
  TraceBuilder(MountTrace& trace, NameOf name) : trace_(trace), name_(name) {}

  void add(const bytepath_request_event& request) override;
  void add(const bytepath_access_event& access) override;
  void add(const bytepath_stall_event& stall) override;
  void add(const bytepath_transfer_event& transfer) override;
  void add(const bytepath_file_event& file) override;
  void add(const bytepath_http_event& request) override;
  void add(const bytepath_heat_key& key, const bytepath_heat& heat);

  // The process of a thread: FUSE names only the thread of who asks.
  std::uint32_t process_of(std::uint32_t thread) const;

 private:
  using PeerKey = std::tuple<std::uint16_t, std::uint16_t, std::array<std::uint8_t, 16>>;
  std::uint16_t peer(const bytepath_transfer_event& transfer);
  void note(std::uint32_t process, std::uint32_t thread, bool is_daemon = false);

  MountTrace& trace_;
  NameOf name_;
  std::map<PeerKey, std::uint16_t> peers_;
  std::map<std::uint32_t, std::uint32_t> process_of_thread_;
  std::set<std::uint32_t> processes_;
  std::set<std::uint32_t> daemons_;
};

// From /proc/PID/comm.
std::string name_of_process(std::uint32_t process);

// "/a/b" of names from the file up to the root; "/.../b" where the upper ones are missing.
std::string path_of_parts(const bytepath_file_event& file);

}  // namespace bytepath::mounts
