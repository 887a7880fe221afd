#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/root.h"

// Two short numbers that say which runs may be compared with which.
namespace bytepath::host {

struct Part {
  std::string name;
  std::string value;
};

// A stable 64-bit number over named parts: the same for the same set of parts in any order, on any
// host and in any version of bytepath. FNV-1a (Fowler, Noll, Vo; 64-bit offset basis and prime) of
// each part, its bits spread by the finaliser of splitmix64 (Steele, Lea, Flood 2014), then summed.
std::uint64_t fingerprint(std::span<const Part> parts);

// 16 hexadecimal digits, as documents carry it.
std::string format_fingerprint(std::uint64_t hash);

// Equal machine parts: times may be compared. vendor, family, model, stepping, name and microcode
// of the CPU, its flags, number of CPUs, size of each cache, memory to the GiB, governor and boost,
// hypervisor. The clock frequency of the moment is left out: it changes by itself.
std::vector<Part> machine_parts(const Root& root);

// Equal software parts: counts (faults, copies, chunks) may be compared. Kernel release and build,
// its parameters that matter, setting of transparent huge pages, operating system, libc and its
// tunables (GLIBC_TUNABLES of this process), which no file tells and the caller gives.
std::vector<Part> software_parts(const Root& root, std::string_view libc,
                                 std::string_view tunables);

}  // namespace bytepath::host
