#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "host/mount_table.h"
#include "lazyfs/http_range.h"
#include "lazyfs/latency.h"
#include "lazyfs/parity.h"
#include "lazyfs/prefetch_list.h"
#include "lazyfs/truth.h"

namespace lazyfs = bytepath::lazyfs;

namespace {

void expect(bool right) {
  if (!right) std::abort();
}

// What is answered is a part of the file.
void check_range(std::string_view header, std::uint64_t file_bytes) {
  const auto answer = lazyfs::answer_range(header, file_bytes);
  if (answer.kind == lazyfs::RangeAnswer::Kind::not_satisfiable) return;
  expect(answer.extent.offset <= file_bytes);
  expect(answer.extent.length <= file_bytes - answer.extent.offset);
  expect(answer.kind == lazyfs::RangeAnswer::Kind::whole || answer.extent.length > 0);
}

void check_truth(std::string_view line) {
  const auto event = lazyfs::from_line(line);
  if (!event) return;
  std::string again = lazyfs::to_line(*event);
  again.pop_back();
  expect(lazyfs::from_line(again) == event);
}

void check_prefetch_list(std::string_view text) {
  const auto list = lazyfs::parse_prefetch_list(text, "list");
  if (!list) return;
  for (const auto& entry : *list) {
    expect(!entry.path.empty() && entry.extent.length <= UINT64_MAX - entry.extent.offset);
  }
}

}  // namespace

// What comes over HTTP, from files and from the command line: nothing of it crashes or is taken for
// more than there is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto line : bytepath::split(text, '\n')) {
    for (const std::uint64_t file_bytes : {std::uint64_t{0}, std::uint64_t{1000}, UINT64_MAX / 2}) {
      check_range(line, file_bytes);
    }
    check_truth(line);
    (void)lazyfs::Latency::parse(line);
    (void)lazyfs::parse_chunk(line);
    (void)lazyfs::parse_erasure_code(line);
  }
  check_prefetch_list(text);
  (void)bytepath::host::mount_of_path(bytepath::host::mounts_from_text(text), "/mnt");
  return 0;
}
