#include "copies/copy_sites.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>
#include <tuple>

#include "base/file.h"
#include "host/libc_file.h"
#include "symbols/symbolizer.h"
#include "trace/mapping_table.h"

namespace bytepath::copies {
namespace {

using Key = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint64_t>;

Key key_of(const bytepath_program& program, std::uint64_t address) {
  return {program.started_ns, program.process, program.execs, address};
}

// "/usr/lib/libc.so.6", from the parts that the kernel told; without the first folders of a path
// that has more of them.
std::string own_path(const bytepath_place& place) {
  std::string path;
  const auto parts = std::min<std::size_t>(place.parts, bytepath_place_parts);
  for (std::size_t i = parts; i > 0; --i) {
    const auto& name = place.names[i - 1];  // NOLINT(*-constant-array-index): checked above
    path += '/';
    path.append(std::begin(name), ::strnlen(std::begin(name), sizeof name));
  }
  return path;
}

std::vector<host::MountEntry> own_mounts() {
  const auto text = read_file("/proc/self/mountinfo");
  return text ? host::mounts_from_text(*text) : std::vector<host::MountEntry>{};
}

// The mapping that the place was in, as far as naming it needs: of the living process by its maps,
// with the path in its own root.
trace::Mapping mapping_of(const trace::SampledPlace& sampled, std::uint32_t number,
                          const std::vector<host::MountEntry>& mounts) {
  const bytepath_place& place = sampled.place;
  const std::uint64_t address = sampled.key.address;
  if (const auto maps = read_file(fmt::format("/proc/{}/maps", number)); number != 0 && maps) {
    for (trace::Mapping& mapping : trace::parse_maps(*maps)) {
      if (mapping.file.inode == place.inode && address >= mapping.start && address < mapping.end &&
          address - mapping.start + mapping.file_offset == place.file_offset)
        return std::move(mapping);
    }
  }
  // Any mapping that puts that offset of the file at the address will do.
  const std::uint64_t start = address > place.file_offset ? address - place.file_offset : 0;
  return {.start = start,
          .end = address + 1,
          .file_offset = place.file_offset - (address - start),
          .file = {.device = trace::device_of_kernel(place.device), .inode = place.inode},
          .path = path_of(place, mounts)};
}

}  // namespace

std::string path_of(const bytepath_place& place, const std::vector<host::MountEntry>& mounts) {
  if (place.inode == 0) return {};
  std::string path = own_path(place);
  const std::uint64_t device = trace::device_of_kernel(place.device);
  for (const host::MountEntry& mount : mounts) {
    if (mount.device != device) continue;
    const std::string root = mount.root == "/" ? "" : mount.root;
    if (!path.starts_with(root + "/")) continue;
    return (mount.path == "/" ? "" : mount.path) + path.substr(root.size());
  }
  return path;
}

SiteKind kind_of(const symbols::Place& place, bool in_kernel) {
  if (in_kernel) return SiteKind::kernel;
  if (host::libc_kind_by_name(place.image)) return SiteKind::libc;
  constexpr std::array<std::string_view, 3> families = {"__memmove_", "__memcpy_", "__mempcpy_"};
  const bool is_static_libc = std::ranges::any_of(
      families, [&](std::string_view family) { return place.function.starts_with(family); });
  return is_static_libc ? SiteKind::libc : SiteKind::program;
}

NamedCopies name_copies(const trace::CopySamples& samples) {
  std::map<Key, const trace::SampledPlace*> places;
  for (const auto& each : samples.places)
    places[key_of(each.key.program, each.key.address)] = &each;
  std::map<Key, std::uint32_t> numbers;
  for (const auto& each : samples.programs) numbers[key_of(each.program, 0)] = each.samples.number;
  const auto mounts = own_mounts();
  symbols::Symbolizer symbolizer;
  NamedCopies named;
  for (const trace::SampledCopy& each : samples.copies) {
    const bool in_kernel = (each.copy.flags & bytepath_copy_in_kernel) != 0;
    symbols::Place place{.image = "[not known]", .address = each.copy.address};
    const auto sampled = places.find(key_of(each.copy.program, each.copy.address));
    if (in_kernel) {
      place = symbolizer.kernel(each.copy.address);
    } else if (sampled != places.end()) {
      const std::uint32_t number = numbers[key_of(each.copy.program, 0)];
      place =
          symbolizer.user(number, mapping_of(*sampled->second, number, mounts), each.copy.address);
    }
    const SiteKind kind = kind_of(place, in_kernel);
    named.sites.push_back({.kind = kind, .place = std::move(place)});
  }
  named.missing = symbolizer.missing();
  return named;
}

std::string to_text(SiteKind kind) {
  switch (kind) {
    case SiteKind::libc:
      return "C library";
    case SiteKind::kernel:
      return "kernel";
    case SiteKind::program:
      break;
  }
  return "program";
}

}  // namespace bytepath::copies
