#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/chunk_rules.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

// What a what-if of recorded starts found out.
namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Table;
using Row = std::vector<result::Value>;

bool is_what_if(const Document& document) { return parameter_text(document, "mode") == "whatif"; }

// A power of two, to the byte.
std::string chunk_text(double bytes) { return format_quantity(bytes, "B"); }

std::string time_text(double nanoseconds) { return format_quantity(nanoseconds, "ns"); }

// The size of a chunk that starts soonest, and what others cost.
struct BestChunk {
  std::map<double, double> times;
  double bytes = 0;
  double time_ns = 0;
  double compared = 0;  // the usual size, or where it is the best or was not asked for the largest

  double ratio_of(double chunk) const { return times.at(chunk) / time_ns; }
};

std::optional<BestChunk> best_chunk(const Document& document, const std::string& tier) {
  BestChunk best{.times = start_times(document, tier)};
  if (best.times.size() < 2) return std::nullopt;
  const auto least =
      std::ranges::min_element(best.times, {}, [](const auto& each) { return each.second; });
  best.bytes = least->first;
  best.time_ns = least->second;
  const bool usual = best.times.contains(usual_chunk) && best.bytes != usual_chunk;
  best.compared = usual ? usual_chunk : best.times.rbegin()->first;
  if (best.compared == best.bytes) best.compared = best.times.begin()->first;
  return best;
}

}  // namespace

void judge_chunk_size(Document& document) {
  if (!is_what_if(document)) return;
  for (const char* tier : {"l2", "l3"}) {
    const auto best = best_chunk(document, tier);
    if (!best) continue;
    const double smallest = best->times.begin()->first;
    const double largest = best->times.rbegin()->first;
    document.findings.push_back(
        {.id = "chunks.chunk-size",
         .severity = Severity::note,
         .text = fmt::format(
             "from {} the start is soonest with chunks of {}: {}; with {} it takes {}, with {} {}",
             tier, chunk_text(best->bytes), time_text(best->time_ns), chunk_text(smallest),
             format_factor(best->ratio_of(smallest)), chunk_text(largest),
             format_factor(best->ratio_of(largest))),
         .evidence = {{"tier", std::string(tier)},
                      {"chunk", best->bytes},
                      {"start_time", best->time_ns},
                      {"compared_chunk", best->compared},
                      {"ratio", best->ratio_of(best->compared)}},
         .remedies = {}});
  }
}

void judge_prefetch_list(Document& document) {
  const Table* prefetch = find_table(document, "prefetch");
  if (!is_what_if(document) || prefetch == nullptr) return;
  // Less is within what two starts of one program differ by.
  constexpr double worth_percent = 5;
  const Row* best = nullptr;
  double saved = -INFINITY;
  for (const Row& row : prefetch->rows) {
    const double of_row = number_of(*prefetch, row, "saved").value_or(-INFINITY);
    if (of_row <= saved) continue;
    saved = of_row;
    best = &row;
  }
  if (best == nullptr || saved >= worth_percent) return;
  const auto figure = [&](std::string_view column) {
    return number_of(*prefetch, *best, column).value_or(0);
  };
  document.findings.push_back(
      {.id = "chunks.list-not-worth-it",
       .severity = Severity::warning,
       .text = fmt::format(
           "the list is not worth it: at best the start takes {} instead of {}, for {} fetched "
           "before, of which {} are never read",
           time_text(figure("with")), time_text(figure("without")), size_text(figure("prefetched")),
           size_text(figure("wasted"))),
       .evidence = {{"saved_percent", saved},
                    {"with", figure("with")},
                    {"without", figure("without")},
                    {"prefetched_bytes", figure("prefetched")},
                    {"wasted_bytes", figure("wasted")},
                    {"not_in_list", figure("not_in_list")},
                    {"tier", text_of(*prefetch, *best, "tier")},
                    {"chunk", cell(*prefetch, *best, "chunk")}},
       .remedies = {{.text = "make a list of this start", .command = "", .verified = {}}}});
}

