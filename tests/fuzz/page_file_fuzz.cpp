#include <cstdlib>

#include "pages/page_file.h"
#include "pages/process_pages.h"

namespace pages = bytepath::pages;

// A page file from anybody; and the text of /proc/PID/smaps, whose paths are other users' choice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t quick_pages = std::uint64_t{1} << 21;  // page sets of 256 KiB
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& use : pages::parse_mapping_use(text))
    if (use.start >= use.end || use.path.size() > size) std::abort();

  const auto files = pages::from_text(text, "input");
  if (!files) {
    if (files.error().kind != bytepath::ErrorKind::usage) std::abort();
    return 0;
  }
  std::uint64_t set_pages = 0;
  for (const auto& file : *files) {
    if (file.path.empty() || file.pages.size() != pages::pages_of(file.bytes)) std::abort();
    std::uint64_t count = 0;
    for (const auto& run : file.pages.runs()) count += run.count;
    if (count > file.pages.size()) std::abort();
    set_pages += file.pages.size();
    if (set_pages > quick_pages) continue;
    const pages::PageSet set = file.pages;
    if (set.runs() != file.pages.runs() || count != set.count()) std::abort();
    if (pages::bytes_in(set, 0, ~std::uint64_t{0}) != count * pages::page_bytes) std::abort();
  }
  // What is written of it is read as the same.
  const std::string written = pages::to_text(*files);
  const auto again = pages::from_text(written, "written");
  if (!again || pages::to_text(*again) != written) std::abort();
  return 0;
}
