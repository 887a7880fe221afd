#include "host/fingerprint.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "host/kernel_facts.h"

namespace bytepath::host {
namespace {

constexpr std::uint64_t fnv_offset_basis = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_prime = 0x100000001b3;

std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) {
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * fnv_prime;
  }
  return hash;
}

// A sum of plain FNV values would keep their regularities; this spreads them first.
std::uint64_t spread(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

}  // namespace

std::uint64_t fingerprint(std::span<const Part> parts) {
  std::uint64_t sum = 0;
  for (const auto& part : parts) {
    // The zero byte keeps {"ab", "c"} and {"a", "bc"} apart.
    auto hash = fnv(fnv_offset_basis, part.name);
    hash = fnv(hash, std::string_view("\0", 1));
    sum += spread(fnv(hash, part.value));
  }
  return sum;
}

std::string format_fingerprint(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

namespace {

void add_caches(const Root& root, std::vector<Part>& parts) {
  constexpr int most_caches = 16;
  for (int index = 0; index < most_caches; ++index) {
    const auto folder =
        root.at("/sys/devices/system/cpu/cpu0/cache/index") + std::to_string(index) + "/";
    const auto size = read_line_or(folder + "size", "");
    if (size.empty()) return;
    parts.push_back({.name = fmt::format("cache.{}.{}", read_line_or(folder + "level", "?"),
                                         read_line_or(folder + "type", "?")),
                     .value = size});
  }
}

std::uint64_t memory_gibibytes(const Root& root) {
  const auto text = read_line_or(root.at("/proc/meminfo"), "");
  const std::string value = cpuinfo_value(text, "MemTotal");  // the words are views of it
  const auto total = words(value);
  if (total.empty()) return 0;
  // Firmware and the kernel keep some of it, and not always as much.
  return (parse_unsigned(total[0]).value_or(0) + (1U << 19U)) >> 20U;
}

std::size_t count_lines(std::string_view text, std::string_view beginning) {
  return static_cast<std::size_t>(std::ranges::count_if(
      split(text, '\n'), [&](std::string_view line) { return line.starts_with(beginning); }));
}

}  // namespace

std::vector<Part> machine_parts(const Root& root) {
  const auto cpuinfo = cpuinfo_text(root);
  const auto facts = read_kernel_facts(root);
  std::vector<Part> parts;
  for (const auto* key :
       {"vendor_id", "cpu family", "model", "stepping", "model name", "microcode", "flags"}) {
    parts.push_back({.name = key, .value = cpuinfo_value(cpuinfo, key)});
  }
  parts.push_back({.name = "cpus", .value = std::to_string(count_lines(cpuinfo, "processor"))});
  parts.push_back({.name = "memory", .value = std::to_string(memory_gibibytes(root))});
  const std::string frequency = root.at("/sys/devices/system/cpu/");
  parts.push_back(
      {.name = "governor", .value = read_line_or(frequency + "cpu0/cpufreq/scaling_governor", "")});
  parts.push_back({.name = "boost", .value = read_line_or(frequency + "cpufreq/boost", "")});
  parts.push_back(
      {.name = "no_turbo", .value = read_line_or(frequency + "intel_pstate/no_turbo", "")});
  parts.push_back({.name = "hypervisor", .value = facts.hypervisor});
  add_caches(root, parts);
  return parts;
}

std::vector<Part> software_parts(const Root& root, std::string_view libc,
                                 std::string_view tunables) {
  const auto facts = read_kernel_facts(root);
  std::vector<Part> parts = {
      {.name = "kernel", .value = facts.release},
      {.name = "kernel build", .value = facts.version},
      {.name = "operating system", .value = facts.operating_system},
      {.name = "libc", .value = std::string(libc)},
      {.name = "tunables", .value = std::string(tunables)},
      {.name = "huge pages",
       .value = read_line_or(root.at("/sys/kernel/mm/transparent_hugepage/enabled"), "")},
  };
  for (const auto& parameter : facts.command_line) {
    parts.push_back({.name = "parameter", .value = parameter});
  }
  return parts;
}

}  // namespace bytepath::host
