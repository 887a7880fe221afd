#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "trace/copy_counts.h"

// How the copies between programs and the page cache were aligned, counted exactly by system call:
// an evidence that no sampling is in. See copy_census.bpf.c for where d comes from.
namespace bytepath::trace {

struct CopyAmount {
  std::uint64_t calls = 0;  // each vector of readv(2) and its kin is one
  std::uint64_t bytes = 0;
};

struct CopyOffset {
  std::uint32_t offset = 0;  // d = (destination - source) mod 4096
  CopyAmount amount;
};

enum class CopyWay { read, write };

// Of one process and one way.
struct ProcessCopies {
  pid_t process = 0;  // 0: it cannot be seen from the tracer's PID namespace
  std::string name;   // of its main thread at the last program it executed, up to 15 letters
  CopyWay way = CopyWay::read;
  CopyAmount all;
  std::vector<CopyOffset> offsets;  // most bytes first

  // Of the copies with first <= d <= last.
  std::uint64_t bytes_between(std::uint32_t first, std::uint32_t last) const;
};

struct CopyCensus {
  std::vector<ProcessCopies> processes;  // most bytes first
  // On regular files too, and in none of the processes: d is not known (more than 8 vectors,
  // pwrite(2) on O_APPEND), nothing is copied by the CPU (O_DIRECT), there was no room to count it.
  CopyAmount unplaced;
  CopyAmount direct;
  CopyAmount lost;
  std::uint64_t lost_processes = 0;  // that found no room, with all that they copied
  std::uint64_t compat_calls = 0;    // of 32-bit programs: not looked at, and not all copies

  std::uint64_t bytes() const;  // of all processes
  std::uint64_t bytes_between(std::uint32_t first, std::uint32_t last) const;
};

// An entry of the BPF program's map.
struct CopyRecord {
  bytepath_copy_key key{};
  bytepath_copy_counts counts{};
};

// Sorts records by process, way and offset; those of no way that there is, or beyond the page, are
// left out. names: by the kernel's number of the process.
std::vector<ProcessCopies> copies_by_process(
    std::span<const CopyRecord> records,
    const std::map<std::uint32_t, bytepath_copy_process>& names);

}  // namespace bytepath::trace