void judge_dead_nodes(Document& document) {
  const Table* codes = find_table(document, "erasure");
  if (!is_what_if(document) || codes == nullptr) return;
  // From here on an origin that was sized for the hit ratio is overrun.
  constexpr double much = 2;
  constexpr double little = 1.1;
  std::string better;
  for (const Row& row : codes->rows) {
    if (number_of(*codes, row, "origin_load").value_or(much) > little || !better.empty()) continue;
    better = text_of(*codes, row, "code");
  }
  for (const Row& row : codes->rows) {
    const auto load = number_of(*codes, row, "origin_load");
    if (!load || *load < much) continue;
    const double dead = parameter_number(document, "dead").value_or(0);
    const double nodes = parameter_number(document, "nodes").value_or(0);
    const std::string code = text_of(*codes, row, "code");
    const auto hits = number_of(*codes, row, "l2_hits");
    const auto dead_hits = number_of(*codes, row, "dead_l2_hits");
    result::Finding finding{
        .id = "chunks.dead-node",
        .severity = Severity::finding,
        .text = fmt::format("with {:.0f} of {:.0f} nodes dead, {} sends the origin {} as much: the "
                            "second cache's hit ratio falls from {} to {}",
                            dead, nodes, code, format_factor(*load),
                            format_quantity(hits.value_or(NAN), "percent"),
                            format_quantity(dead_hits.value_or(NAN), "percent")),
        .evidence = {{"code", code},
                     {"origin_load", *load},
                     {"dead", dead},
                     {"nodes", nodes},
                     {"l2_hits_percent", hits.value_or(NAN)},
                     {"dead_l2_hits_percent", dead_hits.value_or(NAN)}},
        .remedies = {}};
    if (!better.empty()) {
      finding.remedies.push_back(
          {.text = "keep the chunks as " + better, .command = "", .verified = {}});
    }
    document.findings.push_back(std::move(finding));
  }
}

void judge_start_model(Document& document) {
  const Table* check = find_table(document, "model_check");
  if (!is_what_if(document) || check == nullptr) return;
  // Sizes of chunks differ by more than that.
  constexpr double off_percent = 20;
  for (const Row& row : check->rows) {
    const auto error = number_of(*check, row, "error");
    if (!error || std::abs(*error) < off_percent) continue;
    const double recorded = number_of(*check, row, "recorded_start").value_or(0);
    const bool within = recorded >= number_of(*check, row, "low").value_or(NAN) &&
                        recorded <= number_of(*check, row, "high").value_or(NAN);
    if (within) continue;
    document.findings.push_back(
        {.id = "chunks.model-off",
         .severity = Severity::warning,
         .text = fmt::format("the model puts the stall of the recorded start at {}, and it was {}: "
                             "predicted times are no better than that",
                             time_text(number_of(*check, row, "predicted_stall").value_or(NAN)),
                             time_text(number_of(*check, row, "recorded_stall").value_or(NAN))),
         .evidence = {{"error_percent", *error},
                      {"predicted_stall", cell(*check, row, "predicted_stall")},
                      {"recorded_stall", cell(*check, row, "recorded_stall")}},
         .remedies = {}});
  }
}

void judge_incomplete_trace(Document& document) {
  const auto traces = parameter_number(document, "incomplete_traces");
  if (!is_what_if(document) || !traces || *traces <= 0) return;
  document.findings.push_back(
      {.id = "chunks.incomplete-trace",
       .severity = Severity::warning,
       .text = fmt::format("{:.0f} of the traces {} not complete, so that fetches are missing",
                           *traces, *traces == 1 ? "is" : "are"),
       .evidence = {{"traces", *traces}},
       .remedies = {{.text = "record again", .command = "", .verified = {}}}});
}

void judge_start_what_if(Document& document) {
  if (!is_what_if(document)) return;
  const auto best = best_chunk(document, "l3");
  if (!best) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format("from the origin the start is soonest with chunks of {}: {}, {} of what "
                          "it takes with {}",
                          chunk_text(best->bytes), time_text(best->time_ns),
                          share_text(best->time_ns, best->times.at(best->compared)),
                          chunk_text(best->compared))};
}

}  // namespace bytepath::verdict
