#include "copies/traced_copies.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/descriptor.h"
#include "base/file.h"
#include "copies/deciding_jumps.h"
#include "copies/register_samples.h"
#include "host/libc_copy_path.h"
#include "host/process_status.h"
#include "process/foreground.h"
#include "process/process_handle.h"

namespace bytepath::copies {
namespace {

using Clock = std::chrono::steady_clock;

// The tracers of one run.
struct Tracers {
  std::unique_ptr<trace::CopySampler> sampler;
  std::optional<RegisterSamples> registers;  // where the sampler is refused
  std::unique_ptr<trace::CopyCounter> counter;
  std::string libc;

  void stop() {
    if (sampler) sampler->stop();
    if (registers) registers->drain();
    if (counter) counter->stop();
  }
};

void add_missing(const std::vector<trace::MissingPart>& missing, TracedCopies& traced) {
  for (const auto& part : missing)
    traced.not_measured.push_back(
        {.what = part.what, .reason = part.reason, .remedy = part.remedy});
}

struct ProbedLibc {
  std::string path;
  std::vector<trace::CopyProbePoint> points;
};

// Of the process that is traced, else of this host: a command and most processes use that.
Result<ProbedLibc> libc_to_probe(const TraceOptions& options) {
  if (options.process == 0) {
    BYTEPATH_TRY(libc, host::read_own_libc());
    BYTEPATH_TRY(points, libc_probe_points(libc, libc.path));
    return ProbedLibc{.path = libc.path, .points = std::move(points)};
  }
  BYTEPATH_TRY(libc, host::read_process_libc(options.process));
  BYTEPATH_TRY(points,
               libc_probe_points(libc, fmt::format("/proc/{}/root{}", options.process, libc.path)));
  return ProbedLibc{.path = libc.path, .points = std::move(points)};
}

// Without them the samples still show every rep movs: a libc that never comes to rep movsb has
// nothing to count, and who may not count may yet sample.
Result<> start_counter(const TraceOptions& options, const trace::TracedTree& tree,
                       Tracers& tracers) {
  BYTEPATH_TRY(libc, libc_to_probe(options));
  BYTEPATH_TRY(counter, trace::CopyCounter::start(tree, options.process != 0, libc.points));
  tracers.counter = std::move(counter);
  tracers.libc = libc.path;
  return {};
}

std::string own_path() {
  std::error_code failure;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? "memcpy-probe" : path.string();
}

// An ordinary user samples own programs by their registers; the whole host needs BPF.
Result<> start_sampler(const TraceOptions& options, const trace::TracedTree& tree, Tracers& tracers,
                       TracedCopies& traced) {
  auto sampler = trace::CopySampler::start(tree, options.rate);
  if (sampler) {
    tracers.sampler = std::move(*sampler);
    return {};
  }
  if (sampler.error().kind != ErrorKind::denied) return std::unexpected(sampler.error());
  const Error denied =
      explain_denied(sampler.error(), read_file("/proc/self/status").value_or(""), own_path());
  if (options.whole_host()) return std::unexpected(denied);
  auto registers = RegisterSamples::open(tree, options.rate);
  if (!registers) return std::unexpected(denied);
  if (registers->user_only())
    traced.not_measured.push_back({.what = "copies that the kernel makes for the program",
                                   .reason = denied.message,
                                   .remedy = denied.hint});
  tracers.registers = std::move(*registers);
  return {};
}

Result<Tracers> start_tracers(const TraceOptions& options, const trace::TracedTree& tree,
                              TracedCopies& traced) {
  Tracers tracers;
  if (options.exact) {
    if (auto started = start_counter(options, tree, tracers); !started)
      traced.not_measured.push_back({.what = "exact counts",
                                     .reason = started.error().message,
                                     .remedy = started.error().hint});
  }
  if (auto started = start_sampler(options, tree, tracers, traced); !started)
    return std::unexpected(started.error());
  return tracers;
}

// Before the libc's probes are looked at by anyone else: they would be counted and timed together.
std::optional<ExactCost> exact_cost(TracedCopies& traced) {
  auto cost = measure_exact_cost();
  if (cost) return *cost;
  traced.not_measured.push_back({.what = "what exact counting costs a copy",
                                 .reason = cost.error().message,
                                 .remedy = cost.error().hint});
  return std::nullopt;
}

void take_results(const Tracers& tracers, std::optional<ExactCost> cost, TracedCopies& traced) {
  if (tracers.registers) {
    traced.samples = tracers.registers->samples();
    traced.named = tracers.registers->named();
  } else {
    traced.samples = tracers.sampler->read();
    traced.named = name_copies(traced.samples);
  }
  add_missing(traced.named.missing, traced);
  if (!tracers.counter) return;
  traced.exact = ExactPart{.libc = tracers.libc, .copies = tracers.counter->read(), .cost = cost};
}

Result<TracedCopies> trace_command(const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(path, process::find_program(options.command.front()));
  TracedCopies traced;
  auto deadline = Clock::time_point::max();
  Tracers tracers;
  BYTEPATH_TRY(helper, process::SpawnHelper::start([&] {
                 if (tracers.registers) tracers.registers->drain();
                 if (!progress(0, 0, "tracing the command")) traced.interrupted = true;
                 if (Clock::now() >= deadline) traced.ended_by_duration = true;
                 return traced.interrupted || traced.ended_by_duration;
               }));
  const auto cost = options.exact ? exact_cost(traced) : std::nullopt;
  BYTEPATH_TRY(started,
               start_tracers(options, {.process = helper.pid(), .without_itself = true}, traced));
  tracers = std::move(started);
  if (options.duration) deadline = Clock::now() + *options.duration;
  BYTEPATH_TRY(outcome, process::run_in_foreground(
                            {.words = options.command,
                             .credentials = options.credentials ? &*options.credentials : nullptr,
                             .quiet = options.quiet_command},
                            path, helper));
  tracers.stop();
  take_results(tracers, cost, traced);
  traced.wall_ns = static_cast<double>(outcome.ended_ns - outcome.started_ns);
  traced.outcome = outcome;
  return traced;
}

// A kernel thread copies in the kernel, which is sampled like the rest; it has no libc.
Result<TracedCopies> trace_running(const TraceOptions& options, const Progress& progress) {
  Descriptor handle;
  if (options.process != 0) {
    BYTEPATH_TRY(opened, process::open_process(options.process));
    handle = std::move(opened);
  }
  TracedCopies traced;
  const auto cost = options.exact ? exact_cost(traced) : std::nullopt;
  BYTEPATH_TRY(tracers, start_tracers(options, {.process = options.process}, traced));
  const auto attended = process::attend(
      handle, options.duration,
      [&](std::size_t done, std::size_t total, std::string_view what) {
        if (tracers.registers) tracers.registers->drain();
        return progress(done, total, what);
      },
      "sampling");
  tracers.stop();
  take_results(tracers, cost, traced);
  traced.wall_ns = attended.wall_ns;
  // Without a duration that is how the run ends.
  traced.interrupted = attended.asked_to_stop && options.duration.has_value();
  return traced;
}

}  // namespace

Error explain_denied(Error error, const std::string& status_text, const std::string& program) {
  using host::LinuxCapability;
  const host::ProcessStatus status = host::parse_process_status(status_text);
  // The last three are to name what was sampled: other users' processes and the kernel's functions.
  constexpr std::array needed = {LinuxCapability::bpf, LinuxCapability::perfmon,
                                 LinuxCapability::dac_read_search, LinuxCapability::sys_ptrace,
                                 LinuxCapability::syslog};
  std::vector<std::string> lacking;
  std::vector<std::string> all;
  for (const LinuxCapability capability : needed) {
    std::string name(host::name(capability));
    const bool decides =
        capability == LinuxCapability::bpf || capability == LinuxCapability::perfmon;
    if (decides && !status.has(capability)) lacking.push_back(name);
    std::ranges::transform(name, name.begin(), [](unsigned char letter) {
      return static_cast<char>(std::tolower(letter));
    });
    all.push_back(std::move(name));
  }
  if (lacking.empty()) return error;
  error.message = fmt::format("sampling copies needs {}, which this user has not ({})",
                              fmt::join(lacking, " and "), error.message);
  error.hint = fmt::format("sudo, or once: sudo setcap {}+ep {}", fmt::join(all, ","), program);
  return error;
}

Result<TracedCopies> trace_copies(const TraceOptions& options, const Progress& progress) {
  return options.command.empty() ? trace_running(options, progress)
                                 : trace_command(options, progress);
}

}  // namespace bytepath::copies
