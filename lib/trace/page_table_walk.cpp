#include "trace/page_table_walk.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "trace/bpf_session.h"
#include "trace/mapped_runs.h"
#include "trace/page_table_block.h"
// The skeleton names the type of a block.
#include "page_table_walk.skel.h"

namespace bytepath::trace {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t address_limit = std::uint64_t{1} << 56;  // of a program, with five levels

// The bits of an entry that are a physical address. Above the width that the kernel shows lies the
// bit by which AMD's memory encryption marks a page: SME and SEV reduce the width that
// /proc/cpuinfo shows (early_detect_mem_encrypt(), arch/x86/kernel/cpu/amd.c).
std::uint64_t physical_mask() {
  constexpr std::uint64_t widest = 52;  // Intel SDM vol. 3A 4.1.4: at most
  std::uint64_t width = widest;
  const auto cpuinfo = read_file("/proc/cpuinfo");
  const std::string_view text = cpuinfo ? std::string_view(*cpuinfo) : std::string_view();
  if (const auto line = text.find("address sizes"); line != std::string_view::npos) {
    const auto words_of_line = words(text.substr(line, text.find('\n', line) - line));
    // "address sizes : 48 bits physical, 48 bits virtual"
    if (words_of_line.size() > 3) width = parse_unsigned(words_of_line[3]).value_or(widest);
  }
  width = std::clamp<std::uint64_t>(width, 32, widest);
  return (std::uint64_t{1} << width) - page;
}

std::unexpected<Error> fail_walk(std::uint32_t status, pid_t process) {
  switch (status) {
    case bytepath_walk_no_process:
      return fail(ErrorKind::usage, fmt::format("there is no process {}", process));
    case bytepath_walk_no_memory:
      return fail(
          ErrorKind::usage,
          fmt::format("process {} has no memory of its own: it has ended or is the kernel's",
                      process));
    case bytepath_walk_out_of_range:
      return fail(ErrorKind::usage,
                  fmt::format("cannot read the page table of process {}: these are no addresses "
                              "of a program",
                              process));
    case bytepath_walk_no_direct_map:
      return fail(ErrorKind::unsupported,
                  fmt::format("cannot read the page table of process {}: the kernel's mapping of "
                              "physical memory is not where it was looked for",
                              process));
    default:
      return fail(ErrorKind::failed,
                  fmt::format("process {} ended or executed another program while its page table "
                              "was read",
                              process));
  }
}

}  // namespace

struct PageTableWalker::Session {
  Skeleton<page_table_walk_bpf> skeleton;
};

PageTableWalker::PageTableWalker(std::unique_ptr<Session> session) : session_(std::move(session)) {}
PageTableWalker::PageTableWalker(PageTableWalker&&) noexcept = default;
PageTableWalker& PageTableWalker::operator=(PageTableWalker&&) noexcept = default;
PageTableWalker::~PageTableWalker() = default;

Result<PageTableWalker> PageTableWalker::open() {
  BYTEPATH_TRY(skeleton,
               load<page_table_walk_bpf>("page_table_walk", [](page_table_walk_bpf& made) {
                 made.rodata->physical_mask = physical_mask();
               }));
  auto session = std::make_unique<Session>();
  session->skeleton = std::move(skeleton);
  return PageTableWalker(std::move(session));
}

Result<WalkCounts> PageTableWalker::walk(pid_t process, std::uint64_t start, std::uint64_t end,
                                         const std::function<void(const MappedRun&)>& found) {
  start -= start % page;
  if (end > address_limit) return fail_walk(bytepath_walk_out_of_range, process);
  end += (page - end % page) % page;
  auto& shared = *session_->skeleton->bss;
  shared.process = process;
  shared.memory = 0;
  const int program = bpf_program__fd(session_->skeleton->progs.walk_page_table);
  MappedRuns runs(start, end, found);
  const std::uint64_t last_block =
      (end + (std::uint64_t{1} << bytepath_block_shift) - 1) >> bytepath_block_shift;
  for (std::uint64_t block = start >> bytepath_block_shift; block < last_block;
       block += bytepath_blocks) {
    shared.first_block = block;
    shared.block_count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(last_block - block, bytepath_blocks));
    bpf_test_run_opts options{};  // LIBBPF_OPTS is C that clang refuses in C++
    options.sz = sizeof options;
    if (const int error = bpf_prog_test_run_opts(program, &options))
      return fail_errno(-error, "cannot run the BPF program that reads page tables");
    if (shared.status != bytepath_walk_done) return fail_walk(shared.status, process);
    for (std::uint64_t i = 0; i < shared.block_count; ++i)
      runs.add((block + i) << bytepath_block_shift, shared.blocks[i]);
  }
  return runs.finish();
}

}  // namespace bytepath::trace
