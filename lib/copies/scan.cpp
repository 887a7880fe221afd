#include "copies/scan.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <tuple>
#include <utility>

#include "code/disassembler.h"
#include "host/process_image.h"
#include "process/process_handle.h"
#include "symbols/image.h"
#include "symbols/mapped_file.h"
#include "trace/mapping_table.h"

namespace bytepath::copies {
namespace {

constexpr std::size_t window_bytes = 1U << 20;
constexpr std::size_t longest_instruction = 15;

// Goes through one range of code, a window at a time: its end overlaps with the next one, so that
// no instruction is cut.
class Walk {
 public:
  Walk(const code::ElfFile& file, code::Disassembler& disassembler, ScannedFile& into)
      : file_(file), disassembler_(disassembler), into_(into) {}

  // What is found goes to found(instruction). False: the user has asked to stop.
  template <class Found, class Continue>
  bool through(const symbols::AddressRange& range, const Found& found, const Continue& goes_on) {
    std::uint64_t at = range.start;
    while (at < range.end) {
      const std::uint64_t begin = at;
      const std::uint64_t left = range.end - begin;
      bytes_.resize(static_cast<std::size_t>(
          std::min<std::uint64_t>(window_bytes + longest_instruction, left)));
      if (!file_.read(begin, bytes_)) return true;  // a file that shrank, or a hostile one
      const std::uint64_t next = begin + std::min<std::uint64_t>(window_bytes, left);
      while (at < next)
        at += step(at, std::span(bytes_).subspan(static_cast<std::size_t>(at - begin)), found);
      into_.code_bytes += at - begin;
      if (!goes_on()) return false;
    }
    return true;
  }

 private:
  template <class Found>
  std::uint64_t step(std::uint64_t at, std::span<const std::uint8_t> bytes, const Found& found) {
    const code::Instruction instruction = disassembler_.decode(at, bytes);
    ++into_.instructions;
    if (!instruction.decoded) into_.undecoded_bytes += instruction.size;
    if (instruction.operation == code::Operation::string_copy && instruction.repeated)
      found(instruction);
    return instruction.size;
  }

  const code::ElfFile& file_;
  code::Disassembler& disassembler_;
  ScannedFile& into_;
  std::vector<std::uint8_t> bytes_;
};

// A kernel or a module of it: what it gives to modules, or what it is.
bool is_of_kernel(const code::ElfFile& file) {
  constexpr std::array<std::string_view, 3> sections = {"__ksymtab", ".modinfo",
                                                        ".gnu.linkonce.this_module"};
  return std::ranges::any_of(
      sections, [&](std::string_view name) { return file.find_section(name) != nullptr; });
}

std::uint64_t bytes_of(const std::vector<symbols::AddressRange>& ranges) {
  std::uint64_t bytes = 0;
  for (const auto& range : ranges) bytes += range.end - range.start;
  return bytes;
}

// With the names of the functions, where a second look at the file gives some.
void name_copies(Result<Descriptor> descriptor, const symbols::FileTrees& trees,
                 ScannedFile& scanned) {
  if (!descriptor || scanned.copies.empty()) return;
  auto image = symbols::Image::open(std::move(*descriptor), scanned.path, trees);
  if (!image) return;
  for (FoundCopy& copy : scanned.copies) {
    copy.place = image->find(copy.place.address);
    copy.kind = kind_of(copy.place, scanned.of_kernel);
  }
}

}  // namespace

Result<ScannedFile> scan_image(const code::ElfFile& file, const std::string& path,
                               const Progress& progress, bool& interrupted) {
  if (!file.is_64_bit_x86())
    return fail(ErrorKind::unsupported, fmt::format("{} is not for 64-bit x86", path),
                "rep movs of other programs are not looked for");
  const std::vector<symbols::AddressRange> ranges = symbols::code_ranges(file);
  if (ranges.empty())
    return fail(ErrorKind::unsupported, fmt::format("{} has no code that is loaded", path),
                "give a program, a shared library or a vmlinux");
  BYTEPATH_TRY(disassembler, code::Disassembler::create());
  ScannedFile scanned{.path = path, .of_kernel = is_of_kernel(file)};
  const std::uint64_t all = bytes_of(ranges);
  const auto found = [&](const code::Instruction& instruction) {
    symbols::Place place{.image = path, .address = instruction.address};
    const SiteKind kind = kind_of(place, scanned.of_kernel);
    scanned.copies.push_back(
        {.kind = kind, .place = std::move(place), .element_bytes = instruction.element_bytes});
  };
  const auto goes_on = [&] { return progress(std::min(scanned.code_bytes, all), all, path); };
  Walk walk(file, disassembler, scanned);
  for (const auto& range : ranges) {
    if (walk.through(range, found, goes_on)) continue;
    interrupted = true;
    break;
  }
  return scanned;
}

Result<Scan> scan_file(const std::string& path, const Progress& progress) {
  constexpr const char* hint = "give a program, a shared library, or the number of a process";
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor && errno != EACCES)
    return fail(ErrorKind::usage, fmt::format("cannot open {}: {}", path, std::strerror(errno)),
                hint);
  if (!descriptor) return fail_errno(errno, "cannot open {}", path);
  Descriptor again(::dup(descriptor.get()));
  auto file = code::ElfFile::from_descriptor(std::move(descriptor), path);
  if (!file) return fail(file.error().kind, file.error().message, hint);
  Scan scan;
  BYTEPATH_TRY(scanned, scan_image(*file, path, progress, scan.interrupted));
  name_copies(std::move(again), symbols::FileTrees::of({}, static_cast<std::uint32_t>(::getpid())),
              scanned);
  scan.files.push_back(std::move(scanned));
  return scan;
}

