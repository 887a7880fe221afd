#include "compare_command.h"

#include <algorithm>
#include <random>

#include "base/file.h"
#include "compare/baseline.h"
#include "compare/comparison.h"
#include "compare/confirmation.h"
#include "compare/remeasure.h"
#include "describe/host_facts.h"

namespace bytepath::probe_compare {
namespace {

using compare::Comparison;
using compare::Outcome;
using compare::Suite;

Result<compare::Rules> rules_of(const CompareOptions& options) {
  compare::Rules rules{.margin = options.margin.value_or(2) / 100,
                       .allow_unpaired = options.allow_unpaired,
                       .allow_host_mismatch = options.allow_host_mismatch,
                       .filter = options.filter};
  for (const auto& path : options.gate_files) {
    auto text = read_file(path);
    if (!text) {
      return fail(ErrorKind::usage, "--gates: " + text.error().message,
                  "give a TOML file of gates");
    }
    BYTEPATH_TRY(gates, compare::read_gates(*text, path));
    rules.gates.insert(rules.gates.end(), gates.begin(), gates.end());
  }
  for (const auto& text : options.gates) {
    BYTEPATH_TRY(gate, compare::parse_gate(text));
    rules.gates.push_back(gate);
  }
  for (const auto& text : options.renames) {
    BYTEPATH_TRY(rename, compare::parse_rename(text));
    rules.renamed.push_back(rename);
  }
  return rules;
}

// What is compared: one file with pairs, or two.
struct Input {
  std::optional<Suite> base;
  Suite now;
};

// An option that would do nothing is a mistake that nobody would see.
Result<> check_options(const CompareOptions& options) {
  const auto refuse = [](const std::string& why, const std::string& hint) {
    return fail(ErrorKind::usage, why, hint);
  };
  if (std::ranges::count(options.files, "-") > 1)
    return refuse("standard input cannot be read twice", "give one - and one file");
  if (!options.store.empty()) return {};
  if (!options.branch.empty()) return refuse("--branch chooses from a store", "give --store DIR");
  if (!options.suite.empty()) return refuse("--suite chooses from a store", "give --store DIR");
  if (options.files.size() == 1 && !options.renames.empty()) {
    return refuse("--map joins benchmarks of two files, and there is one",
                  "give a baseline and a new run");
  }
  return {};
}

Result<Input> read_input(const CompareOptions& options) {
  if (auto checked = check_options(options); !checked) return std::unexpected(checked.error());
  const std::size_t files = options.files.size();
  if (!options.store.empty()) {
    if (files != 1) {
      return fail(ErrorKind::usage, "--store gives the baseline, so there is one file to compare",
                  "see probe-compare --help");
    }
    const std::string& path = options.files[0];
    BYTEPATH_TRY(text, compare::read_suite_text(path));
    BYTEPATH_TRY(now, compare::read_suite(text, path == "-" ? "standard input" : path));
    BYTEPATH_TRY(base,
                 compare::find_baseline(options.store, options.branch, options.suite, now, text));
    return Input{.base = std::move(base), .now = std::move(now)};
  }
  if (files == 0 || files > 2) {
    return fail(ErrorKind::usage,
                fmt::format("{} files: give one measured with run-probe --compare, or a baseline "
                            "and a new run",
                            files),
                "see probe-compare --help");
  }
  BYTEPATH_TRY(first, compare::load_suite(options.files[0]));
  if (files == 1) {
    if (!first.paired) {
      return fail(
          ErrorKind::unsupported,
          fmt::format("{}: was not measured in pairs, and there is no second file", first.path),
          "measure with run-probe --compare, or give a baseline and a new run");
    }
    return Input{.base = std::nullopt, .now = std::move(first)};
  }
  BYTEPATH_TRY(second, compare::load_suite(options.files[1]));
  return Input{.base = std::move(first), .now = std::move(second)};
}

Result<std::vector<Comparison>> compare_input(const Input& input, const compare::Rules& rules) {
  return input.base ? compare::compare_suites(*input.base, input.now, rules)
                    : compare::compare_pairs(input.now, rules);
}

bool any_failed(const std::vector<Comparison>& comparisons) {
  return std::ranges::find(comparisons, Outcome::failed, &Comparison::outcome) != comparisons.end();
}

// Measures again; what fails in both sessions is confirmed.
Result<> confirm(const Input& input, const compare::Rules& rules, const cli::Context& context,
                 std::vector<Comparison>& comparisons, result::Document& document) {
  const auto interrupted = [&] { return !context.progress(0, 1, "measuring again (--confirm)"); };
  const auto announce = [&](std::string_view command) {
    context.console->complain(fmt::format("measuring again: {}\n", command));
  };
  BYTEPATH_TRY(again, compare::remeasure(input.now, std::random_device{}(), document.host,
                                         {.announce = announce, .interrupted = interrupted}));
  const bool broken = compare::is_broken(again);
  BYTEPATH_TRY(second, compare_input({.base = input.base, .now = std::move(again)}, rules));
  const bool confirmed = compare::settle_by_second(comparisons, second, broken);
  document.parameters["confirmation"] = std::string(confirmed ? "confirmed" : "not confirmed");
  return {};
}

void describe_input(const Input& input, const CompareOptions& options, result::Document& document) {
  auto& parameters = document.parameters;
  parameters["new"] = input.now.path;
  parameters["new_started"] = input.now.started;
  if (input.base) {
    parameters["baseline"] = input.base->path;
    parameters["baseline_started"] = input.base->started;
  }
  parameters["paired"] = !input.base.has_value();
  parameters["strict"] = options.strict;
  if (!options.name.empty()) parameters["name"] = options.name;
  parameters["broken_instrument"] =
      compare::is_broken(input.now) || (input.base && compare::is_broken(*input.base));
  const auto note_incomplete = [&](const Suite& suite) {
    if (suite.complete) return;
    document.not_measured.push_back({.what = "the rest of " + suite.path,
                                     .reason = "that run was interrupted",
                                     .remedy = "measure it again"});
  };
  note_incomplete(input.now);
  if (!input.base) return;
  note_incomplete(*input.base);
  if (auto doubt = compare::host_doubt(*input.base, input.now)) {
    document.not_measured.push_back(*std::move(doubt));
  }
}

}  // namespace

Result<result::Document> compare_files(const CompareOptions& options, const cli::Context& context) {
  BYTEPATH_TRY(rules, rules_of(options));
  BYTEPATH_TRY(input, read_input(options));
  BYTEPATH_TRY(comparisons, compare_input(input, rules));
  result::Document document;
  describe_input(input, options, document);
  describe::add_host(document, describe::read_host(document));
  // What this host tells of itself is of no interest here but for measuring again.
  std::erase_if(document.not_measured, [](const result::NotMeasured& each) {
    return each.what.find("copy path") != std::string::npos || each.what == "CPUID";
  });
  if (options.confirm && any_failed(comparisons)) {
    if (auto done = confirm(input, rules, context, comparisons, document); !done) {
      if (context.progress(0, 0, "")) return std::unexpected(done.error());
      // Ctrl-C: the first measurement is not lost, and what it lacks not judged.
      (void)compare::settle_by_second(comparisons, {}, false);
      document.not_measured.push_back({.what = "what failed, again (--confirm)",
                                       .reason = "interrupted",
                                       .remedy = "let it measure to its end"});
    }
  }
  compare::add_comparisons(document, comparisons);
  return document;
}

Result<> finish(const CompareOptions& options, const result::Document& document,
                cli::Console& console) {
  if (options.github) {
    const auto formats = report::formats();
    const auto github = std::ranges::find(formats, "github", &report::Format::name);
    console.write(github->render(document, {}));
  }
  if (options.append_markdown.empty()) return {};
  return append_file(options.append_markdown, report::render_markdown(document, {}));
}

}  // namespace bytepath::probe_compare
