#include <optional>
#include <utility>

#include "commands.h"
#include "copies/trace_document.h"

namespace bytepath::memcpy_probe {
namespace {

constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h
constexpr std::uint64_t most_rate = 10'000;     // beyond it sampling is most of what is sampled

struct Options {
  std::vector<std::string> command;
  bool all = false;
  std::optional<std::uint64_t> process;
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<std::uint64_t> rate;
  bool exact = false;
  bool as_root = false;
};

Result<copies::TraceOptions> traced_options(const Options& options, const cli::Context& context) {
  const int targets = static_cast<int>(options.all) +
                      static_cast<int>(options.process.has_value()) +
                      static_cast<int>(!options.command.empty());
  if (targets == 0)
    return fail(ErrorKind::usage, "whose copies are to be sampled?",
                "--all, -p PID, or a command behind --");
  if (targets > 1)
    return fail(ErrorKind::usage, "a command, --pid and --all exclude each other",
                "give one of them");
  if (options.duration && options.duration->count() <= 0)
    return fail(ErrorKind::usage, "--duration: 0 s is no time to sample in", "give 1s or more");
  copies::TraceOptions wanted{.command = options.command,
                              .process = static_cast<pid_t>(options.process.value_or(0)),
                              .quiet_command = context.quiet,
                              .duration = options.duration,
                              .exact = options.exact};
  const unsigned usual = options.all ? copies::whole_host_rate : copies::process_rate;
  wanted.rate = static_cast<unsigned>(options.rate.value_or(usual));
  if (!options.as_root) wanted.credentials = process::invoking_user();
  return wanted;
}

// How slow each class is here, measured when the sampling is over.
copies::LossCurve curve_of(const copies::TracedCopies& traced, result::Document& document) {
  auto elements = copies::sampled_elements(traced.samples);
  elements.insert(1);
  auto curve = copies::measure_loss_curve(elements, document);
  if (curve) return *std::move(curve);
  document.not_measured.push_back({.what = "which distances are slow here",
                                   .reason = curve.error().message,
                                   .remedy = curve.error().hint});
  return {};
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  BYTEPATH_TRY(wanted, traced_options(options, context));
  if (wanted.command.empty() && !wanted.duration && context.ends_by_interrupt != nullptr)
    *context.ends_by_interrupt = true;
  BYTEPATH_TRY(traced, copies::trace_copies(wanted, context.progress));
  result::Document document;
  const copies::LossCurve curve = curve_of(traced, document);
  copies::add_trace(document, wanted, traced, curve);
  return with_host(std::move(document));
}

}  // namespace

void add_trace(cli::Probe& probe) {
  static Options options;
  probe
      .command("trace", "which processes lose time to slow copies now, by samples of the CPU clock",
               [](const cli::Context& context) { return run(options, context); })
      .flag("--all", options.all, "every process of this host")
      .number("-p,--pid", options.process, "a process, with its threads and further children", 1,
              largest_pid)
      .command_words("command", options.command, "the command, behind --")
      .duration("-d,--duration", options.duration, "end after this time; a command gets SIGTERM")
      .number("--rate", options.rate, "samples a second of each CPU (199 with --all, else 999)", 1,
              most_rate)
      .flag("--exact", options.exact, "also count each copy that the C library makes by rep movsb")
      .flag("--as-root", options.as_root, "run it with root's rights under sudo too");
}

}  // namespace bytepath::memcpy_probe
