#include <algorithm>

#include "chunks/opcode_name.h"
#include "chunks/report_parts.h"
#include "mounts/reads.h"
#include "result/document_parts.h"

namespace bytepath::chunks {

using result::Better;
using result::Document;
using result::share;
using result::single_metric;
using result::whole;

void add_stall(Document& document, const ReportContext& context) {
  const auto stall = stall_shares(context.trace);
  const auto ns = [](std::uint64_t value) { return static_cast<double>(value); };
  document.metrics.push_back(single_metric("wall", {}, ns(stall.wall_ns), "ns", Better::lower));
  document.metrics.push_back(single_metric("stall", {}, ns(stall.longest_ns), "ns", Better::lower));
  if (context.trace.cpu_ns > 0)
    document.metrics.push_back(single_metric("cpu", {}, context.trace.cpu_ns, "ns", Better::lower));
  result::Table table{.name = "stall",
                      .title = "Time in which threads waited for the mount",
                      .columns = {{"what", ""}, {"time", "ns"}, {"of_wall", "percent"}},
                      .rows = {}};
  const auto add = [&](std::string what, std::uint64_t value) {
    table.rows.push_back({std::move(what), ns(value), share(value, stall.wall_ns)});
  };
  add("wall", stall.wall_ns);
  add(stall.longest_ns == 0 ? "no thread waited"
                            : fmt::format("thread {}, which waited most", stall.longest_thread),
      stall.longest_ns);
  add("of it for data", stall.longest_data_ns);
  add("of it for metadata", stall.longest_ns - stall.longest_data_ns);
  add("all threads together", stall.all_ns);
  if (context.trace.cpu_ns > 0)
    add("CPU time of the command", static_cast<std::uint64_t>(context.trace.cpu_ns));
  document.tables.push_back(std::move(table));

  result::Table files{
      .name = "stall_by_file",
      .title = "Files that were waited for",
      .columns = {{"path", ""}, {"time", "ns"}, {"of_stall", "percent"}, {"waits", ""}},
      .rows = {}};
  const std::size_t limit = row_limit(context, ReportBy::path);
  for (std::size_t i = 0; i < std::min(limit, stall.files.size()); ++i) {
    const auto& file = stall.files[i];
    files.rows.push_back({path_text(context, file.id), ns(file.ns), share(file.ns, stall.all_ns),
                          whole(file.stalls)});
  }
  if (!files.rows.empty()) document.tables.push_back(std::move(files));

  result::Table requests{.name = "stall_by_request",
                         .title = "Requests that were waited for by themselves",
                         .columns = {{"request", ""}, {"time", "ns"}, {"of_stall", "percent"}},
                         .rows = {}};
  for (const auto& [opcode, value] : stall.by_opcode)
    requests.rows.push_back({opcode_name(opcode), ns(value), share(value, stall.all_ns)});
  if (!requests.rows.empty()) document.tables.push_back(std::move(requests));
}

void add_processes(Document& document, const ReportContext& context) {
  struct Counts {
    std::uint64_t reads = 0;
    std::uint64_t bytes = 0;
    std::uint64_t missed = 0;
    std::uint64_t stall_ns = 0;
  };
  std::map<std::uint32_t, Counts> counts;
  for (const auto& request : context.trace.requests) {
    if (request.opcode != mounts::read_opcode) continue;
    ++counts[request.process].reads;
    counts[request.process].bytes += request.replied;
  }
  for (const auto& access : context.trace.accesses) counts[access.process].missed += access.missed;
  for (const auto& stall : context.trace.stalls)
    counts[stall.process].stall_ns += stall.end_ns - std::min(stall.begin_ns, stall.end_ns);
  std::vector<std::pair<std::uint32_t, Counts>> rows(counts.begin(), counts.end());
  std::ranges::stable_sort(rows, std::ranges::greater(),
                           [](const auto& each) { return each.second.stall_ns; });
  result::Table table{.name = "processes",
                      .title = "Who asked",
                      .columns = {{"process", ""},
                                  {"name", ""},
                                  {"reads", ""},
                                  {"bytes", "B"},
                                  {"missed_pages", ""},
                                  {"stall", "ns"}},
                      .rows = {}};
  const std::size_t limit = row_limit(context, ReportBy::process);
  for (const auto& [process, each] : rows) {
    if (table.rows.size() == limit) break;
    std::string name = process == 0 ? "the kernel" : "";
    for (const auto& known : context.trace.processes) {
      if (known.number == process && !known.name.empty()) name = known.name;
    }
    table.rows.push_back({whole(process), name, whole(each.reads), whole(each.bytes),
                          whole(each.missed), static_cast<double>(each.stall_ns)});
  }
  if (!table.rows.empty()) document.tables.push_back(std::move(table));
}

}  // namespace bytepath::chunks
