#include "host/cpuid_live.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"
#include "host/cpuid_enumerate.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace bytepath::host {
namespace {

constexpr std::uint32_t max_live_cpus = 8192;

#if defined(__x86_64__) || defined(__i386__)
constexpr bool is_x86 = true;
#else
constexpr bool is_x86 = false;
#endif

// An affinity mask as wide as the largest kernel's.
class CpuMask {
 public:
  bool contains(std::uint32_t cpu) const {
    return cpu < max_live_cpus && CPU_ISSET_S(cpu, sizeof(sets_), sets_.data());
  }
  void add(std::uint32_t cpu) {
    if (cpu < max_live_cpus) CPU_SET_S(cpu, sizeof(sets_), sets_.data());
  }
  bool load() { return sched_getaffinity(0, sizeof(sets_), sets_.data()) == 0; }
  bool apply() const { return sched_setaffinity(0, sizeof(sets_), sets_.data()) == 0; }

 private:
  std::array<cpu_set_t, max_live_cpus / CPU_SETSIZE> sets_{};
};

// Puts the thread's affinity back.
class AffinityGuard {
 public:
  AffinityGuard() : is_valid_(before_.load()) {}
  AffinityGuard(const AffinityGuard&) = delete;
  AffinityGuard& operator=(const AffinityGuard&) = delete;
  ~AffinityGuard() {
    if (is_moved_) before_.apply();
  }

  const CpuMask& before() const { return before_; }
  bool is_valid() const { return is_valid_; }
  bool move_to(std::uint32_t cpu) {
    CpuMask one;
    one.add(cpu);
    is_moved_ = true;
    return one.apply();
  }

 private:
  CpuMask before_;
  bool is_valid_ = false;
  bool is_moved_ = false;
};

// "0-3,8,10-11", as the kernel writes lists of CPUs.
std::vector<std::uint32_t> parse_cpu_list(std::string_view text) {
  std::vector<std::uint32_t> cpus;
  for (const std::string_view piece : split(text, ',')) {
    const auto ends = split(piece, '-');
    if (ends.empty() || ends.size() > 2) continue;
    const auto first = parse_unsigned(ends.front());
    const auto last = parse_unsigned(ends.back());
    if (!first || !last) continue;
    for (std::uint64_t cpu = *first; cpu <= *last && cpu < max_live_cpus; ++cpu) {
      cpus.push_back(static_cast<std::uint32_t>(cpu));
    }
  }
  return cpus;
}

std::vector<std::uint32_t> online_cpus(const CpuMask& allowed) {
  auto cpus = parse_cpu_list(read_line_or("/sys/devices/system/cpu/online", ""));
  if (!cpus.empty()) return cpus;
  for (std::uint32_t cpu = 0; cpu < max_live_cpus; ++cpu) {
    if (allowed.contains(cpu)) cpus.push_back(cpu);
  }
  return cpus;
}

Descriptor open_device(std::uint32_t cpu) {
  return Descriptor(::open(fmt::format("/dev/cpu/{}/cpuid", cpu).c_str(), O_RDONLY | O_CLOEXEC));
}

// The cpuid driver: the file offset is the leaf, with the subleaf in its upper half (linux
// arch/x86/kernel/cpuid.c).
std::optional<Registers> read_device(int fd, std::uint32_t leaf, std::uint32_t subleaf) {
  std::array<std::uint32_t, 4> values{};
  const auto offset = static_cast<off_t>((std::uint64_t{subleaf} << 32U) | leaf);
  if (::pread(fd, values.data(), sizeof(values), offset) != ssize_t{sizeof(values)}) {
    return std::nullopt;
  }
  return Registers{values[0], values[1], values[2], values[3]};
}

// Reads CPU after CPU: its key first, all leaves when the key is new.
class LiveReader {
 public:
  explicit LiveReader(AffinityGuard& affinity) : affinity_(affinity) {}

  void read(std::uint32_t cpu) {
    if (affinity_.before().contains(cpu)) {
      if (!affinity_.move_to(cpu) || !add(cpu, execute_cpuid)) skip(cpu);
      return;
    }
    const Descriptor device = open_device(cpu);
    if (!device) {
      live_.not_allowed.push_back(cpu);
      return;
    }
    const bool is_read = add(cpu, [&](std::uint32_t leaf, std::uint32_t subleaf) {
      return read_device(device.get(), leaf, subleaf);
    });
    (is_read ? live_.by_device : live_.not_read).push_back(cpu);
  }

  // Every CPU may have been refused by a filter of system calls; the instruction itself is not.
  void read_here() {
    const int cpu = ::sched_getcpu();
    if (cpu < 0 || !add(static_cast<std::uint32_t>(cpu), execute_cpuid)) return;
    std::erase(live_.not_read, static_cast<std::uint32_t>(cpu));
  }

  void skip(std::uint32_t cpu) { live_.not_read.push_back(cpu); }
  bool has_any() const { return !live_.dump.cpus.empty(); }
  LiveCpuid take() { return std::move(live_); }

 private:
  bool add(std::uint32_t cpu, const CpuidReader& reader) {
    auto key = read_core_key(reader);
    if (!key) return false;
    if (const auto known = kinds_.find(*key); known != kinds_.end()) {
      live_.alike[known->second].push_back(cpu);
      return true;
    }
    auto leaves = enumerate_leaves(reader);
    if (!leaves) return false;
    kinds_.emplace(*std::move(key), cpu);
    live_.alike[cpu] = {cpu};
    live_.dump.cpus.push_back({.number = cpu, .leaves = *std::move(leaves)});
    return true;
  }

  AffinityGuard& affinity_;
  std::map<Leaves, std::uint32_t> kinds_;
  LiveCpuid live_;
};

}  // namespace

Registers execute_cpuid([[maybe_unused]] std::uint32_t leaf,
                        [[maybe_unused]] std::uint32_t subleaf) {
  Registers registers;
#if defined(__x86_64__) || defined(__i386__)
  __cpuid_count(leaf, subleaf, registers.eax, registers.ebx, registers.ecx, registers.edx);
#endif
  return registers;
}

Result<LiveCpuid> read_live_cpuid(std::chrono::nanoseconds budget) {
  if (!is_x86) return fail(ErrorKind::unsupported, "CPUID: this processor is not x86");
  const auto deadline = std::chrono::steady_clock::now() + budget;
  AffinityGuard affinity;
  if (!affinity.is_valid()) return fail_errno(errno, "cannot read the CPU affinity");
  const auto cpus = online_cpus(affinity.before());
  if (cpus.empty()) return fail(ErrorKind::failed, "no CPU is online, says /sys");
  LiveReader reader(affinity);
  for (const std::uint32_t cpu : cpus) {
    if (reader.has_any() && std::chrono::steady_clock::now() >= deadline) {
      reader.skip(cpu);
    } else {
      reader.read(cpu);
    }
  }
  if (!reader.has_any()) reader.read_here();
  if (!reader.has_any()) {
    return fail(ErrorKind::failed, "CPUID: none of the online CPUs could be read");
  }
  return reader.take();
}

CpuFacts decode(const LiveCpuid& live) {
  CpuFacts facts = decode(live.dump);
  for (CoreClass& each : facts.classes) {
    std::vector<std::uint32_t> all;
    for (const std::uint32_t cpu : each.cpus) {
      const auto at = live.alike.find(cpu);
      if (at != live.alike.end()) all.insert(all.end(), at->second.begin(), at->second.end());
    }
    std::ranges::sort(all);
    each.cpus = std::move(all);
  }
  return facts;
}

}  // namespace bytepath::host
