#include "benchmark/process_executor.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>

#include "benchmark/shell_words.h"
#include "process/embedded_programs.h"
#include "stats/order.h"
#include "stats/spread.h"

namespace bytepath::benchmark {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double block_bytes = 512;  // getrusage(2): ru_inblock, ru_oublock

std::uint64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::vector<std::string> inherited_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    // Those that each run gets a value of its own for.
    const std::string_view text = *entry;
    const auto name = text.substr(0, text.find('='));
    if (name == "HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET" || name == "HYPERFINE_ITERATION" ||
        name == "PROBE_ITERATION") {
      continue;
    }
    out.emplace_back(text);
  }
  return out;
}

// The words before the colon are hyperfine's; what comes behind says why.
Error failure_of(const std::string& command_line, const Error& error) {
  constexpr std::string_view cannot_run = "cannot run '";
  std::string reason = error.message;
  if (reason.starts_with(cannot_run)) reason = reason.substr(reason.rfind("': ") + 3);
  return {.kind = ErrorKind::failed,
          .message = fmt::format("Failed to run command '{}': {}", command_line, reason),
          .hint = error.hint};
}

Result<> check_run(const Run& run, const process::SpawnOutcome& outcome,
                   const std::string& command_line, Iteration iteration,
                   const FailureRule& failures) {
  if (run.timed_out && !failures.accepts(run.exit_code)) {
    return fail(ErrorKind::failed,
                fmt::format("Command timed out in {}: '{}'", iteration.description(), command_line),
                "give a longer --timeout, or -i to go on");
  }
  return check_exit(run.exit_code, WIFSIGNALED(outcome.status), iteration, failures);
}

}  // namespace

Result<std::unique_ptr<ProcessExecutor>> ProcessExecutor::create(
    const Plan& plan, std::function<bool()> interrupted) {
  BYTEPATH_TRY(helper, process::SpawnHelper::start(std::move(interrupted)));
  std::unique_ptr<ProcessExecutor> executor(new ProcessExecutor(plan, std::move(helper)));
  if (!executor->null_) return fail_errno(errno, "cannot open /dev/null");
  if (plan.cpu) {
    if (auto pinned = executor->helper_.pin_to(*plan.cpu); !pinned) {
      pinned.error().message = "--cpu: " + pinned.error().message;
      return std::unexpected(pinned.error());
    }
  }
  if (auto opened = executor->open_cgroup(); !opened) return std::unexpected(opened.error());
  if (auto opened = executor->open_counters(); !opened) return std::unexpected(opened.error());
  return executor;
}

ProcessExecutor::ProcessExecutor(const Plan& plan, process::SpawnHelper helper)
    : plan_(plan),
      helper_(std::move(helper)),
      environment_(inherited_environment()),
      null_(open("/dev/null", O_RDWR | O_CLOEXEC)),
      random_(plan.seed ^ 0x656e7669726f6eU),  // not the order's own numbers
      began_ns_(monotonic_ns()),
      spawn_floor_(nan) {
  if (!plan.as_root) credentials_ = process::invoking_user();
  const std::string& metric = plan.comparison.metric;
  if (metric.starts_with(capture_prefix)) {
    // Its expression is right: make_plan has looked.
    if (auto capture = NumberCapture::parse(metric)) number_ = *std::move(capture);
  }
}

Result<> ProcessExecutor::open_cgroup() {
  if (plan_.cgroup.empty()) return {};
  const std::string path = plan_.cgroup + "/cgroup.procs";
  cgroup_ = Descriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (cgroup_) return {};
  return fail(ErrorKind::usage,
              fmt::format("--cgroup: cannot open {}: {}", path, std::strerror(errno)),
              "give a cgroup v2 folder whose cgroup.procs this user may write");
}

Result<> ProcessExecutor::open_counters() {
  counters_ = counters::CounterSet::open(helper_.pid(), plan_.events);
  counter_shares_.assign(counters_->counters().size(), 1.0);
  if (!plan_.require_counters) return {};
  for (const auto& counter : counters_->counters()) {
    if (counter.refused) return std::unexpected(*counter.refused);
  }
  return {};
}

double ProcessExecutor::now() const {
  return static_cast<double>(monotonic_ns() - began_ns_) * 1e-9;
}

