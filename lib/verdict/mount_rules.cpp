#include "verdict/mount_rules.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Finding;
using result::Severity;
using result::Table;
using result::Value;
using Row = std::vector<Value>;

// From this part of the wall time on, in percent, waiting for the mount is worth a remedy.
constexpr double noticeable_stall = 10;
constexpr double half = 50;
// What a level asks of the next one may be so many times what is asked of it before that is said.
constexpr double much_more = 2;
constexpr double repeated = 1.1;

bool is_report(const Document& document) { return parameter_text(document, "mode") == "report"; }

// The sum of a column; nothing where there is no such table.
std::optional<double> sum(const Document& document, std::string_view name,
                          std::string_view column) {
  const Table* table = find_table(document, name);
  if (table == nullptr) return std::nullopt;
  double all = 0;
  for (const auto& row : table->rows) all += amount_of(*table, row, column).value_or(0);
  return all;
}

// The last step of that name: the one nearest to the origin.
std::optional<double> step(const Document& document, std::string_view name,
                           std::string_view column = "bytes") {
  const Table* table = find_table(document, "ladder");
  if (table == nullptr) return std::nullopt;
  std::optional<double> found;
  for (const auto& row : table->rows) {
    if (text_of(*table, row, "step") == name) found = amount_of(*table, row, column);
  }
  return found;
}

std::optional<double> stall_time(const Document& document, std::string_view what) {
  const Table* table = find_table(document, "stall");
  if (table == nullptr) return std::nullopt;
  for (const auto& row : table->rows) {
    if (text_of(*table, row, "what") == what) return amount_of(*table, row, "time");
  }
  return std::nullopt;
}

double stall_share(const Document& document) {
  const double wall = metric_of(document, "wall").value_or(0);
  return wall > 0 ? 100 * metric_of(document, "stall").value_or(0) / wall : 0;
}

std::optional<double> reads_count(const Document& document) {
  const Table* table = find_table(document, "requests");
  if (table == nullptr) return std::nullopt;
  double all = 0;
  for (const auto& row : table->rows) {
    if (text_of(*table, row, "request") == "READ")
      all += amount_of(*table, row, "count").value_or(0);
  }
  return all;
}

std::string count_text(double count) { return fmt::format("{:.0f}", count); }

void add(Document& document, const char* id, Severity severity, std::string said,
         result::Record evidence, std::vector<result::Remedy> remedies) {
  document.findings.push_back({.id = id,
                               .severity = severity,
                               .text = std::move(said),
                               .evidence = std::move(evidence),
                               .remedies = std::move(remedies)});
}

}  // namespace

void judge_lost_mount_events(Document& document) {
  if (!is_report(document)) return;
  const double lost = parameter_number(document, "lost_events").value_or(0);
  if (lost == 0) return;
  add(document, "chunks.lost-events", Severity::warning,
      fmt::format("{} events were lost: counts are too low, and no hit is certain",
                  count_text(lost)),
      {{"lost_events", lost}}, {{.text = "record with a larger ring", .command = "--ring 256M"}});
}

void judge_failed_mounted_command(Document& document) {
  if (!is_report(document)) return;
  const double status = parameter_number(document, "exit_code").value_or(0);
  if (status == 0) return;
  add(document, "chunks.command-failed", Severity::warning,
      fmt::format("the command ended with status {}: is this the start that was meant?",
                  count_text(status)),
      {{"exit_code", status}}, {});
}

void judge_dropped_cache(Document& document) {
  if (!is_report(document)) return;
  const double dropping = sum(document, "opens", "drop_the_cache").value_or(0);
  if (dropping == 0) return;
  const double again = sum(document, "opens", "read_again").value_or(0);
  const double opens = sum(document, "opens", "opens").value_or(0);
  add(document, "chunks.cache-dropped", again > 0 ? Severity::finding : Severity::note,
      again > 0
          ? fmt::format("{} of {} opens made the kernel drop what it had of the file, and {} were "
                        "read again after it",
                        count_text(dropping), count_text(opens), size_text(again))
          : fmt::format("{} of {} opens make the kernel drop what it has of the file: the next "
                        "start reads all of it again",
                        count_text(dropping), count_text(opens)),
      {{"opens", opens}, {"opens_that_drop", dropping}, {"read_again_bytes", again}},
      {{.text = "have the daemon answer opens with FOPEN_KEEP_CACHE (libfuse: keep_cache), as long "
                "as the content does not change"}});
}

