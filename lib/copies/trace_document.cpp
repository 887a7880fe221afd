#include "copies/trace_document.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "copies/copy_sums.h"
#include "copies/offset_band.h"
#include "result/document_parts.h"

namespace bytepath::copies {
namespace {

using result::Better;
using result::share;
using result::single_metric;
using result::Value;
using result::whole;

// More rows say nothing to a reader; the rest is one row.
constexpr std::size_t most_rows = 40;
constexpr double second_ns = 1e9;

// What a number of samples is in the units of the report.
struct Scale {
  double ns_a_sample = 0;
  double wall_ns = 0;

  double time_ns(double samples) const { return samples * ns_a_sample; }
  // Seconds lost a second that passes.
  double per_second(double samples) const { return wall_ns > 0 ? time_ns(samples) / wall_ns : 0; }
};

Value process_number(std::uint32_t number) { return number == 0 ? Value{} : whole(number); }

result::Table process_table(const CopySums& sums, const Scale& scale, bool judged) {
  result::Table table{.name = "processes",
                      .title = "Processes",
                      .columns = {{"pid", ""},
                                  {"command", ""},
                                  {"samples", ""},
                                  {"cpu_time", "ns"},
                                  {"kernel", "percent"},
                                  {"rep_movs", "percent"},
                                  {"slow", "percent"},
                                  {"lost", "s/s"},
                                  {"lost_least", "s/s"}},
                      .rows = {}};
  const auto row = [&](Value number, std::string command, const ProgramSum& sum) {
    const auto if_judged = [&](double value) { return judged ? Value(value) : Value{}; };
    table.rows.push_back({std::move(number), std::move(command), whole(sum.samples),
                          scale.time_ns(static_cast<double>(sum.samples)),
                          share(sum.in_kernel, sum.samples), share(sum.copies.samples, sum.samples),
                          if_judged(share(sum.copies.slow, sum.samples)),
                          if_judged(scale.per_second(sum.copies.lost)),
                          if_judged(scale.per_second(sum.copies.lost_least))});
  };
  ProgramSum rest;
  for (std::size_t i = 0; i < sums.programs.size(); ++i) {
    const ProgramSum& sum = sums.programs[i];
    if (i < most_rows) {
      row(process_number(sum.number), sum.command, sum);
      continue;
    }
    rest.samples += sum.samples;
    rest.in_kernel += sum.in_kernel;
    rest.copies.add(sum.copies);
  }
  if (sums.programs.size() > most_rows)
    row({}, fmt::format("({} others)", sums.programs.size() - most_rows), rest);
  return table;
}

unsigned most_frequent(const std::map<unsigned, std::uint64_t>& offsets) {
  const auto most =
      std::ranges::max_element(offsets, {}, [](const auto& offset) { return offset.second; });
  return most == offsets.end() ? 0 : most->first;
}

result::Table place_table(const CopySums& sums, std::uint64_t samples, const Scale& scale,
                          bool judged) {
  result::Table table{.name = "places",
                      .title = "Where rep movs runs",
                      .columns = {{"pid", ""},
                                  {"command", ""},
                                  {"of", ""},
                                  {"place", ""},
                                  {"instruction", ""},
                                  {"class", ""},
                                  {"d", ""},
                                  {"copy_bytes", "B"},
                                  {"samples", ""},
                                  {"share", "percent"},
                                  {"slow", ""},
                                  {"lost", "s/s"},
                                  {"lost_least", "s/s"}},
                      .rows = {}};
  for (const PlaceSum& sum : sums.places) {
    if (table.rows.size() == most_rows) break;
    const auto if_judged = [&](Value value) { return judged ? std::move(value) : Value{}; };
    table.rows.push_back(
        {process_number(sum.number), sum.command, to_text(sum.kind), sum.place, sum.instruction,
         band_name(sum.band), whole(most_frequent(sum.offsets)),
         whole(2 * sum.copies.left_bytes / std::max<std::uint64_t>(sum.copies.samples, 1)),
         whole(sum.copies.samples), share(sum.copies.samples, samples),
         if_judged(sum.copies.slow > 0), if_judged(scale.per_second(sum.copies.lost)),
         if_judged(scale.per_second(sum.copies.lost_least))});
  }
  return table;
}

result::Table band_table(const CopySums& sums, const LossCurve& curve,
                         const std::set<std::uint8_t>& elements) {
  result::Table table{
      .name = "offsets",
      .title = "Distance d = (destination - source) mod 4096 within rep movs",
      .columns = {{"class", ""}, {"samples", ""}, {"share", "percent"}, {"here", "ratio"}},
      .rows = {}};
  const std::uint8_t element = elements.empty() ? 1 : *elements.begin();
  for (std::size_t band = 0; band < sums.bands.size(); ++band) {
    const auto worst = curve.worst(element, band);
    table.rows.push_back({band_name(band), whole(sums.bands[band].samples),
                          share(sums.bands[band].samples, sums.all.samples),
                          worst ? Value(*worst) : Value{}});
  }
  return table;
}

// Data for programs: every d that was seen.
result::Series offset_series(const CopySums& sums) {
  std::map<unsigned, std::uint64_t> by_offset;
  for (const PlaceSum& place : sums.places)
    for (const auto& [offset, samples] : place.offsets) by_offset[offset] += samples;
  result::Series series{.name = "samples_by_offset", .x_label = "d", .x_unit = "B"};
  for (const auto& [offset, samples] : by_offset)
    series.points.push_back(result::single_point(offset, static_cast<double>(samples), samples));
  return series;
}

std::string exact_title(const ExactPart& exact) {
  return fmt::format(
      "Copies by rep movsb of {}{}", exact.libc,
      exact.cost ? fmt::format("; to count one takes {}", format_duration(exact.cost->per_copy_ns))
                 : "");
}

result::Table exact_table(const ExactPart& exact) {
  result::Table table{.name = "exact_copies",
                      .title = exact_title(exact),
                      .columns = {{"pid", ""},
                                  {"command", ""},
                                  {"size", "B"},
                                  {"class", ""},
                                  {"copies", ""},
                                  {"bytes", "B"}},
                      .rows = {}};
  using Process = std::pair<Value, std::string>;
  std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>, Process> processes;
  const auto key_of = [](const bytepath_program& program) {
    return std::tuple(program.started_ns, program.process, program.execs);
  };
  for (const trace::SampledProgram& each : exact.copies.programs)
    processes[key_of(each.program)] = {process_number(each.samples.number),
                                       command_of(each.samples)};
  using RowKey = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, unsigned, std::size_t>;
  std::map<RowKey, bytepath_exact_count> sums;
  for (const trace::ExactCopy& each : exact.copies.copies) {
    const auto& copy = each.copy;
    auto& sum = sums[{copy.program.started_ns, copy.program.process, copy.program.execs,
                      copy.size_class, band_of(copy.offset)}];
    sum.calls += each.count.calls;
    sum.bytes += each.count.bytes;
  }
  for (const auto& [key, sum] : sums) {
    const auto& [started, process, execs, size_class, band] = key;
    const Process& of = processes[{started, process, execs}];
    table.rows.push_back({of.first, of.second, std::ldexp(1.0, static_cast<int>(size_class)),
                          band_name(band), whole(sum.calls), whole(sum.bytes)});
  }
  return table;
}

void add_exact(result::Document& document, const ExactPart& exact) {
  document.tables.push_back(exact_table(exact));
  document.parameters["exact_libc"] = exact.libc;
  if (exact.cost)
    document.metrics.push_back(
        single_metric("exact_cost", {}, exact.cost->per_copy_ns, "ns", Better::lower));
  const std::uint64_t dropped = exact.copies.dropped_copies + exact.copies.dropped_programs;
  document.parameters["exact_dropped"] = whole(dropped);
}

void add_parameters(result::Document& document, const TraceOptions& options,
                    const TracedCopies& traced) {
  auto& parameters = document.parameters;
  parameters["mode"] = "trace";
  if (options.whole_host())
    parameters["all_processes"] = true;
  else if (options.command.empty())
    parameters["process"] = static_cast<std::int64_t>(options.process);
  else
    parameters["command"] = fmt::format("{}", fmt::join(options.command, " "));
  if (traced.outcome)
    parameters["exit_code"] = static_cast<std::int64_t>(traced.outcome->exit_code());
  if (traced.ended_by_duration) parameters["ended_by_duration"] = true;
  const trace::CopySamples& samples = traced.samples;
  parameters["rate"] = static_cast<std::int64_t>(options.rate);
  parameters["seconds"] = traced.wall_ns / second_ns;
  parameters["samples"] = whole(samples.samples);
  parameters["unread_samples"] = whole(samples.unread);
  parameters["dropped_samples"] = whole(samples.dropped_programs + samples.dropped_copies);
  parameters["unplaced_samples"] = whole(samples.dropped_places);
}

}  // namespace

std::set<std::uint8_t> sampled_elements(const trace::CopySamples& samples) {
  std::set<std::uint8_t> elements;
  for (const trace::SampledCopy& each : samples.copies) elements.insert(each.copy.element_bytes);
  return elements;
}

void add_trace(result::Document& document, const TraceOptions& options, const TracedCopies& traced,
               const LossCurve& curve) {
  document.complete = !traced.interrupted;
  add_parameters(document, options, traced);
  const bool judged = !curve.empty();
  const CopySums sums = add_up(traced, curve);
  const Scale scale{.ns_a_sample = options.rate == 0 ? 0 : second_ns / options.rate,
                    .wall_ns = traced.wall_ns};
  const auto add = [&](const char* name, double value, const char* unit, Better better) {
    document.metrics.push_back(single_metric(name, {}, value, unit, better));
  };
  add("cpu_time", scale.time_ns(static_cast<double>(traced.samples.samples)), "ns", Better::none);
  add("rep_movs_samples", static_cast<double>(sums.all.samples), "", Better::none);
  if (judged) {
    add("slow_samples", static_cast<double>(sums.all.slow), "", Better::lower);
    add("lost", scale.per_second(sums.all.lost), "s/s", Better::lower);
    add("lost_least", scale.per_second(sums.all.lost_least), "s/s", Better::lower);
  }
  document.tables.push_back(process_table(sums, scale, judged));
  document.tables.push_back(place_table(sums, traced.samples.samples, scale, judged));
  if (sums.all.samples > 0) {
    document.tables.push_back(band_table(sums, curve, sampled_elements(traced.samples)));
    document.series.push_back(offset_series(sums));
  }
  if (traced.exact) add_exact(document, *traced.exact);
  std::erase_if(document.tables, [](const result::Table& table) { return table.rows.empty(); });
  document.not_measured.insert(document.not_measured.end(), traced.not_measured.begin(),
                               traced.not_measured.end());
}

}  // namespace bytepath::copies
