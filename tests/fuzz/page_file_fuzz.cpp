#include <cstdlib>

#include "pages/page_file.h"
#include "pages/process_pages.h"

namespace pages = bytepath::pages;

// A page file from anybody; and the text of /proc/PID/smaps, whose paths are other users' choice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t max_bytes = std::uint64_t{1} << 33;  // page sets of 256 KiB: quick
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& use : pages::parse_mapping_use(text))
    if (use.start >= use.end || use.path.size() > size) std::abort();

  const auto files = pages::from_text(text, "input", max_bytes);
  if (!files) {
    if (files.error().kind != bytepath::ErrorKind::usage) std::abort();
    return 0;
  }
  std::uint64_t bytes = 0;
  for (const auto& file : *files) {
    bytes += file.bytes;
    std::uint64_t count = 0;
    for (const auto& run : file.pages.runs()) count += run.count;
    if (file.path.empty() || count != file.pages.count() || count > file.pages.size()) std::abort();
    if (pages::bytes_in(file.pages, 0, ~std::uint64_t{0}) != count * pages::page_bytes)
      std::abort();
  }
  if (bytes > max_bytes) std::abort();
  // What is written of it is read as the same.
  const std::string written = pages::to_text(*files);
  const auto again = pages::from_text(written, "written", max_bytes);
  if (!again || pages::to_text(*again) != written) std::abort();
  return 0;
}
