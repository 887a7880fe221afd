#include "verdict/why_rules.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/copy_remedies.h"
#include "verdict/offset_classes.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Finding;
using result::Severity;
using result::Table;

constexpr OffsetClass slow_distances{.first = 1, .last = 15};

struct Row {
  std::string slower, faster, cause, what, image, instruction, distances, source;
  double difference = 0;  // ns
  double share = 0;       // percent
  double sigma = 0;
  double more = 0;
  bool explains = false;
};

std::vector<Row> rows_of(const Table& table) {
  std::vector<Row> rows;
  for (const auto& cells : table.rows) {
    const auto text = [&](std::string_view name) { return text_of(table, cells, name); };
    const auto number = [&](std::string_view name) {
      return number_of(table, cells, name).value_or(0);
    };
    rows.push_back({.slower = text("slower"),
                    .faster = text("faster"),
                    .cause = text("cause"),
                    .what = text("what"),
                    .image = text("image"),
                    .instruction = text("instruction"),
                    .distances = text("distances"),
                    .source = text("source"),
                    .difference = number("difference"),
                    .share = number("share"),
                    .sigma = number("sigma"),
                    .more = number("more"),
                    .explains = cell(table, cells, "explains") == result::Value(true)});
  }
  return rows;
}

// How much longer this host's rep movsb takes at a slow distance; nothing where it was not
// measured.
std::optional<double> measured_slowness(const Document& document) {
  std::optional<double> worst;
  for (const auto& metric : document.metrics) {
    if (metric.name != "copy_ratio" || label(metric.labels, "kernel") != "rep-movsb") continue;
    const auto offset = label(metric.labels, "offset");
    const auto distance = parse_unsigned(offset);
    if (!distance || *distance < slow_distances.first || *distance > slow_distances.last) continue;
    worst = std::max(worst.value_or(0), metric.median);
  }
  return worst;
}

// By the census, how much of what this command copied from files lay at a slow distance, in
// percent.
std::optional<double> census_share(const Document& document, const std::string& command) {
  for (const auto& metric : document.metrics) {
    if (metric.name == "slow_copied_share" && label(metric.labels, "benchmark") == command)
      return metric.median;
  }
  return std::nullopt;
}

std::string begin_of(const Row& row) {
  // Threads that run side by side may take more than the clock saw.
  constexpr double all = 99.5;
  const std::string share = row.share >= all ? "all" : fmt::format("{:.0f} %", row.share);
  return fmt::format("{} of the time that {} takes more than {}", share, row.slower, row.faster);
}

std::string at_text(const Row& row) {
  std::string text;
  if (!row.instruction.empty()) text += fmt::format(", most of it at {}", row.instruction);
  if (!row.source.empty()) text += fmt::format(" ({})", row.source);
  return text;
}

std::string more_text(const Row& row, std::string_view things) {
  if (!(row.more >= 1)) return "";
  return fmt::format(": {:.0f} {} more a run, {} each", row.more, things,
                     format_quantity(row.difference / row.more, "ns"));
}

std::string sentence(const Row& row) {
  if (row.cause == "page faults")
    return begin_of(row) + " is page faults" + more_text(row, "of them");
  if (row.cause == "system calls") {
    return begin_of(row) + " is system calls" +
           (row.what.empty() ? "" : more_text(row, "calls of " + row.what));
  }
  if (row.cause == "waiting")
    return begin_of(row) + " is waiting" + (row.what.empty() ? "" : " in " + row.what);
  return fmt::format("{} is in {} of {}{}", begin_of(row), row.what, row.image, at_text(row));
}

std::string id_of(const Row& row) {
  std::string id = "run.why." + row.cause;
  std::ranges::replace(id, ' ', '-');
  return id;
}

Finding finding_of(const Document& document, const Row& row) {
  Finding finding{.id = id_of(row),
                  .severity = Severity::finding,
                  .text = sentence(row),
                  .evidence = {{"share_percent", row.share}, {"sigma", row.sigma}},
                  .remedies = {}};
  if (row.cause != "copy") return finding;
  const auto slowness = measured_slowness(document);
  finding.text = fmt::format(
      "{} is one instruction, {}, in {} of {}: (destination - source) mod 4096 is in {} ({})",
      begin_of(row), row.instruction, row.what, row.image, format_offsets(slow_distances),
      row.distances);
  // The kernel's copies were also counted, without sampling.
  constexpr double most_of_them = 50;
  const auto counted = row.image == "[kernel]" ? census_share(document, row.slower) : std::nullopt;
  if (counted) finding.evidence["counted_share_percent"] = *counted;
  if (counted && *counted < most_of_them) {
    finding.severity = Severity::note;
    finding.text +=
        fmt::format("; but by count only {:.0f} % of the bytes were copied so", *counted);
    return finding;
  }
  if (slowness && *slowness >= slow_factor) {
    finding.text += fmt::format(", where this host's rep movsb takes {}", format_factor(*slowness));
    finding.evidence["copy_ratio"] = *slowness;
    finding.remedies = row.image == "[kernel]"      ? syscall_remedies(slow_distances)
                       : row.image.contains("libc") ? libc_remedies(document, slow_distances)
                                                    : instruction_remedies(slow_distances);
    return finding;
  }
  finding.severity = Severity::note;
  finding.text += slowness ? fmt::format("; but this host's rep movsb is not slow there ({})",
                                         format_factor(*slowness))
                           : "; whether this host's rep movsb is slow there was not measured";
  return finding;
}

// The largest part, where none explains enough.
Finding unexplained(const Row& largest) {
  return {.id = "run.why.unexplained",
          .severity = Severity::note,
          .text = fmt::format("no single cause explains why {} takes longer than {}; the largest "
                              "part of it: {}",
                              largest.slower, largest.faster, sentence(largest)),
          .evidence = {{"share_percent", largest.share}, {"sigma", largest.sigma}},
          .remedies = {}};
}

}  // namespace

void judge_why(Document& document) {
  const Table* const table = find_table(document, "explanation");
  if (table == nullptr) return;
  const auto rows = rows_of(*table);
  const auto same_pair = [](const Row& left, const Row& right) {
    return left.slower == right.slower && left.faster == right.faster;
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // A row that explains comes before the parts of its pair.
    if (i > 0 && same_pair(rows[i - 1], rows[i])) continue;
    document.findings.push_back(rows[i].explains ? finding_of(document, rows[i])
                                                 : unexplained(rows[i]));
  }
}

}  // namespace bytepath::verdict
