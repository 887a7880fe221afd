#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "host/libc_file.h"
#include "host/libc_image.h"
#include "host/process_image.h"

namespace bytepath::host {
namespace {

struct Target {
  pid_t pid = 0;
  std::vector<ProcessMapping> mappings;
  code::ByteSource memory;
};

bool inside_code(const code::ElfFile& file, std::uint64_t offset) {
  return std::ranges::any_of(file.segments(), [offset](const code::Segment& segment) {
    return segment.executable && offset >= segment.address &&
           offset - segment.address < segment.memory_bytes;
  });
}

// The address of the implementation that runs: the symbol's own, or what the loader wrote into the
// slot of its ifunc.
Selected select(const code::ElfFile& file, const std::vector<code::Symbol>& symbols,
                std::string_view function, const LibcImage& image, const NamedVariants& variants) {
  Selected selected{.function = std::string(function)};
  const auto symbol = std::ranges::find(symbols, function, &code::Symbol::name);
  if (symbol == symbols.end()) {
    selected.why_not_known = "the file has no symbol of this name";
    return selected;
  }
  if (!symbol->indirect) {
    selected.address = symbol->address + image.bias;
    selected.variant = symbol->name;
    selected.evidence = NameEvidence::symbol_table;
    return selected;
  }
  const auto slot = slot_of(file, *symbol);
  const auto target = slot ? code::read_unsigned(image.bytes, *slot + image.bias, 8) : std::nullopt;
  if (!target || !inside_code(file, *target - image.bias)) {
    selected.why_not_known = slot ? "the loader has not selected an implementation yet"
                                  : "the file has no slot for the selected implementation";
    return selected;
  }
  selected.address = *target;
  if (auto name = name_at(variants.names, *target - image.bias, function)) {
    selected.variant = std::move(*name);
    selected.evidence = variants.evidence;
  }
  return selected;
}

std::vector<Selected> select_by_symbols(const code::ElfFile& file, const LibcImage& image,
                                        const std::string& root) {
  const std::vector<code::Symbol> symbols = file.symbols();
  const NamedVariants variants = variant_names(file, root);
  std::vector<Selected> selected;
  for (const std::string_view function : copy_functions)
    selected.push_back(select(file, symbols, function, image, variants));
  return selected;
}

// A stripped static glibc: every ifunc slot's code is looked at, and what compares with the copy
// thresholds is memcpy's or memset's. mempcpy and memmove cannot be told from memcpy.
Result<std::vector<Selected>> select_by_code(const code::ElfFile& file, const LibcImage& image) {
  BYTEPATH_TRY(disassembler, code::Disassembler::create());
  std::vector<Selected> selected;
  for (const code::SlotRelocation& relocation : file.slot_relocations()) {
    if (relocation.resolver == 0) continue;
    const auto target = code::read_unsigned(image.bytes, relocation.slot + image.bias, 8);
    if (!target || !inside_code(file, *target - image.bias)) continue;
    const code::CopyWalk walk =
        code::walk_copy_function(disassembler, image.bytes, *target, {.instructions = 1024});
    const auto copies = is_copy_not_fill(walk);
    if (!copies) continue;
    const std::string function = *copies ? "memcpy" : "memset";
    if (std::ranges::find(selected, function, &Selected::function) != selected.end()) continue;
    selected.push_back({.function = function, .address = *target});
  }
  return selected;
}

// The places of rep movs and rep stos in a static program of which nothing else is known. Bytes in
// the middle of another instruction can look like one: the note says so.
void scan_for_rep(const code::ElfFile& file, LibcCopyPath& path) {
  constexpr std::size_t max_listed = 16;
  const std::string text = section_text(file, ".text");
  const code::Section* section = file.find_section(".text");
  auto scan = [&](std::string_view bytes, std::string_view name) {
    std::size_t count = 0;
    std::string places;
    for (std::size_t at = text.find(bytes); at != std::string::npos; at = text.find(bytes, at + 1))
      if (++count <= max_listed) places += fmt::format(" {:#x}", section->address + at);
    if (count != 0)
      path.notes.push_back(fmt::format("{} byte patterns of {} in the program's text:{}{}", count,
                                       name, places, count > max_listed ? " ..." : ""));
  };
  scan("\xf3\xa4", "rep movsb");
  scan("\xf3\x48\xa5", "rep movsq");
}

std::string root_of(pid_t pid) { return fmt::format("/proc/{}/root", pid); }

void take_process_tunables(pid_t pid, LibcCopyPath& path) {
  const auto environment = read_file(fmt::format("/proc/{}/environ", pid));
  if (environment) take_tunables(find_tunables_variable(*environment), path);
}

Result<LibcCopyPath> read_static(const Target& target, const code::ElfFile& program,
                                 const ProcessMapping& mapping) {
  const auto bias = load_bias(program, target.mappings, mapping);
  if (!bias)
    return fail(ErrorKind::failed,
                fmt::format("cannot find where process {} has {}", target.pid, mapping.path));
  const LibcImage image{.bytes = target.memory, .bias = *bias};
  LibcCopyPath path = describe_file(program, static_kind(program), mapping.path);
  path.running = true;
  std::vector<Selected> selected;
  if (program.find_symbol("memcpy")) {
    selected = select_by_symbols(program, image, root_of(target.pid));
  } else {
    BYTEPATH_TRY(found, select_by_code(program, image));
    selected = std::move(found);
    path.notes.emplace_back(
        "stripped static program: functions are told by what their code compares with");
  }
  std::erase_if(selected, [](const Selected& one) { return !one.address; });
  if (auto taken = take_copy_functions(image, selected, path); !taken)
    return std::unexpected(std::move(taken).error());
  if (path.functions.empty()) scan_for_rep(program, path);
  return path;
}

Result<LibcCopyPath> read_shared(const Target& target, const ProcessMapping& mapping,
                                 LibcKind kind) {
  BYTEPATH_TRY(file, open_mapped_file(target.pid, mapping));
  if (!file.is_64_bit_x86())
    return fail(ErrorKind::unsupported,
                fmt::format("process {} is not a 64-bit x86 program", target.pid));
  const auto bias = load_bias(file, target.mappings, mapping);
  if (!bias)
    return fail(ErrorKind::failed,
                fmt::format("cannot find where process {} has {}", target.pid, mapping.path));
  LibcCopyPath path = describe_file(file, kind, mapping.path);
  path.running = true;
  if (mapping.deleted) path.notes.emplace_back("the file was replaced since the program started");
  const LibcImage image{.bytes = target.memory, .bias = *bias, .where = "libc+"};
  const std::vector<Selected> selected = select_by_symbols(file, image, root_of(target.pid));
  if (auto taken = take_copy_functions(image, selected, path); !taken)
    return std::unexpected(std::move(taken).error());
  return path;
}

}  // namespace

Result<LibcCopyPath> read_process_libc(pid_t pid) {
  Target target{.pid = pid};
  BYTEPATH_TRY(mappings, read_process_maps(pid));
  target.mappings = std::move(mappings);
  BYTEPATH_TRY(memory, process_memory(pid));
  target.memory = std::move(memory);

  Result<LibcCopyPath> path = fail(ErrorKind::failed, "");
  const auto libc = std::ranges::find_if(target.mappings, [](const ProcessMapping& mapping) {
    return mapping.executable && mapping.inode != 0 && libc_kind_by_name(mapping.path).has_value();
  });
  if (libc != target.mappings.end()) {
    path = read_shared(target, *libc, *libc_kind_by_name(libc->path));
  } else {
    BYTEPATH_TRY(program, code::ElfFile::open(fmt::format("/proc/{}/exe", pid)));
    if (!program.is_64_bit_x86())
      return fail(ErrorKind::unsupported,
                  fmt::format("process {} is not a 64-bit x86 program", pid));
    const auto executable = std::ranges::find_if(
        target.mappings,
        [](const ProcessMapping& mapping) { return mapping.executable && mapping.inode != 0; });
    if (executable == target.mappings.end() || !program.is_static())
      return fail(ErrorKind::unsupported,
                  fmt::format("process {} has no C library that is known here", pid));
    path = read_static(target, program, *executable);
  }
  if (path) take_process_tunables(pid, *path);
  return path;
}

}  // namespace bytepath::host
