#include "symbols/plt_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "code/disassembler.h"
#include "symbols/place.h"

namespace bytepath::symbols {
namespace {

constexpr std::size_t entry_bytes = 16;
// Of .plt.got, when it does not begin with endbr64 (binutils, bfd/elfxx-x86.c and elf64-x86-64.c).
constexpr std::size_t short_entry_bytes = 8;

const code::Section* section_of(const code::ElfFile& file, std::uint64_t linked) {
  for (const char* name : {".plt", ".plt.sec", ".plt.got"}) {
    const code::Section* section = file.find_section(name);
    if (section != nullptr && linked >= section->address &&
        linked - section->address < section->bytes)
      return section;
  }
  return nullptr;
}

bool has_short_entries(const code::ElfFile& file, const code::Section& section) {
  constexpr std::array<std::uint8_t, 4> endbr64 = {0xf3, 0x0f, 0x1e, 0xfa};
  std::array<std::uint8_t, 4> begin{};
  return section.name == ".plt.got" && file.read(section.address, begin) && begin != endbr64;
}

// The slot that the code of an entry jumps through.
std::optional<std::uint64_t> slot_of(const code::ElfFile& file, const AddressRange& entry) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(entry.end - entry.start));
  auto disassembler = code::Disassembler::create();
  if (!disassembler || !file.read(entry.start, bytes)) return std::nullopt;
  for (std::size_t at = 0; at < bytes.size();) {
    const code::Instruction instruction =
        disassembler->decode(entry.start + at, std::span(bytes).subspan(at));
    if (instruction.operation == code::Operation::jump)
      return instruction.variable ? std::optional(instruction.variable->address) : std::nullopt;
    at += instruction.size;
  }
  return std::nullopt;
}

}  // namespace

const std::map<std::uint64_t, std::string>& PltNames::slots(const code::ElfFile& file) {
  if (slots_) return *slots_;
  slots_.emplace();
  std::map<std::uint64_t, std::string> resolvers;
  for (code::SlotRelocation& relocation : file.slot_relocations()) {
    if (relocation.resolver != 0 && resolvers.empty())
      for (code::Symbol& symbol : file.symbols())
        if (symbol.indirect) resolvers.emplace(symbol.address, std::move(symbol.name));
    if (const auto resolver = resolvers.find(relocation.resolver); resolver != resolvers.end())
      relocation.symbol = resolver->second;
    if (!relocation.symbol.empty()) slots_->emplace(relocation.slot, std::move(relocation.symbol));
  }
  return *slots_;
}

std::optional<Function> PltNames::find(const code::ElfFile& file, std::uint64_t linked) {
  const code::Section* section = section_of(file, linked);
  if (section == nullptr) return std::nullopt;
  const std::size_t width = has_short_entries(file, *section) ? short_entry_bytes : entry_bytes;
  const std::uint64_t start = section->address + (linked - section->address) / width * width;
  Function entry{.range = {.start = start, .end = start + width}, .name = "[plt]"};
  const auto slot = slot_of(file, entry.range);
  if (!slot) return entry;
  if (const auto name = slots(file).find(*slot); name != slots(file).end())
    entry.name = fmt::format("{}@plt", demangled(name->second));
  return entry;
}

}  // namespace bytepath::symbols
