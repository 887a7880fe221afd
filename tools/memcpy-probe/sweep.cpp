#include <optional>

#include "base/file.h"
#include "commands.h"
#include "copy/remedy_trial.h"
#include "copy/survey.h"
#include "describe/host_facts.h"
#include "verdict/ratio_comparison.h"

namespace bytepath::memcpy_probe {
namespace {

struct Options {
  copy::SurveyOptions survey;
  bool quick = false;
  bool thorough = false;
  bool list = false;
  bool verify = false;
  std::string libc;
  std::string against;
  std::uint64_t cpu = UINT64_MAX;
};

Result<result::Document> read_older(const std::string& path) {
  BYTEPATH_TRY(text, read_file(path));
  return result::from_json(text, path);
}

// A name that is wrong is a mistake of the command line, as it is for --replay.
Error refused_older(Error error) {
  error.message = "--against: " + error.message;
  if (error.kind == ErrorKind::failed) {
    error.kind = ErrorKind::usage;
    error.hint = "give a file that a probe wrote with --json";
  }
  return error;
}

Result<> add_comparison(result::Document& document, const result::Document& before) {
  document.tool = "memcpy-probe";
  BYTEPATH_TRY(table, verdict::compare_ratios(before, document));
  document.tables.push_back(std::move(table));
  return {};
}

Result<result::Document> run(Options options, const cli::Context& context) {
  if (options.list) return copy::list_kernels();
  if (options.quick) options.survey.effort = copy::Effort::quick;
  if (options.thorough) options.survey.effort = copy::Effort::thorough;
  if (options.cpu != UINT64_MAX) options.survey.cpu = static_cast<int>(options.cpu);
  // Before anything is measured: a wrong name should not cost the time of a run.
  std::optional<result::Document> before;
  if (!options.against.empty()) {
    auto older = read_older(options.against);
    if (!older) return std::unexpected(refused_older(std::move(older).error()));
    before = *std::move(older);
  }
  BYTEPATH_TRY(document, copy::survey(options.survey, context.progress));
  const auto facts = describe::read_host(document);
  describe::add_host(document, facts);
  if (facts.libc) describe::add_libc_parameters(document, *facts.libc);
  if (facts.kernel) describe::add_kernel_parameters(document, *facts.kernel);
  if (options.verify || !options.libc.empty()) {
    if (auto tried = copy::try_remedies(document, options.libc, context.progress); !tried) {
      if (tried.error().kind == ErrorKind::usage) return std::unexpected(tried.error());
      document.not_measured.push_back(
          {.what = "remedies", .reason = tried.error().message, .remedy = tried.error().hint});
    }
  }
  if (before) {
    if (auto added = add_comparison(document, *before); !added) {
      return std::unexpected(added.error());
    }
  }
  return document;
}

}  // namespace

void add_sweep(cli::Probe& probe) {
  static Options options;
  constexpr std::uint64_t most_cpus = 8191;
  probe.main([](const cli::Context& context) { return run(options, context); })
      .flag("--quick", options.quick, "the verdict only, in 0.3 s")
      .flag("--thorough", options.thorough,
            "all 4096 offsets, larger sizes, the 64 x 64 grid; a minute")
      .exclusive("--quick", "--thorough")
      .flag("--list", options.list, "list the kernels and why some cannot run here")
      .names("-k,--kernels", options.survey.kernels, "only these kernels", copy::kernel_names())
      .size("-s,--size", options.survey.size, "bytes per copy of the offset sweep")
      .sizes("--sizes", options.survey.sizes, "sizes of the size sweep")
      .flag("--verify", options.verify, "run again under each remedy and say which help here")
      .text("--libc", options.libc, "PATH",
            "like --verify, and also under this C library (its ld.so or folder)")
      .text("--against", options.against, "FILE", "compare ratios with this older JSON document")
      .text("--directory", options.survey.directory, "DIR",
            "make the files of the system calls in DIR")
      .duration("--budget", options.survey.budget, "stop beginning measurements after this time")
      .percent("--precision", options.survey.precision, "go on until ratios are known this well")
      .number("--cpu", options.cpu, "measure on this CPU", 0, most_cpus)
      .number("--seed", options.survey.seed, "of the order of measurements", 0, UINT64_MAX);
}

}  // namespace bytepath::memcpy_probe
