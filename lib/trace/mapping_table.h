#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Which file lies at which address of which process, as it was when a fault happened.
namespace bytepath::trace {

// A file as the kernel knows it, whatever its names: st_dev and st_ino of stat(2). Where a file
// system shows other numbers in its mappings than in stat(2) (btrfs, overlayfs), only the path
// tells.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  auto operator<=>(const FileId&) const = default;
};

// device as stat(2) has it from the major and minor numbers of a perf record, /proc/PID/maps or the
// kernel's own form (major << 20 | minor).
std::uint64_t device_number(std::uint32_t major, std::uint32_t minor);
std::uint64_t device_of_kernel(std::uint64_t kernel_device);

struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t file_offset = 0;
  FileId file;  // inode 0: no file (anonymous memory, stack)
  std::string path;
  bool deleted = false;  // another file may have that path by now
};

// A change of address spaces at a time.
struct MappingChange {
  enum class Kind {
    mapped,    // mapping is in force; what it overlaps is gone there
    unmapped,  // [mapping.start, mapping.end)
    moved,     // [old_start, old_start + old_length) is now at mapping.start .. mapping.end
    forked,    // process has become a copy of parent; where they are the same, a thread began
    executed,  // everything of the process is gone
    exited     // a thread of the process has ended; with its last one the process is gone
  };
  Kind kind = Kind::mapped;
  std::uint64_t time_ns = 0;
  std::uint32_t process = 0;
  std::uint32_t parent = 0;
  std::uint64_t old_start = 0;
  std::uint64_t old_length = 0;
  Mapping mapping;
};

// The present state; whoever feeds it does so in the order of time, with the faults between the
// changes.
class MappingTable {
 public:
  void apply(const MappingChange& change);
  // What /proc/PID/maps says, for a process that ran before tracing began: replaces what is known
  // of it.
  void add_process(std::uint32_t process, std::string_view maps_text);
  // nullptr: nothing known there.
  const Mapping* find(std::uint32_t process, std::uint64_t address) const;
  const std::map<std::uint64_t, Mapping>* of_process(std::uint32_t process) const;  // by start

 private:
  using AddressSpace = std::map<std::uint64_t, Mapping>;
  struct Process {
    AddressSpace space;
    std::uint64_t threads = 0;  // 0: not known, because it ran before; then it is kept for good
  };
  static void cut(AddressSpace& space, std::uint64_t start, std::uint64_t end);
  static void put(AddressSpace& space, Mapping mapping);
  static void move(AddressSpace& space, const MappingChange& change);
  void begin(const MappingChange& fork);
  void end(std::uint32_t process);
  std::unordered_map<std::uint32_t, Process> processes_;
};

// The lines of /proc/PID/maps (proc(5)) that have the form.
std::vector<Mapping> parse_maps(std::string_view maps_text);

// The path without the kernel's note that it has no name any more (d_path), and empty for memory
// without a file that has no name of its own ("//anon" in perf records).
std::string_view plain_path(std::string_view path);
// Whether the path has that note.
bool is_deleted(std::string_view path);

}  // namespace bytepath::trace
