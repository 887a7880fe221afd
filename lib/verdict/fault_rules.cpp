#include "verdict/fault_rules.h"

#include <algorithm>

#include "base/units.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Record;
using result::Severity;
using result::Value;

constexpr double page_bytes = 4096;

Value optional_value(const std::optional<double>& number) {
  if (!number) return {};
  return *number;
}

std::string amount(const std::optional<double>& bytes, double whole) {
  if (!bytes) return "n/a";
  return fmt::format("{} ({})", size_text(*bytes), share_text(*bytes, whole));
}

}  // namespace

void judge_touched(Document& document) {
  for (const auto& file : file_faults(document)) {
    if (!file.faults && !file.touched) continue;
    std::optional<double> quoted;
    if (file.faults) quoted = *file.faults * page_bytes;
    document.findings.push_back(
        {.id = "faults.touched",
         .severity = Severity::note,
         .text = fmt::format("{}, {}: faults x 4 KiB (often quoted) {}, mapped (upper bound) {}, "
                             "touched (exact) {}",
                             file.file, size_text(file.bytes), amount(quoted, file.bytes),
                             amount(file.mapped, file.bytes), amount(file.touched, file.bytes)),
         .evidence = {{"file", file.file},
                      {"file_bytes", file.bytes},
                      {"touched_bytes", optional_value(file.touched)},
                      {"mapped_bytes", optional_value(file.mapped)},
                      {"faults", optional_value(file.faults)},
                      {"faults_times_page_bytes", optional_value(quoted)}},
         .remedies = {}});
  }
}

void judge_lost_events(Document& document) {
  Record evidence;
  double all = 0;
  for (const auto* name :
       {"lost_faults", "lost_other_events", "lost_mappings", "unpaired_faults"}) {
    const double lost = parameter_number(document, name).value_or(0);
    evidence[name] = lost;
    // A fault that was running when tracing began or ended has one end only.
    if (std::string_view(name) != "unpaired_faults") all += lost;
  }
  if (all == 0) return;
  document.findings.push_back(
      {.id = "faults.lost-events",
       .severity = Severity::warning,
       .text = fmt::format("{:.0f} events were lost: the figures are too low", all),
       .evidence = std::move(evidence),
       .remedies = {{.text = "a larger ring", .command = "fault-probe run --ring 256MiB ..."}}});
}

void judge_not_exact(Document& document) {
  if (parameter_text(document, "mode") != "touch" || parameter_is_true(document, "exact")) return;
  if (!document.parameters.contains("exact")) return;
  document.findings.push_back(
      {.id = "faults.not-exact",
       .severity = Severity::warning,
       .text = "not every mapping could be made exact or looked at: see what was not measured",
       .evidence = {},
       .remedies = {}});
}

void judge_failed_command(Document& document) {
  const double code = parameter_number(document, "exit_code").value_or(0);
  // One that was interrupted ends as it was told to.
  if (code == 0 || !document.complete) return;
  document.findings.push_back({.id = "faults.command-failed",
                               .severity = Severity::warning,
                               .text = fmt::format("the command ended with status {:.0f}", code),
                               .evidence = {{"exit_code", code}},
                               .remedies = {}});
}

void judge_self_test(Document& document) {
  if (parameter_text(document, "mode") != "selftest") return;
  const double failed = parameter_number(document, "failed_checks").value_or(0);
  if (failed > 0) {
    document.findings.push_back(
        {.id = "faults.selftest",
         .severity = Severity::finding,
         .text = fmt::format("{:.0f} checks failed: do not trust the figures on this host", failed),
         .evidence = {{"failed_checks", failed}},
         .remedies = {}});
  }
  document.verdict = {.state = failed > 0 ? "broken-instrument" : "ready",
                      .text = failed > 0 ? fmt::format("{:.0f} checks failed on this host", failed)
                                         : "what can be checked on this host holds"};
}

void judge_faults(Document& document) {
  const std::string mode = parameter_text(document, "mode");
  if (mode != "run" && mode != "touch") return;
  const auto files = file_faults(document);
  if (files.empty()) return;
  // The one that matters: of several the one that was used most.
  const auto used = [](const FileFaults& file) {
    return file.touched.value_or(file.mapped.value_or(file.faults.value_or(0)));
  };
  const auto& file = *std::ranges::max_element(files, {}, used);
  if (mode == "touch") {
    document.verdict = {
        .state = parameter_is_true(document, "exact") ? "exact" : "not-exact",
        .text = fmt::format("{} of {} were touched: {}", amount(file.touched, file.bytes),
                            size_text(file.bytes), file.file)};
    return;
  }
  const double share = parameter_number(document, "fault_share_of_wall_percent").value_or(0);
  // A mapping that is populated has no faults: what it costs is in the call.
  const double in_calls = call_share(document);
  const std::string calls =
      in_calls > share ? fmt::format(", system calls on the files {} ({} of the wall time)",
                                     format_duration(call_time_ns(document)),
                                     format_quantity(in_calls, "percent"))
                       : "";
  document.verdict = {
      .state = share >= noticeable_fault_share ? "waits" : "no-waits",
      .text = fmt::format("page faults took {} of the wall time of the thread that waited most{}; "
                          "{}: {:.0f} faults, {} {}",
                          format_quantity(share, "percent"), calls, file.file,
                          file.faults.value_or(0), file.touched ? "touched" : "mapped",
                          amount(file.touched ? file.touched : file.mapped, file.bytes))};
}

}  // namespace bytepath::verdict
