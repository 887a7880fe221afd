#include "symbols/code_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "code/copy_walk.h"
#include "host/libc_file.h"
#include "host/libc_image.h"

namespace bytepath::symbols {
namespace {

// glibc's largest memmove has 2 KiB; what is larger is no copy routine.
constexpr std::uint64_t max_routine_bytes = 16U << 10;

std::optional<CodeNames::Name> listed_name(const code::ElfFile& file, std::uint64_t start) {
  static const host::OwnLibc own = host::own_libc();
  if (own.build_id.empty() || own.build_id != file.build_id()) return std::nullopt;
  // memcpy and memmove are the same code, which glibc's source calls memmove.
  auto name = host::name_at(own.names, start, "memmove");
  if (!name) return std::nullopt;
  return CodeNames::Name{.text = std::move(*name)};
}

// Whether the bytes of rep movsb or rep movsq are in it, as part of whatever: cheap, so that only
// few functions are walked.
bool may_have_rep_movs(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 2> movsb = {0xf3, 0xa4};
  constexpr std::array<std::uint8_t, 3> movsq = {0xf3, 0x48, 0xa5};
  return !std::ranges::search(bytes, movsb).empty() || !std::ranges::search(bytes, movsq).empty();
}

std::optional<CodeNames::Name> described(const code::ElfFile& file, const std::string& path,
                                         const AddressRange& range) {
  if (range.end - range.start > max_routine_bytes) return std::nullopt;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(range.end - range.start));
  if (!file.read(range.start, bytes) || !may_have_rep_movs(bytes)) return std::nullopt;
  auto disassembler = code::Disassembler::create();
  if (!disassembler) return std::nullopt;
  const code::ByteSource source = [&file](std::uint64_t address, std::span<std::uint8_t> wanted) {
    return file.read(address, wanted);
  };
  const code::CopyWalk walk = code::walk_copy_function(*disassembler, source, range.start,
                                                       {.first = range.start, .last = range.end});
  if (!walk.has(code::Operation::string_copy, 1) && !walk.has(code::Operation::string_copy, 8))
    return std::nullopt;
  const bool copies = host::is_copy_not_fill(walk).value_or(
      host::libc_kind_by_name(path).has_value() && walk.calls.empty());
  if (!copies) return std::nullopt;
  return CodeNames::Name{.text = fmt::format("copy_{}", host::describe_variant(walk)),
                         .by_code = true};
}

}  // namespace

const CodeNames::Name* CodeNames::find(const code::ElfFile& file, const std::string& path,
                                       const AddressRange& range) {
  auto known = known_.find(range.start);
  if (known == known_.end()) {
    auto found = listed_name(file, range.start);
    if (!found) found = described(file, path, range);
    known = known_.emplace(range.start, std::move(found)).first;
  }
  const auto& name = known->second;
  return name ? &*name : nullptr;
}

}  // namespace bytepath::symbols
