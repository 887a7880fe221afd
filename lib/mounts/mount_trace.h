#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What was recorded of a mount that loads lazily: plain data, as the trace file has it
// (trace_file.h), the tracer makes it and reports read it. Times are nanoseconds of
// CLOCK_MONOTONIC, devices as stat(2) has them, pages of 4096 bytes counted from a file's begin.
//
// The structures that end in a fixed size are written to the file as they are: fields only at the
// end, and never another meaning.
namespace bytepath::mounts {

inline constexpr std::uint64_t page_bytes = 4096;
// The grid on which the kernel side keeps which pages were touched: 128 pages, a bit each.
inline constexpr std::uint64_t heat_bytes = std::uint64_t{512} * 1024;
inline constexpr std::uint64_t heat_pages = heat_bytes / page_bytes;

struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  auto operator<=>(const FileId&) const = default;
};

// Whose doing an event was. Where no command, process or control group was named, all of it is the
// target's.
enum Origin : std::uint16_t { by_target = 1 };

// A request to the daemon behind a FUSE mount, from the moment the kernel sent it to its answer
// (tracepoints fuse_request_send, fuse_request_end).
struct Request {
  static constexpr std::uint16_t target = 1;      // Origin
  static constexpr std::uint16_t background = 2;  // nobody waits for it by itself: readahead
  static constexpr std::uint16_t direct = 4;  // to the program's own memory (direct_io, O_DIRECT)

  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: not known, as of requests that are not about data
  std::uint64_t node = 0;   // the daemon's number of the file
  std::uint64_t offset = 0;
  std::uint32_t size = 0;     // bytes asked for; of a READ
  std::uint32_t replied = 0;  // bytes that came
  std::uint32_t opcode = 0;   // linux/fuse.h
  std::int32_t error = 0;     // negative errno
  std::uint32_t process = 0;  // who asked; 0: not known, as where the kernel asks for somebody
  std::uint32_t thread = 0;
  std::uint32_t daemon_process = 0;  // who answered
  std::uint32_t daemon_thread = 0;
  std::uint32_t open_flags = 0;  // FOPEN_ flags of the answer to an open
  std::uint16_t flags = 0;
  std::uint16_t reserved = 0;
};
static_assert(sizeof(Request) == 88);

// An access through the page cache that found pages missing, or on their way. What found all of
// them is only counted (Heat::accessed).
struct Access {
  enum Way : std::uint16_t { read = 1, fault = 2 };
  enum Outcome : std::uint16_t { miss = 1, late = 2 };  // late: another's readahead was in flight

  std::uint64_t time_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t page = 0;    // the first that it was about
  std::uint32_t pages = 0;   // that it was about
  std::uint32_t missed = 0;  // of them
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::uint16_t way = read;
  std::uint16_t outcome = miss;
  std::uint16_t flags = 0;  // Origin
  std::uint16_t reserved = 0;
};
static_assert(sizeof(Access) == 56);

// A thread did not run, because of the mount.
struct Stall {
  // data: it waited for a page of a read or of a fault. request: for the answer to a request of its
  // own, whose opcode says for what.
  enum Cause : std::uint16_t { read = 1, fault = 2, request = 3 };

  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: not known
  std::uint64_t page = 0;
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::uint32_t opcode = 0;  // of a request
  std::uint16_t cause = read;
  std::uint16_t flags = 0;  // Origin
};
static_assert(sizeof(Stall) == 56);

// Bytes that a daemon sent to or received from a socket.
struct Transfer {
  enum Direction : std::uint16_t { sent = 1, received = 2 };

  std::uint64_t time_ns = 0;
  std::uint64_t socket = 0;  // a number that is its own while it lives
  std::uint32_t bytes = 0;
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::uint16_t peer = 0;  // place in MountTrace::peers
  std::uint16_t direction = sent;
};
static_assert(sizeof(Transfer) == 32);

// What happened to heat_bytes of a file in the page cache.
struct Heat {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t chunk = 0;     // offset / heat_bytes
  std::uint64_t first_ns = 0;  // the target's first access
  std::uint64_t accessed = 0;  // pages that its accesses were about, found or not, each time
  // A bit a page, the first page's lowest. touched: by a read, or by a fault on the very page.
  // mapped: also those that a fault mapped besides. cached: those that came into the page cache,
  // for whomever.
  std::array<std::uint64_t, 2> touched{};
  std::array<std::uint64_t, 2> mapped{};
  std::array<std::uint64_t, 2> cached{};
};
static_assert(sizeof(Heat) == 88);

// ---- what is text ----

// A mount that was recorded, the application's first, then what it rests on.
struct Mount {
  std::uint64_t device = 0;
  std::uint32_t depth = 0;  // 0: what the application sees
  std::string path;         // where it is mounted; empty: not to be seen from here
  std::string type;         // "fuse.rclone", "erofs"
  std::string source;
  std::uint64_t bytes = 0;            // of its content; 0: not known
  std::uint64_t readahead_bytes = 0;  // 0: not known
};

struct File {
  FileId id;
  std::uint64_t node = 0;  // the FUSE daemon's number; 0: none
  std::uint64_t bytes = 0;
  std::string path;  // below the root of its mount, beginning with "/"; empty: not known
};

struct Peer {
  std::string family;   // "inet", "inet6", "unix"
  std::string address;  // empty for unix
  std::uint16_t port = 0;
};

// Of a request in plain HTTP/1: the path without its query, which may hold a secret.
struct HttpRequest {
  std::uint64_t time_ns = 0;
  std::uint64_t socket = 0;
  std::uint32_t thread = 0;
  std::string method;
  std::string path;
  std::optional<std::uint64_t> first;  // Range: bytes=first-last
  std::optional<std::uint64_t> last;
};

struct Process {
  std::uint32_t number = 0;
  std::string name;
  bool is_daemon = false;
};

struct Missing {
  std::string what;
  std::string reason;
  std::string remedy;
};

// Events that were not recorded. Counts are exact only where all are 0.
struct Losses {
  std::uint64_t requests = 0;
  std::uint64_t accesses = 0;
  std::uint64_t stalls = 0;
  std::uint64_t transfers = 0;
  std::uint64_t files = 0;
  std::uint64_t heat = 0;       // accesses whose chunk found no room
  std::uint64_t unmatched = 0;  // answers to requests that were sent before the recording began
  bool any() const { return requests + accesses + stalls + transfers + files + heat != 0; }
};

struct MountTrace {
  std::string version;  // of the program that recorded
  std::string started;  // ISO 8601, UTC
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::vector<std::string> levels;   // "fuse", "cache", "upstream"
  std::vector<std::string> command;  // empty: none was run
  std::optional<int> exit_code;      // of the command
  double cpu_ns = 0;  // user and system time of the command and the children it waited for
  std::vector<Mount> mounts;
  std::vector<Request> requests;    // by their end
  std::vector<Access> accesses;     // by time
  std::vector<Stall> stalls;        // by their end
  std::vector<Transfer> transfers;  // by time
  std::vector<Heat> heat;
  std::vector<File> files;
  std::vector<Peer> peers;
  std::vector<HttpRequest> http;
  std::vector<Process> processes;
  std::vector<Missing> missing;
  Losses losses;

  // Of the file that it was read from.
  bool whole = true;                 // its end was there
  std::uint64_t damaged_blocks = 0;  // were left out

  bool has_level(std::string_view level) const;
};

}  // namespace bytepath::mounts
