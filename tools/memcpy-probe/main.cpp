// memcpy-probe: is rep movsb slow at some offsets on this host, who is hit, what mends it.
#include "cli/probe.h"
#include "copy/survey.h"

namespace bytepath {
namespace {

struct Options {
  copy::SurveyOptions survey;
  bool quick = false;
  bool thorough = false;
  bool list = false;
  std::uint64_t cpu = UINT64_MAX;
};

Result<result::Document> run(Options options, const cli::Context& context) {
  if (options.list) return copy::list_kernels();
  if (options.quick) options.survey.effort = copy::Effort::quick;
  if (options.thorough) options.survey.effort = copy::Effort::thorough;
  if (options.cpu != UINT64_MAX) options.survey.cpu = static_cast<int>(options.cpu);
  return copy::survey(options.survey, context.progress);
}

}  // namespace
}  // namespace bytepath

int main(int argc, char** argv) {
  using namespace bytepath;
  Options options;
  cli::Probe probe(
      {.name = "memcpy-probe",
       .summary = "Is rep movsb slow at some offsets on this host, who is hit, what mends it.",
       .description = "",
       .examples = {{"memcpy-probe", "the verdict for this host, in three seconds"}}});
  constexpr std::uint64_t most_cpus = 8191;
  probe.main([&](const cli::Context& context) { return run(options, context); })
      .flag("--quick", options.quick, "the verdict only, in 0.3 s")
      .flag("--thorough", options.thorough,
            "all 4096 offsets, larger sizes, the 64 x 64 grid; a minute")
      .exclusive("--quick", "--thorough")
      .flag("--list", options.list, "list the kernels and why some cannot run here")
      .names("-k,--kernels", options.survey.kernels, "only these kernels", copy::kernel_names())
      .size("-s,--size", options.survey.size, "bytes per copy of the offset sweep")
      .sizes("--sizes", options.survey.sizes, "sizes of the size sweep")
      .text("--directory", options.survey.directory, "DIR",
            "make the files of the system calls in DIR")
      .duration("--budget", options.survey.budget, "stop beginning measurements after this time")
      .percent("--precision", options.survey.precision, "go on until ratios are known this well")
      .number("--cpu", options.cpu, "measure on this CPU", 0, most_cpus)
      .number("--seed", options.survey.seed, "of the order of measurements", 0, UINT64_MAX);
  return probe.execute(argc, argv);
}
