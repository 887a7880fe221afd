#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host/libc_file.h"
#include "host/libc_image.h"
#include "host/root_folder.h"

namespace bytepath::host {
namespace {

// Programs that nearly every root has; their interpreter tells which C library the system is of.
constexpr std::array<std::string_view, 5> common_programs = {"/bin/sh", "/usr/bin/env", "/bin/ls",
                                                             "/usr/bin/python3", "/sbin/init"};

constexpr std::array<std::string_view, 3> loaders = {
    "/lib64/ld-linux-x86-64.so.2", "/usr/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"};

// Where Debian, Red Hat, SUSE, Arch and Alpine keep the library.
constexpr std::array<std::string_view, 7> libraries = {"/lib/x86_64-linux-gnu/libc.so.6",
                                                       "/usr/lib/x86_64-linux-gnu/libc.so.6",
                                                       "/lib64/libc.so.6",
                                                       "/usr/lib64/libc.so.6",
                                                       "/lib/libc.so.6",
                                                       "/usr/lib/libc.so.6",
                                                       "/lib/ld-musl-x86_64.so.1"};

Result<code::ElfFile> open_elf(const RootFolder& root, const std::string& path) {
  BYTEPATH_TRY(file, root.open_file(path));
  return code::ElfFile::from_descriptor(std::move(file), path);
}

std::string interpreter_of_programs(const RootFolder& root) {
  for (const std::string_view program : common_programs) {
    const auto file = open_elf(root, std::string(program));
    if (file && !file->interpreter().empty() && root.has_file(file->interpreter()))
      return file->interpreter();
  }
  return {};
}

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

// Paths that may be the C library, the likeliest first.
std::vector<std::string> candidates(const RootFolder& root) {
  std::vector<std::string> paths;
  const std::string interpreter = interpreter_of_programs(root);
  if (libc_kind_by_name(interpreter) == LibcKind::musl) paths.push_back(interpreter);
  // A loader outside the common folders has its library beside it (Nix, Guix, own builds).
  if (!interpreter.empty() && std::ranges::find(loaders, interpreter) == loaders.end())
    paths.push_back(folder_of(interpreter) + "/libc.so.6");
  paths.insert(paths.end(), libraries.begin(), libraries.end());
  return paths;
}

// What glibc selects only when it starts. The same build on this host is the exception: it would
// select what this process has.
void take_not_running(const code::ElfFile& file, LibcCopyPath& path) {
  for (const std::string_view function : copy_functions) {
    const auto symbol = file.find_symbol(function);
    if (!symbol) continue;
    path.functions.push_back(
        {.function = std::string(function),
         .offset = symbol->indirect ? std::nullopt : std::optional(symbol->address),
         .why_not_known = "glibc selects it when a program starts: not known without running it"});
  }
  if (!path.build_id.empty() && path.build_id == own_libc().build_id)
    path.notes.emplace_back(
        "the same build as the C library of this program: on this host and without tunables it "
        "copies as that does");
  path.inference = infer_amd_selection(parse_glibc_version(path.version));
}

// Without ifuncs the file says it all.
std::vector<Selected> direct_functions(const code::ElfFile& file) {
  std::vector<Selected> selected;
  for (const std::string_view function : copy_functions)
    if (const auto symbol = file.find_symbol(function); symbol && !symbol->indirect)
      selected.push_back({.function = std::string(function),
                          .variant = symbol->name,
                          .evidence = NameEvidence::symbol_table,
                          .address = symbol->address});
  return selected;
}

Result<LibcCopyPath> describe(const code::ElfFile& file, LibcKind kind, const std::string& where) {
  LibcCopyPath path = describe_file(file, kind, where);
  const LibcImage image{
      .bytes = [&file](std::uint64_t address,
                       std::span<std::uint8_t> bytes) { return file.read(address, bytes); },
      .running = false};
  const std::vector<Selected> selected =
      kind == LibcKind::glibc ? std::vector<Selected>{} : direct_functions(file);
  if (auto taken = take_copy_functions(image, selected, path); !taken)
    return std::unexpected(std::move(taken).error());
  if (kind == LibcKind::glibc) take_not_running(file, path);
  return path;
}

}  // namespace

Result<LibcCopyPath> read_root_libc(const Root& root) {
  BYTEPATH_TRY(folder, RootFolder::open(root.at("/")));
  for (const std::string& candidate : candidates(folder)) {
    const auto file = open_elf(folder, candidate);
    if (!file && file.error().kind == ErrorKind::unsupported) return std::unexpected(file.error());
    if (!file || !file->is_64_bit_x86()) continue;
    return describe(*file, *libc_kind_by_name(candidate), candidate);
  }
  return fail(ErrorKind::unsupported,
              fmt::format("no 64-bit x86 C library found in {}", root.at("/")),
              "an image with static programs only: look at a running one with --pid");
}

}  // namespace bytepath::host