void judge_over_fetch(Document& document) {
  if (!is_report(document)) return;
  const auto read = step(document, "read");
  const auto fetched = step(document, "fetched");
  if (!read || !fetched || *read == 0 || *fetched < much_more * *read) return;
  add(document, "chunks.over-fetch", Severity::finding,
      fmt::format("the daemon fetched {}, {} of the {} that were read through the mount",
                  size_text(*fetched), format_factor(*fetched / *read), size_text(*read)),
      {{"fetched_bytes", *fetched}, {"read_bytes", *read}},
      {{.text = "try smaller chunks, or parts, of the daemon; which size is best for this start:",
        .command = "chunk-probe whatif TRACE"}});
}

void judge_repeated_reads(Document& document) {
  if (!is_report(document)) return;
  const auto read = step(document, "read");
  const auto once = step(document, "read", "once");
  if (!read || !once || *once == 0 || *read < repeated * *once) return;
  add(document, "chunks.read-again", Severity::warning,
      fmt::format("{} were read through the mount, but only {} of them are different bytes",
                  size_text(*read), size_text(*once)),
      {{"read_bytes", *read}, {"once_bytes", *once}},
      {{.text = "give the page cache more memory, or keep it over opens"}});
}

void judge_excess_readahead(Document& document) {
  if (!is_report(document)) return;
  const auto read = step(document, "read");
  const auto mapped = step(document, "mapped");
  const Table* ladder = find_table(document, "ladder");
  if (!read || !mapped || *mapped == 0 || ladder == nullptr || *read < much_more * *mapped) return;
  add(document, "chunks.excess-readahead", Severity::warning,
      fmt::format("{} were read through the mount for {} that the program touched or mapped",
                  size_text(*read), size_text(*mapped)),
      {{"read_bytes", *read}, {"mapped_bytes", *mapped}},
      {{.text = "less readahead of the mount, or posix_fadvise(POSIX_FADV_RANDOM)"}});
}

void judge_metadata_stall(Document& document) {
  if (!is_report(document) || stall_share(document) < noticeable_stall) return;
  const double stall = metric_of(document, "stall").value_or(0);
  const double metadata = stall_time(document, "of it for metadata").value_or(0);
  if (stall == 0 || metadata < stall / 2) return;
  add(document, "chunks.metadata-bound", Severity::finding,
      fmt::format("{} of the {} that were waited is for names, attributes and folders, not for "
                  "content",
                  share_text(metadata, stall), format_duration(stall)),
      {{"metadata_ns", metadata}, {"stall_ns", stall}},
      {{.text = "longer attribute and entry timeouts of the daemon; an image with its metadata in "
                "one place (EROFS) instead of a tree of files"}});
}

void judge_serial_rounds(Document& document) {
  if (!is_report(document) || stall_share(document) < noticeable_stall) return;
  constexpr double fewest_rounds = 20;
  constexpr double mostly = 0.7;
  const auto rounds = metric_of(document, "serial_rounds");
  const auto reads = reads_count(document);
  if (!rounds || !reads || *rounds < fewest_rounds || *rounds < mostly * *reads) return;
  add(document, "chunks.serial-rounds", Severity::finding,
      fmt::format("{} READs went out in {} rounds, one after the other: the start cannot be faster "
                  "than so many answers",
                  count_text(*reads), count_text(*rounds)),
      {{"reads", *reads}, {"serial_rounds", *rounds}},
      {{.text = "larger chunks, or fetch what the start needs before it asks:",
        .command = "chunk-probe export TRACE --format ranges"}});
}

