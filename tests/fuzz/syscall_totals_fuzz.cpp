// What the maps of the BPF programs may hold at worst: anything. The input is a list of words to
// write somewhere into the counts of two CPUs, and the same bytes again as entries of the census.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "result/document.h"
#include "syscalls/document.h"
#include "trace/copy_census.h"
#include "trace/syscall_totals.h"

namespace {

using namespace bytepath;

struct Word {
  std::uint32_t place;  // in 8 bytes
  std::uint32_t repeats;
  std::uint64_t value;
};

void add_up_counts(std::span<const std::uint8_t> input) {
  std::vector<bytepath_cpu_syscalls> cpus(2);
  const auto memory = std::as_writable_bytes(std::span(cpus));
  for (Word word{}; input.size() >= sizeof word; input = input.subspan(sizeof word)) {
    std::memcpy(&word, input.data(), sizeof word);
    for (std::size_t i = 0; i <= word.repeats % 4096; ++i) {
      const std::size_t at = (word.place + i) % (memory.size() / sizeof word.value);
      std::memcpy(memory.data() + at * sizeof word.value, &word.value, sizeof word.value);
    }
  }
  auto totals = trace::add_up_syscalls(cpus);
  result::Document document;
  syscalls::add_syscalls(document, {}, totals, trace::add_up_losses(cpus));
  (void)result::to_json(document);
  trace::add_totals(totals, trace::add_up_syscalls(std::span(cpus).first(1)));
}

void sort_copies(std::span<const std::uint8_t> input) {
  std::vector<trace::CopyRecord> records(input.size() / sizeof(trace::CopyRecord));
  if (records.empty()) return;
  std::memcpy(records.data(), input.data(), records.size() * sizeof(trace::CopyRecord));
  bytepath_copy_process named{};
  std::memset(named.name, 'x', sizeof named.name);
  trace::CopyCensus census;
  census.processes = trace::copies_by_process(records, {{0, named}});
  (void)census.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  add_up_counts({data, size});
  sort_copies({data, size});
  return 0;
}
