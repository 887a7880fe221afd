#include "trace/mapping_table.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"

namespace bytepath::trace {
namespace {

constexpr std::string_view deleted_note = " (deleted)";

// Cuts the next word off the front of rest.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

// Two hexadecimal numbers with a character between them.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_pair(std::string_view text,
                                                                  char between) {
  const std::size_t middle = text.find(between);
  if (middle == std::string_view::npos) return std::nullopt;
  const auto first = parse_unsigned(text.substr(0, middle), 16);
  const auto second = parse_unsigned(text.substr(middle + 1), 16);
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

std::optional<Mapping> parse_line(std::string_view line) {
  const auto range = parse_pair(next_word(line), '-');
  next_word(line);  // permissions
  const auto offset = parse_unsigned(next_word(line), 16);
  const auto device = parse_pair(next_word(line), ':');
  const auto inode = parse_unsigned(next_word(line));
  if (!range || !offset || !device || !inode || range->first >= range->second) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return Mapping{.start = range->first,
                 .end = range->second,
                 .file_offset = *offset,
                 .file = {.device = device_number(static_cast<std::uint32_t>(device->first),
                                                  static_cast<std::uint32_t>(device->second)),
                          .inode = *inode},
                 .path = std::string(plain_path(line)),
                 .deleted = is_deleted(line)};
}

// The part of a mapping inside [start, end), which overlaps it.
Mapping part_of(const Mapping& mapping, std::uint64_t start, std::uint64_t end) {
  Mapping part = mapping;
  part.start = std::max(mapping.start, start);
  part.end = std::min(mapping.end, end);
  part.file_offset += part.start - mapping.start;
  return part;
}

// The first mapping that ends after an address.
template <class Space>
auto first_after(Space& space, std::uint64_t address) {
  auto next = space.upper_bound(address);
  if (next == space.begin()) return next;
  const auto before = std::prev(next);
  return before->second.end > address ? before : next;
}

}  // namespace

std::uint64_t device_number(std::uint32_t major, std::uint32_t minor) {
  return gnu_dev_makedev(major, minor);
}

std::uint64_t device_of_kernel(std::uint64_t kernel_device) {
  // MINORBITS of linux/kdev_t.h
  constexpr unsigned minor_bits = 20;
  return device_number(static_cast<std::uint32_t>(kernel_device >> minor_bits),
                       static_cast<std::uint32_t>(kernel_device & ((1U << minor_bits) - 1)));
}

bool is_deleted(std::string_view path) { return path.ends_with(deleted_note); }

std::string_view plain_path(std::string_view path) {
  if (path == "//anon") return {};
  if (is_deleted(path)) path.remove_suffix(deleted_note.size());
  return path;
}

std::vector<Mapping> parse_maps(std::string_view maps_text) {
  std::vector<Mapping> mappings;
  for (const std::string_view line : split(maps_text, '\n'))
    if (auto mapping = parse_line(line)) mappings.push_back(std::move(*mapping));
  return mappings;
}

void MappingTable::cut(AddressSpace& space, std::uint64_t start, std::uint64_t end) {
  auto each = first_after(space, start);
  while (each != space.end() && each->second.start < end) {
    const Mapping old = std::move(each->second);
    each = space.erase(each);
    if (old.start < start) space.emplace(old.start, part_of(old, old.start, start));
    if (old.end > end) space.emplace(end, part_of(old, end, old.end));
  }
}

void MappingTable::put(AddressSpace& space, Mapping mapping) {
  if (mapping.start >= mapping.end) return;
  cut(space, mapping.start, mapping.end);
  const std::uint64_t start = mapping.start;
  space.emplace(start, std::move(mapping));
}

void MappingTable::move(AddressSpace& space, const MappingChange& change) {
  const auto& [start, end] = std::pair(change.mapping.start, change.mapping.end);
  const std::uint64_t old_start = change.old_start;
  // mremap(2) with an old length of 0 maps the same pages of a shared mapping once more.
  const std::uint64_t length = change.old_length == 0 ? end - start : change.old_length;
  std::vector<Mapping> parts;
  for (auto each = first_after(space, old_start);
       each != space.end() && each->second.start < old_start + length; ++each)
    parts.push_back(part_of(each->second, old_start, old_start + length));
  cut(space, old_start, old_start + change.old_length);
  cut(space, start, end);
  for (Mapping& part : parts) {
    const bool grows = &part == &parts.back() && part.end == old_start + length;
    part.start = start + (part.start - old_start);
    part.end = grows ? end : std::min(start + (part.end - old_start), end);
    put(space, std::move(part));
  }
}

void MappingTable::begin(const MappingChange& fork) {
  if (fork.process == fork.parent) {
    const auto found = processes_.find(fork.process);
    if (found != processes_.end() && found->second.threads != 0) ++found->second.threads;
    return;
  }
  const auto parent = processes_.find(fork.parent);
  Process child{.threads = 1};
  if (parent != processes_.end()) child.space = parent->second.space;
  processes_.insert_or_assign(fork.process, std::move(child));
}

void MappingTable::end(std::uint32_t process) {
  const auto found = processes_.find(process);
  if (found == processes_.end() || found->second.threads == 0) return;
  if (--found->second.threads == 0) processes_.erase(found);
}

void MappingTable::apply(const MappingChange& change) {
  const Mapping& mapping = change.mapping;
  switch (change.kind) {
    case MappingChange::Kind::mapped:
      put(processes_[change.process].space, mapping);
      break;
    case MappingChange::Kind::unmapped:
      cut(processes_[change.process].space, mapping.start, mapping.end);
      break;
    case MappingChange::Kind::moved:
      move(processes_[change.process].space, change);
      break;
    case MappingChange::Kind::forked:
      begin(change);
      break;
    case MappingChange::Kind::executed:
      processes_[change.process].space.clear();
      break;
    case MappingChange::Kind::exited:
      end(change.process);
      break;
  }
}

void MappingTable::add_process(std::uint32_t process, std::string_view maps_text) {
  AddressSpace& space = processes_[process].space;
  space.clear();
  for (Mapping& mapping : parse_maps(maps_text)) put(space, std::move(mapping));
}

const Mapping* MappingTable::find(std::uint32_t process, std::uint64_t address) const {
  const auto* space = of_process(process);
  if (space == nullptr) return nullptr;
  const auto found = first_after(*space, address);
  const bool inside = found != space->end() && found->second.start <= address;
  return inside ? &found->second : nullptr;
}

const std::map<std::uint64_t, Mapping>* MappingTable::of_process(std::uint32_t process) const {
  const auto found = processes_.find(process);
  return found == processes_.end() ? nullptr : &found->second.space;
}

}  // namespace bytepath::trace