void judge_short_readahead(Document& document) {
  if (!is_report(document) || stall_share(document) < noticeable_stall) return;
  const Table* mounts = find_table(document, "mounts");
  const Table* sizes = find_table(document, "read_sizes");
  const auto grid = parameter_number(document, "grid");
  const auto reads = reads_count(document);
  if (mounts == nullptr || sizes == nullptr || !grid || !reads || *reads == 0) return;
  for (const auto& row : mounts->rows) {
    if (!text_of(*mounts, row, "type").starts_with("fuse")) continue;
    const auto readahead = amount_of(*mounts, row, "readahead");
    if (!readahead || *readahead == 0 || *readahead >= *grid) continue;
    double full = 0;
    for (const auto& bucket : sizes->rows) {
      if (amount_of(*sizes, bucket, "from").value_or(0) <= *readahead &&
          amount_of(*sizes, bucket, "to").value_or(0) >= *readahead)
        full += amount_of(*sizes, bucket, "requests").value_or(0);
    }
    if (100 * full < half * *reads) continue;
    add(document, "chunks.short-readahead", Severity::warning,
        fmt::format("{} of {} READs are as large as the readahead of {} allows, {}, and a chunk "
                    "has {}",
                    count_text(full), count_text(*reads), text_of(*mounts, row, "path"),
                    size_text(*readahead), size_text(*grid)),
        {{"reads", *reads}, {"full_reads", full}, {"readahead_bytes", *readahead}},
        {{.text = "a larger readahead of the mount: max_readahead of the daemon, or read_ahead_kb "
                  "below /sys/class/bdi"}});
  }
}

void judge_passthrough(Document& document) {
  if (!is_report(document)) return;
  const double opens = sum(document, "opens", "passthrough").value_or(0);
  if (opens == 0) return;
  add(document, "chunks.passthrough", Severity::note,
      fmt::format("{} opens pass reads through to another file: what those read is not seen here",
                  count_text(opens)),
      {{"opens", opens}}, {{.text = "record the mount that the backing files lie on"}});
}

void judge_direct_io(Document& document) {
  if (!is_report(document)) return;
  const double opens = sum(document, "opens", "direct").value_or(0);
  if (opens == 0) return;
  add(document, "chunks.direct-io", Severity::note,
      fmt::format("{} opens go past the page cache: each read is a READ, and nothing can hit",
                  count_text(opens)),
      {{"opens", opens}}, {});
}

void judge_mount(Document& document) {
  if (!is_report(document)) return;
  const auto wall = metric_of(document, "wall");
  const auto stall = metric_of(document, "stall");
  if (!wall || !stall || *wall <= 0) return;
  std::string said = fmt::format("{} of {} is waiting for the mount", share_text(*stall, *wall),
                                 format_duration(*wall));
  const auto reads = reads_count(document);
  const auto read = step(document, "read");
  if (reads && read && *reads > 0)
    said += fmt::format("; {} READs brought {}", count_text(*reads), size_text(*read));
  if (const auto touched = step(document, "touched"))
    said += fmt::format(", of which the program touched {} itself", size_text(*touched));
  const bool waits = 100 * *stall >= noticeable_stall * *wall;
  document.verdict = {.state = waits ? "stalled" : "measured", .text = std::move(said)};
}

void judge_stack(Document& document) {
  if (parameter_text(document, "mode") != "stack") return;
  const Table* mounts = find_table(document, "mounts");
  if (mounts == nullptr || mounts->rows.empty()) return;
  std::string chain;
  for (const auto& row : mounts->rows) {
    if (!chain.empty()) chain += " on ";
    chain += text_of(*mounts, row, "type");
    const std::string by = text_of(*mounts, row, "reached_by");
    if (by.starts_with("loop") || by.starts_with("image")) chain += fmt::format(" (by {})", by);
  }
  document.verdict = {.state = "measured",
                      .text = fmt::format("{} is {}", parameter_text(document, "mount"), chain)};
}

void judge_bench(Document& document) {
  if (parameter_text(document, "mode") != "bench") return;
  const auto wall = std::ranges::find(document.metrics, "wall", &result::Metric::name);
  const auto stall = metric_of(document, "stall");
  if (wall == document.metrics.end() || !stall || wall->median <= 0) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format("a start takes {} [{} to {}], of which {} is waiting for the mount",
                          format_duration(wall->median), format_duration(wall->low),
                          format_duration(wall->high), share_text(*stall, wall->median))};
}

}  // namespace bytepath::verdict
