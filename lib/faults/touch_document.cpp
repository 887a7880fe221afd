#include "faults/touch_document.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "faults/file_tables.h"

namespace bytepath::faults {
namespace {

std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto whole = std::filesystem::absolute(path, failed);
  if (failed) return path;
  const auto resolved = std::filesystem::weakly_canonical(whole, failed);
  return failed ? path : resolved.string();
}

}  // namespace

result::Document touch_document(std::span<const FileRecord> records, const TouchFacts& facts) {
  result::Document document;
  auto& parameters = document.parameters;
  parameters["mode"] = std::string("touch");
  parameters["subject"] = facts.subject;
  parameters["page_bytes"] = static_cast<std::int64_t>(pages::page_bytes);
  parameters["exit_code"] = std::int64_t{facts.outcome.exit_code()};
  parameters["exact"] = facts.flaws.empty();
  document.complete = !facts.outcome.interrupted;
  add_files_table(document, records);
  add_file_metrics(document, records);
  add_part_tables(document, records);
  add_curve(document, facts.curve,
            {.name = "touched_by_time", .title = "Bytes that had been touched by then"});
  add_strips(document, records);
  for (const auto& flaw : facts.flaws) {
    document.not_measured.push_back(
        {.what = fmt::format("all touched pages of {}", flaw.file),
         .reason = flaw.count > 1 ? fmt::format("{} ({} times)", flaw.why, flaw.count) : flaw.why,
         .remedy = ""});
  }
  if (records.empty()) return document;
  document.not_measured.push_back({.what = "times and fault counts of the command",
                                   .reason = "here every touched page is a fault of its own",
                                   .remedy = "fault-probe run -- COMMAND measures them"});
  return document;
}

std::vector<pages::FilePages> page_files(std::span<const FileRecord> records) {
  std::vector<pages::FilePages> out;
  for (const auto& record : records) {
    if (!record.touched) continue;
    out.push_back(
        {.path = absolute(record.file.path), .bytes = record.file.size, .pages = *record.touched});
  }
  return out;
}

void take_touched(FileRecord& record, std::span<const pages::FilePages> files) {
  const std::string path = absolute(record.file.path);
  for (const auto& file : files) {
    if (file.bytes == record.file.size && absolute(file.path) == path) record.touched = file.pages;
  }
}

Result<> check_one_with_experts(std::span<const WatchedFile> files) {
  const Subject* first = nullptr;
  for (const auto& file : files) {
    const Subject* subject = file.subject.get();
    const auto has_experts = [](const weights::Range& range) { return range.expert >= 0; };
    if (subject == first || std::ranges::none_of(file.ranges(), has_experts)) continue;
    if (first == nullptr) {
      first = subject;
      continue;
    }
    return fail(ErrorKind::usage,
                fmt::format("--experts: both {} and {} have experts",
                            first->model.files.front().path, subject->model.files.front().path),
                "give one of them with --model; the report tells all of them apart");
  }
  return {};
}

Result<std::string> experts_csv(std::span<const FileRecord> records) {
  std::vector<WatchedFile> files;
  for (const auto& record : records) files.push_back(record.file);
  if (auto one = check_one_with_experts(files); !one) return std::unexpected(one.error());
  std::map<std::pair<int, int>, std::uint64_t> counts;
  for (const auto& record : records) {
    const auto ranges = record.file.ranges();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (ranges[i].expert < 0) continue;
      const auto run = pages_of_range(ranges, i);
      counts[{ranges[i].layer, ranges[i].expert}] +=
          record.touched ? record.touched->count(run.first, run.count) : 0;
    }
  }
  std::string csv = "layer,expert,pages\n";
  for (const auto& [where, count] : counts) {
    csv += fmt::format("{},{},{}\n", where.first, where.second, count);
  }
  return csv;
}

}  // namespace bytepath::faults
