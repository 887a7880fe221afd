#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace bytepath::kernels {

// The memory that a kernel will be asked to copy between: two halves, page-aligned, all of it
// written. A kernel that copies to or from a file maps addresses to file offsets: offset = address
// - source (or - destination), so that (destination - source) mod 4096 means the same for every
// kernel.
struct Arena {
  std::byte* source = nullptr;
  std::byte* destination = nullptr;
  std::size_t size = 0;   // bytes of each half
  std::string directory;  // where the files of file kernels are made; empty: in memory (memfd)
};

// What a kernel keeps between calls: file descriptors, a resolved function, nothing.
using State = std::unique_ptr<void, void (*)(void*)>;

enum class Family { instruction, vector, libc, syscall };

// A pipe and a socket hold bytes in pages of the kernel's own, which begin at page offset 0: d is
// then set by one address alone, and the other has to begin a page so that its copy stays fast.
enum class PageStart { none, source, destination };

// One way to move bytes. A kernel file defines exactly one function that returns its rows.
struct Kernel {
  std::string name;  // stable, for --kernels and labels: "rep-movsb"
  Family family = Family::instruction;
  std::string summary;                     // one line for people
  std::string needs;                       // CPU flag as /proc/cpuinfo spells it ("avx2"), or empty
  std::string offset;                      // what (destination - source) mod 4096 is here, in words
  std::size_t granule = 1;                 // sizes must be a multiple of this
  std::size_t max_size = SIZE_MAX;         // larger sizes cannot be asked for (a pipe's capacity)
  PageStart page_start = PageStart::none;  // see place()
  bool fills = false;  // writes the destination only, with zeros; the source is not read
  bool backward = false;
  unsigned moves = 1;       // bytes copied by the machine for each byte asked (a pipe copies twice)
  std::string unavailable;  // why this host cannot run it, or empty

  // Prepares the state; null when there is none to prepare. A syscall kernel moves the first byte
  // of the arena to see whether it is allowed to: the error names the call and the reason.
  Result<State> (*open)(const Kernel&, const Arena&) = nullptr;

  // Moves size bytes, `times` times over. 0, or the errno of the first call that failed or moved
  // nothing (EIO). EFAULT: a syscall kernel was given bytes outside of its arena. The loop is
  // inside so that timing pays for no indirect call per copy.
  int (*repeat)(void* state, void* destination, const void* source, std::size_t size,
                std::size_t times) = nullptr;

  // Brings size bytes at `address`, in either half of the arena, to where the kernel sees them; to
  // be called when they have changed since open. Null when the kernel uses memory itself.
  int (*write_in)(void* state, const void* address, std::size_t size) = nullptr;

  // Brings what the last copy wrote at `destination` into memory; null when it is there already.
  int (*read_back)(void* state, void* out, const void* destination, std::size_t size) = nullptr;

  const void* target = nullptr;  // the function a libc row calls
};

// Repeats a plain copy function. It is a template so that the call can be inlined.
template <auto copy>
int repeat(void*, void* destination, const void* source, std::size_t size, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) copy(destination, source, size);
  return 0;
}

// Where in the halves of the arena a copy has to begin so that (destination - source) mod 4096 is d
// for this kernel: page offsets to be added to any page of each half.
struct Placement {
  std::size_t source = 0;
  std::size_t destination = 0;
};
constexpr std::size_t page_bytes = 4096;
constexpr Placement place(const Kernel& kernel, std::size_t d) {
  if (kernel.page_start == PageStart::destination)
    return {.source = (page_bytes - d % page_bytes) % page_bytes, .destination = 0};
  return {.source = 0, .destination = d % page_bytes};
}

// Every kernel in the order of the table, those this host cannot run included, with the reason.
std::vector<Kernel> all();

}  // namespace bytepath::kernels