Result<process::SpawnRequest> ProcessExecutor::request_for(const std::string& command_line) const {
  process::SpawnRequest request;
  if (plan_.execution.kind == Execution::Kind::shell) {
    request.arguments = plan_.execution.shell;
    request.arguments.emplace_back("-c");
    request.arguments.push_back(command_line);
  } else {
    auto words = split_words(command_line);
    if (!words) {
      return fail(ErrorKind::failed, fmt::format("Failed to parse command '{}': {}", command_line,
                                                 words.error().message));
    }
    request.arguments = *std::move(words);
  }
  if (request.arguments.empty()) return fail(ErrorKind::failed, "Can not execute empty command");
  auto path = process::find_program(request.arguments.front());
  if (!path) {
    return fail(ErrorKind::failed,
                fmt::format("Failed to run command '{}': No such file or directory", command_line));
  }
  request.path = *std::move(path);
  return request;
}

// The offset moves the stack of each run to another place, so that no command has by luck the
// better one (Mytkowicz, Diwan, Hauswirth, Sweeney 2009; the variable is hyperfine's).
void ProcessExecutor::set_environment(process::SpawnRequest& request, Iteration iteration) {
  constexpr std::uint64_t page = 4096;
  request.environment = environment_;
  request.environment.push_back("HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET=" +
                                std::string(random_.below(page), 'X'));
  const std::string value = iteration.environment_value();
  if (value.empty()) return;
  request.environment.push_back("HYPERFINE_ITERATION=" + value);
  request.environment.push_back("PROBE_ITERATION=" + value);
}

Error ProcessExecutor::stream_error(int error, const std::string& path) const {
  auto failed = fail_errno(error, "cannot open {}", path);
  if (credentials_ && failed.error().kind == ErrorKind::denied)
    failed.error().hint = "it is opened as the user who called sudo; --as-root keeps root's rights";
  return failed.error();
}

