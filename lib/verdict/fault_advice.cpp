#include <algorithm>
#include <array>
#include <span>

#include "base/units.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/fault_rules.h"
#include "verdict/parameters.h"

// What to do about the faults of a run. Each rule needs evidence in the same document.
namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;

constexpr double page_bytes = 4096;
// Fewer faults than this are no pattern.
constexpr double enough_faults = 1000;

double fault_share(const Document& document) {
  return parameter_number(document, "fault_share_of_wall_percent").value_or(0);
}

bool is_run(const Document& document) { return parameter_text(document, "mode") == "run"; }

double all_fault_time(const Document& document) {
  double sum = 0;
  for (const auto& each : class_faults(document)) sum += each.time_ns;
  return sum;
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

void judge_readahead_off(Document& document) {
  const auto disk = class_named(document, "disk-read");
  double read = 0;
  for (const auto& file : file_faults(document)) read += file.read.value_or(0);
  // What is read by one fault: 8 KiB or more is some readahead.
  constexpr double little = 2 * page_bytes;
  if (disk.faults < enough_faults || !(read / disk.faults < little)) return;
  document.findings.push_back(
      {.id = "faults.readahead-off",
       .severity = Severity::finding,
       .text =
           fmt::format("{:.0f} faults read {} each: readahead is off, every page waits for the "
                       "disk by itself ({} in all)",
                       disk.faults, size_text(read / disk.faults), format_duration(disk.time_ns)),
       .evidence = {{"faults", disk.faults}, {"read_bytes", read}, {"time_ns", disk.time_ns}},
       .remedies = {{.text = "do without MADV_RANDOM and POSIX_FADV_RANDOM, and look at the "
                             "device's read_ahead_kb",
                     .command = "fault-probe whatif -m MODEL -- COMMAND"}}});
}

void judge_readahead_wait(Document& document) {
  const auto waits = class_named(document, "readahead-wait");
  const double all = all_fault_time(document);
  if (!(waits.time_ns > all / 2) || fault_share(document) < noticeable_fault_share) return;
  document.findings.push_back(
      {.id = "faults.readahead-wait",
       .severity = Severity::finding,
       .text = fmt::format("{:.0f} faults waited {} for readahead in flight, {} of the time in "
                           "faults: the reading is the bottleneck, and runs only while a fault "
                           "waits for it",
                           waits.faults, format_duration(waits.time_ns),
                           share_text(waits.time_ns, all)),
       .evidence = {{"faults", waits.faults}, {"time_ns", waits.time_ns}, {"all_time_ns", all}},
       .remedies = {{.text = "read ahead of the use: MAP_POPULATE, or MADV_POPULATE_READ by "
                             "another thread",
                     .command = "fault-probe whatif -m MODEL -- COMMAND"}}});
}

void judge_read_amplification(Document& document) {
  constexpr double most = 2;
  const bool bounded = parameter_is_true(document, "mapped_is_upper_bound");
  for (const auto& file : file_faults(document)) {
    auto used = file.touched;
    if (!used && bounded) used = file.mapped;
    if (!file.read || !used || !(*used > 0) || !(*file.read > most * *used)) continue;
    document.findings.push_back(
        {.id = "faults.read-amplification",
         .severity = Severity::finding,
         .text = fmt::format("{}: {} were read for {} that were {}: {} too much", file.file,
                             size_text(*file.read), size_text(*used),
                             file.touched ? "touched" : "at most touched",
                             format_quantity(*file.read / *used, "ratio")),
         .evidence = {{"file", file.file},
                      {"read_bytes", *file.read},
                      {file.touched ? "touched_bytes" : "mapped_bytes", *used},
                      {"ratio", *file.read / *used}},
         .remedies = {{.text = "the access is sparse (a mixture of experts?): less readahead, no "
                               "populating; whether it is faster, whatif measures",
                       .command = "fault-probe whatif -m MODEL -- COMMAND"}}});
  }
}

void judge_needless_populate(Document& document) {
  static constexpr std::array<std::string_view, 4> populating = {
      "mmap populate", "madvise populate-read", "madvise willneed", "mlock"};
  // Asked for by pieces, a file's last bytes may be left out.
  constexpr double nearly_all = 0.9;
  const auto calls = file_calls(document);
  for (const auto& file : file_faults(document)) {
    if (!file.touched) continue;
    for (const auto& each : calls) {
      if (each.file != file.file || !is_one_of(populating, each.call)) continue;
      // The length of a mapping may go beyond the file's end.
      const double bytes = std::min(each.bytes, file.bytes);
      if (bytes < nearly_all * file.bytes || *file.touched >= bytes / 2) continue;
      document.findings.push_back(
          {.id = "faults.needless-populate",
           .severity = Severity::finding,
           .text = fmt::format("{} asks for {} of {}, of which {} are touched ({})", each.call,
                               size_text(bytes), file.file, size_text(*file.touched),
                               share_text(*file.touched, file.bytes)),
           .evidence = {{"file", file.file},
                        {"call", each.call},
                        {"call_bytes", each.bytes},
                        {"touched_bytes", *file.touched},
                        {"file_bytes", file.bytes}},
           .remedies = {{.text = "map it without populating", .command = ""}}});
    }
  }
}

void judge_small_pages(Document& document) {
  // Fault-around maps 64 KiB at most (fault_around_bytes); a folio of 2 MiB is mapped at once.
  constexpr double around = 64 * 1024;
  constexpr double many = 10'000;
  const double hits =
      class_named(document, "cache-hit").faults + class_named(document, "readahead-hit").faults;
  if (hits <= many) return;
  for (const auto& file : file_faults(document)) {
    if (!file.faults || !file.mapped || !(*file.faults > many)) continue;
    const double each = *file.mapped / *file.faults;
    if (each > around) continue;
    document.findings.push_back(
        {.id = "faults.small-pages",
         .severity = Severity::note,
         .text = fmt::format("{}: {:.0f} faults map {} each: the page cache holds it in 4 KiB "
                             "pages, where folios of 2 MiB would take 32 times fewer faults",
                             file.file, *file.faults, size_text(each)),
         .evidence = {{"file", file.file}, {"faults", *file.faults}, {"bytes_per_fault", each}},
         .remedies = {{.text = "have it read once from the beginning to the end, which makes large "
                               "folios on file systems that have them",
                       .command = "fault-probe cache FILE"}}});
  }
}

void judge_memory_pressure(Document& document) {
  constexpr double part = 0.01;
  // By these a program gives pages away itself, which is no lack of room.
  static constexpr std::array<std::string_view, 4> dropping = {
      "fadvise dontneed", "madvise dontneed", "madvise pageout", "madvise cold"};
  const auto calls = file_calls(document);
  for (const auto& file : file_faults(document)) {
    if (!file.read || !file.read_again || !(*file.read_again > part * *file.read)) continue;
    const auto drops = [&](const FileCalls& each) {
      return each.file == file.file && is_one_of(dropping, each.call);
    };
    if (std::ranges::any_of(calls, drops)) continue;
    document.findings.push_back(
        {.id = "faults.memory-pressure",
         .severity = Severity::finding,
         .text = fmt::format("{}: {} came into the page cache a second time within the run: it "
                             "was short of room, or somebody else took them out",
                             file.file, size_text(*file.read_again)),
         .evidence = {{"file", file.file},
                      {"read_bytes", *file.read},
                      {"read_again_bytes", *file.read_again}},
         .remedies = {{.text = "see the control group's memory.high and memory.max, and whether a "
                               "DAMON scheme evicts here",
                       .command = "cpu-probe doctor"}}});
  }
}

void judge_host_stall(Document& document) {
  if (!is_run(document) || document.host.hypervisor.empty()) return;
  double read = 0;
  double bytes = 0;
  for (const auto& file : file_faults(document)) {
    read += file.read.value_or(0);
    bytes += file.bytes;
  }
  const double share = fault_share(document);
  const double in_calls = call_share(document);
  constexpr double half = 50;
  if (!(read > bytes / 2) || !(share + in_calls < half)) return;
  document.findings.push_back(
      {.id = "faults.host-stall",
       .severity = Severity::note,
       .text = fmt::format("faults explain {} of the wall time, system calls on the files {}. In a "
                           "virtual machine the rest of a cold run is not all computing: the first "
                           "use of memory that the host has taken back stalls without any fault in "
                           "the guest",
                           format_quantity(share, "percent"), format_quantity(in_calls, "percent")),
       .evidence = {{"fault_share_of_wall_percent", share},
                    {"call_share_of_wall_percent", in_calls},
                    {"read_bytes", read}},
       .remedies = {
           {.text = "measure how long such a stall is here", .command = "fault-probe selftest"}}});
}

}  // namespace bytepath::verdict
