#include <fmt/format.h>

#include <map>

#include "base/units.h"
#include "chunks/report_parts.h"
#include "chunks/time_bars.h"
#include "mounts/reads.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Document;
using result::Value;
using result::whole;

namespace {

constexpr std::size_t most_bars = 1000;

// What a timeline is about; `kinds` name the numbers of the bars.
struct Subject {
  std::string name;
  std::string title;
  std::string things;       // that became bars
  std::string kind_column;  // what the colours are
  std::vector<std::string> kinds;
  std::vector<Bar> bars;
};

std::string title_of(const Subject& subject, const Bars& bars) {
  const auto joined = [&](const std::string& which) {
    return fmt::format("{} ({} {} in {} bars: {} are one)", subject.title, subject.bars.size(),
                       subject.things, bars.bars.size(), which);
  };
  const std::string gap = format_duration(static_cast<double>(bars.gap_ns));
  switch (bars.joined) {
    case Joined::chunk:
      return joined("those of one chunk that overlap");
    case Joined::file:
      return joined(fmt::format("those of one file less than {} apart", gap));
    case Joined::kind:
      return joined(fmt::format("those of one colour less than {} apart", gap));
    case Joined::nothing:
      break;
  }
  return subject.title;
}

void add(Document& document, const ReportContext& context, const Subject& subject) {
  const Bars bars = time_bars(subject.bars, context.options.grid, most_bars);
  result::Table table{
      .name = subject.name,
      .title = title_of(subject, bars),
      .columns = {{"time", "ns"},
                  {"took", "ns"},
                  {subject.kind_column, ""},
                  {"path", ""},
                  {"offset", "B"},
                  {"bytes", "B"},
                  {subject.things, ""},
                  {"lane", ""}},
      .rows = {},
      .time_bars = result::TimeBars{
          .begin = "time", .length = "took", .lane = "lane", .kind = subject.kind_column}};
  for (const Bar& bar : bars.bars) {
    table.rows.push_back(
        {static_cast<double>(mounts::time_since(bar.begin_ns, context.trace.begin_ns)),
         static_cast<double>(bar.end_ns - bar.begin_ns), subject.kinds[bar.kind],
         bar.several_files ? "(several files)" : path_text(context, bar.file),
         bar.several_files ? Value() : whole(bar.offset),
         bar.bytes > 0 ? whole(bar.bytes) : Value(), whole(bar.count), whole(bar.lane)});
  }
  document.tables.push_back(std::move(table));
}

void add_reads(Document& document, const ReportContext& context, const Answers& answers) {
  Subject subject{.name = "reads_in_flight",
                  .title = "READs in flight, by where they were answered from",
                  .things = "reads",
                  .kind_column = "tier",
                  .kinds = answers.tiers,
                  .bars = {}};
  const std::size_t unknown = subject.kinds.size();
  subject.kinds.emplace_back("(not known)");
  const std::size_t failed = subject.kinds.size();
  subject.kinds.emplace_back("(failed)");
  std::map<const mounts::Request*, std::size_t> tiers;
  for (const auto& answer : answers.answers) tiers[answer.request] = answer.tier;
  for (const auto& request : context.trace.requests) {
    if (request.opcode != mounts::read_opcode) continue;
    const auto tier = tiers.find(&request);
    std::size_t kind = request.error != 0 ? failed : unknown;
    if (tier != tiers.end()) kind = tier->second;
    subject.bars.push_back({.begin_ns = request.begin_ns,
                            .end_ns = request.end_ns,
                            .kind = kind,
                            .file = context.files.id_of(request),
                            .offset = request.offset,
                            .bytes = request.error == 0 ? request.replied : 0});
  }
  if (!subject.bars.empty()) add(document, context, subject);
}

void add_waits(Document& document, const ReportContext& context) {
  Subject subject{.name = "waits_in_flight",
                  .title = "Threads that waited for data, by what for",
                  .things = "waits",
                  .kind_column = "cause",
                  .kinds = {"a read", "a page fault"},
                  .bars = {}};
  for (const auto& stall : context.trace.stalls) {
    if (stall.cause == mounts::Stall::request || (stall.flags & mounts::by_target) == 0) continue;
    subject.bars.push_back({.begin_ns = stall.begin_ns,
                            .end_ns = stall.end_ns,
                            .kind = stall.cause == mounts::Stall::fault ? 1U : 0U,
                            .file = {stall.device, stall.inode},
                            .offset = stall.page * mounts::page_bytes});
  }
  if (!subject.bars.empty()) add(document, context, subject);
}

}  // namespace

void add_timelines(Document& document, const ReportContext& context, const Answers& answers) {
  add_reads(document, context, answers);
  add_waits(document, context);
}

}  // namespace bytepath::chunks