Result<Descriptor> ProcessExecutor::open_input() const {
  if (plan_.input.empty()) return Descriptor{};
  const process::FileRights rights(credentials_);
  Descriptor file(open(plan_.input.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(stream_error(errno, plan_.input));
  return file;
}

Result<ProcessExecutor::Streams> ProcessExecutor::open_output(const OutputPolicy& policy) const {
  using Kind = OutputPolicy::Kind;
  constexpr mode_t readable_by_all = 0644;
  Streams streams;
  if (policy.kind == Kind::file) {
    const process::FileRights rights(credentials_);
    streams.output = Descriptor(
        open(policy.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_by_all));
    if (!streams.output) return std::unexpected(stream_error(errno, policy.path));
  }
  if (policy.kind == Kind::pipe || (number_ && policy.kind == Kind::null)) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
    streams.reading = Descriptor(ends[0]);
    streams.output = Descriptor(ends[1]);
    fcntl(streams.reading.get(), F_SETFL, O_NONBLOCK);
  }
  return streams;
}

Run ProcessExecutor::run_of(const process::SpawnOutcome& outcome) const {
  const auto seconds = [](std::uint64_t us) { return static_cast<double>(us) * 1e-6; };
  const auto above_zero = [](double value) { return std::max(0.0, value); };
  const double wall = static_cast<double>(outcome.ended_ns - outcome.started_ns) * 1e-9;
  return {.start = static_cast<double>(outcome.started_ns - began_ns_) * 1e-9,
          .wall = above_zero(wall - shell_start_.wall),
          .user = above_zero(seconds(outcome.user_us) - shell_start_.user),
          .system = above_zero(seconds(outcome.system_us) - shell_start_.system),
          .max_rss = static_cast<double>(outcome.max_rss_kib) * 1024,
          .minor_faults = static_cast<double>(outcome.minor_faults),
          .major_faults = static_cast<double>(outcome.major_faults),
          .voluntary_switches = static_cast<double>(outcome.voluntary_switches),
          .involuntary_switches = static_cast<double>(outcome.involuntary_switches),
          .bytes_read = static_cast<double>(outcome.blocks_in) * block_bytes,
          .bytes_written = static_cast<double>(outcome.blocks_out) * block_bytes,
          .exit_code = outcome.exit_code(),
          .timed_out = outcome.timed_out};
}

void ProcessExecutor::read_counters(Run& run) {
  const auto readings = counters_->read();
  const auto counters = counters_->counters();
  for (std::size_t i = 0; i < readings.size(); ++i) {
    double value = readings[i].value;
    // getrusage counts some of them for users who may not ask perf.
    const std::string& usage = counters[i].event.rusage;
    if (counters[i].refused && usage == "minflt") value = run.minor_faults;
    if (counters[i].refused && usage == "majflt") value = run.major_faults;
    if (counters[i].refused && usage == "faults") value = run.minor_faults + run.major_faults;
    if (counters[i].refused && usage == "switches") {
      value = run.voluntary_switches + run.involuntary_switches;
    }
    run.counters.push_back(value);
    if (!counters[i].refused) {
      counter_shares_[i] = std::min(counter_shares_[i], readings[i].running);
    }
  }
}

void ProcessExecutor::connect(process::SpawnRequest& request, const Streams& streams,
                              const OutputPolicy& policy, std::string& printed) {
  constexpr std::size_t most_output = 4U << 20;
  const bool inherit = policy.kind == OutputPolicy::Kind::inherit;
  request.output = inherit ? STDOUT_FILENO : null_.get();
  request.error = inherit ? STDERR_FILENO : null_.get();
  if (streams.output) request.output = streams.output.get();
  if (!streams.reading) return;
  request.drain = streams.reading.get();
  request.keep = [this, &printed](std::string_view piece) {
    const std::size_t room = number_ ? most_output - printed.size() : 0;
    printed.append(piece.substr(0, room));
    if (number_ && piece.size() > room) output_dropped_ += piece.size() - room;
  };
}

Result<Run> ProcessExecutor::execute(const std::string& command_line, Iteration iteration,
                                     const FailureRule& failures, const OutputPolicy& output) {
  using Phase = Iteration::Phase;
  const bool target = iteration.phase == Phase::warmup || iteration.phase == Phase::benchmark;
  BYTEPATH_TRY(request, request_for(command_line));
  BYTEPATH_TRY(input, open_input());
  BYTEPATH_TRY(streams, open_output(output));
  std::string printed;
  set_environment(request, iteration);
  connect(request, streams, output, printed);
  request.input = input ? input.get() : null_.get();
  request.cgroup = cgroup_ ? cgroup_.get() : -1;
  request.interruptible = iteration.phase != Phase::cleanup;
  request.own_group = target || iteration.phase == Phase::cleanup;
  if (target) {
    request.timeout = plan_.timeout;
    if (credentials_) request.credentials = &credentials_.value();
  }
  auto outcome = helper_.run(request);
  if (!outcome) return std::unexpected(failure_of(command_line, outcome.error()));
  Run run = run_of(*outcome);
  read_counters(run);
  if (!target) run.counters.clear();
  if (number_ && target) run.captured = number_->find(printed);
  if (auto checked = check_run(run, *outcome, command_line, iteration, failures); !checked) {
    return std::unexpected(checked.error());
  }
  return run;
}

Result<> ProcessExecutor::calibrate(const Progress& progress) {
  measure_spawn_floor();
  if (plan_.execution.kind != Execution::Kind::shell) return {};
  constexpr std::size_t shell_runs = 50;
  std::vector<double> wall;
  std::vector<double> user;
  std::vector<double> system;
  for (std::size_t i = 0; i < shell_runs; ++i) {
    if (!progress(i, shell_runs, "Measuring shell spawning time")) return {};
    const auto run = execute("", {}, {}, {});
    if (!run) {
      return fail(ErrorKind::failed,
                  fmt::format("Could not measure shell execution time. Make sure you can run '{} "
                              "-c \"\"'.",
                              join_words(plan_.execution.shell)));
    }
    wall.push_back(run->wall);
    user.push_back(run->user);
    system.push_back(run->system);
  }
  shell_start_ = {
      .wall = stats::mean(wall), .user = stats::mean(user), .system = stats::mean(system)};
  return {};
}

void ProcessExecutor::measure_spawn_floor() {
  constexpr int floor_runs = 20;
  const auto program = process::executable(process::empty_program_image(), "empty");
  if (!program) return;
  std::vector<double> seconds;
  for (int i = 0; i < floor_runs; ++i) {
    const auto outcome = helper_.run({.program = &*program,
                                      .arguments = {"empty"},
                                      .input = null_.get(),
                                      .output = null_.get(),
                                      .error = null_.get()});
    if (!outcome || outcome->exit_code() != 0) return;
    seconds.push_back(static_cast<double>(outcome->ended_ns - outcome->started_ns) * 1e-9);
  }
  spawn_floor_ = stats::median(seconds);
  (void)counters_->read();  // what these counted
}

}  // namespace bytepath::benchmark