namespace {

Result<ScannedFile> scan_mapping(pid_t process, const host::ProcessMapping& mapping,
                                 const symbols::FileTrees& trees, const Progress& progress,
                                 bool& interrupted) {
  BYTEPATH_TRY(file, host::open_mapped_file(process, mapping));
  BYTEPATH_TRY(scanned, scan_image(file, mapping.path, progress, interrupted));
  const trace::Mapping same{.start = mapping.first,
                            .end = mapping.last,
                            .file_offset = mapping.file_offset,
                            .file = {.inode = mapping.inode},
                            .path = mapping.path,
                            .deleted = mapping.deleted};
  name_copies(symbols::open_mapped({}, trees, static_cast<std::uint32_t>(process), same), trees,
              scanned);
  return scanned;
}

}  // namespace

Result<Scan> scan_process(pid_t process, const Progress& progress) {
  if (auto there = process::open_process(process); !there) return std::unexpected(there.error());
  auto mappings = host::read_process_maps(process);
  if (!mappings) {
    Error error = mappings.error();
    if (error.kind == ErrorKind::unsupported && error.hint.empty())
      error.hint = "give a process that runs, or a file";
    return std::unexpected(std::move(error));
  }
  const auto trees = symbols::FileTrees::of({}, static_cast<std::uint32_t>(process));
  Scan scan;
  std::set<std::tuple<std::string, std::uint64_t, std::string>> known;
  std::uint64_t nameless = 0;
  for (const host::ProcessMapping& mapping : *mappings) {
    if (!mapping.executable || scan.interrupted) continue;
    if (mapping.inode == 0) {
      // What the kernel gives each process, [vdso] and [vsyscall], is none of its own.
      if (!mapping.path.starts_with("[v")) nameless += mapping.last - mapping.first;
      continue;
    }
    if (!known.emplace(mapping.device, mapping.inode, mapping.path).second) continue;
    auto scanned = scan_mapping(process, mapping, trees, progress, scan.interrupted);
    if (scanned)
      scan.files.push_back(std::move(*scanned));
    else
      scan.not_measured.push_back({.what = mapping.path,
                                   .reason = scanned.error().message,
                                   .remedy = scanned.error().hint});
  }
  if (nameless > 0)
    scan.not_measured.push_back(
        {.what = fmt::format("{} bytes of code that is in no file", nameless),
         .reason = "the process made it as it ran",
         .remedy = "memcpy-probe trace --pid shows what of it copies"});
  return scan;
}

}  // namespace bytepath::copies
