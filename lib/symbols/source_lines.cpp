#include "symbols/source_lines.h"

#include <utility>

#ifdef BYTEPATH_HAS_LIBDW
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fmt/format.h>
#include <libelf.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "symbols/function_table.h"
#endif

namespace bytepath::symbols {

#ifdef BYTEPATH_HAS_LIBDW
namespace {

// What is read of a file is held in memory (mapped, one that shrinks would end this process).
constexpr off_t max_file_bytes = off_t{1} << 30;
constexpr std::size_t max_units = 1U << 20;
constexpr std::size_t max_ranges = 8U << 20;

struct UnitRange {
  AddressRange range;
  Dwarf_Off unit = 0;  // of its DIE
};

}  // namespace

struct SourceLines::State {
  // What is below is made from what is above, and ends before it.
  Descriptor file;
  std::unique_ptr<Elf, decltype(&elf_end)> elf{nullptr, &elf_end};
  std::unique_ptr<Dwarf, decltype(&dwarf_end)> dwarf{nullptr, &dwarf_end};
  std::vector<UnitRange> units;  // by start
  bool has_units = false;

  // clang writes no .debug_aranges, which dwarf_addrdie looks in: a list of our own.
  const std::vector<UnitRange>& listed_units() {
    if (has_units) return units;
    has_units = true;
    Dwarf_Off at = 0;
    Dwarf_Off next = 0;
    std::size_t header_bytes = 0;
    for (std::size_t count = 0;
         count < max_units &&
         dwarf_nextcu(dwarf.get(), at, &next, &header_bytes, nullptr, nullptr, nullptr) == 0;
         at = next, ++count) {
      Dwarf_Die unit;
      if (dwarf_offdie(dwarf.get(), at + header_bytes, &unit) != nullptr) add_ranges(unit);
    }
    std::ranges::sort(units, {}, [](const UnitRange& unit) { return unit.range.start; });
    return units;
  }

  void add_ranges(Dwarf_Die& unit) {
    Dwarf_Addr base = 0;
    Dwarf_Addr start = 0;
    Dwarf_Addr end = 0;
    for (std::ptrdiff_t at = 0;
         (at = dwarf_ranges(&unit, at, &base, &start, &end)) > 0 && units.size() < max_ranges;)
      if (start < end)
        units.push_back({.range = {.start = start, .end = end}, .unit = dwarf_dieoffset(&unit)});
  }

  bool find_unit(std::uint64_t address, Dwarf_Die& unit) {
    if (dwarf_addrdie(dwarf.get(), address, &unit) != nullptr) return true;
    const auto& listed = listed_units();
    const auto above = std::ranges::upper_bound(
        listed, address, {}, [](const UnitRange& one) { return one.range.start; });
    if (above == listed.begin() || address >= (above - 1)->range.end) return false;
    return dwarf_offdie(dwarf.get(), (above - 1)->unit, &unit) != nullptr;
  }
};

Result<SourceLines> SourceLines::open(Descriptor file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0)
    return fail_errno(errno, "cannot examine the debug information");
  if (status.st_size > max_file_bytes)
    return fail(ErrorKind::unsupported, "debug information of more than 1 GiB is not read",
                "build with -g1, which has all that source lines need");
  auto state = std::make_unique<State>();
  state->file = std::move(file);
  elf_version(EV_CURRENT);
  state->elf.reset(elf_begin(state->file.get(), ELF_C_READ, nullptr));
  state->dwarf.reset(dwarf_begin_elf(state->elf.get(), DWARF_C_READ, nullptr));
  if (state->dwarf == nullptr)
    return fail(ErrorKind::unsupported,
                fmt::format("no debug information: {}", dwarf_errmsg(dwarf_errno())),
                "build with -g");
  return SourceLines(std::move(state));
}

std::string SourceLines::at(std::uint64_t address) {
  Dwarf_Die unit;
  if (!state_->find_unit(address, unit)) return {};
  Dwarf_Line* line = dwarf_getsrc_die(&unit, address);
  int number = 0;
  if (line == nullptr || dwarf_lineno(line, &number) != 0 || number <= 0) return {};
  const char* name = dwarf_linesrc(line, nullptr, nullptr);
  if (name == nullptr) return {};
  std::string_view path = name;
  path.remove_prefix(path.rfind('/') + 1);
  return fmt::format("{}:{}", path, number);
}

#else

struct SourceLines::State {};

Result<SourceLines> SourceLines::open(Descriptor) {
  return fail(ErrorKind::unsupported, "this program was built without libdw",
              "build it with libdw-dev installed");
}

std::string SourceLines::at(std::uint64_t) { return {}; }

#endif

SourceLines::SourceLines(std::unique_ptr<State> state) : state_(std::move(state)) {}
SourceLines::SourceLines(SourceLines&&) noexcept = default;
SourceLines& SourceLines::operator=(SourceLines&&) noexcept = default;
SourceLines::~SourceLines() = default;

}  // namespace bytepath::symbols
