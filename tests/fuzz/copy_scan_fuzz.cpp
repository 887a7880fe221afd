// The search for rep movs in a file, and for the jumps that decide about one in a function: both
// follow bytes that anybody may have written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "copies/deciding_jumps.h"
#include "copies/scan.h"

namespace {

using namespace bytepath;

void scan_as_file(std::span<const std::uint8_t> data) {
  auto file = code::ElfFile::from_bytes({data.begin(), data.end()}, "input");
  if (!file) return;
  bool interrupted = false;
  std::size_t windows = 0;
  const auto few_windows = [&](std::size_t, std::size_t, std::string_view) {
    return ++windows < 4;
  };
  const auto found = copies::scan_image(*file, "input", few_windows, interrupted);
  if (found && found->undecoded_bytes > found->code_bytes + 15) std::abort();
}

void follow_as_function(std::span<const std::uint8_t> data) {
  auto disassembler = code::Disassembler::create();
  if (!disassembler) return;
  constexpr std::uint64_t start = 0x1000;
  const code::ByteSource bytes = [&](std::uint64_t address, std::span<std::uint8_t> into) {
    if (address < start || address - start > data.size() ||
        into.size() > data.size() - (address - start))
      return false;
    std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(address - start), into.size(),
                into.begin());
    return true;
  };
  const auto jumps = copies::deciding_jumps(*disassembler, bytes, start);
  if (!jumps) return;
  for (const auto& jump : *jumps)
    if (jump.address < start || jump.address >= start + data.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> input(data, size);
  scan_as_file(input);
  follow_as_function(input);
  return 0;
}
