#include "faults/toucher_run.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "process/embedded_programs.h"

namespace bytepath::faults {
namespace {

constexpr std::size_t answer_bytes = 256;

std::string read_answer(const Descriptor& pipe) {
  std::string text(answer_bytes, '\0');
  const ssize_t got = read(pipe.get(), text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

std::optional<ToucherAnswer> parse_toucher_answer(std::string_view text) {
  const auto found = words(text);
  if (found.size() != 6 || found[0] != "touches" || found[2] != "first_ns" ||
      found[4] != "second_ns") {
    return std::nullopt;
  }
  const auto touches = parse_unsigned(found[1]);
  const auto first = parse_unsigned(found[3]);
  const auto second = parse_unsigned(found[5]);
  if (!touches || !first || !second) return std::nullopt;
  return ToucherAnswer{.touches = *touches, .first_ns = *first, .second_ns = *second};
}

Result<Toucher> Toucher::create(const std::string& file) {
  BYTEPATH_TRY(program, process::executable(process::page_toucher_image(), "bytepath-toucher"));
  return Toucher(std::move(program), file);
}

Result<ToucherRun> Toucher::run(std::uint64_t stride, bool populate, intercept::Policy policy,
                                std::optional<Backend> backend) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  BYTEPATH_TRY(watched, WatchedFiles::open({file_}, pages::page_bytes * 512));
  intercept::Request request{.path = fmt::format("/proc/self/fd/{}", program_.get()),
                             .arguments = {"page_toucher", file_, std::to_string(stride)},
                             .environment = {},
                             .output = to.get(),
                             .policy = policy};
  if (populate) request.arguments.emplace_back("populate");
  BYTEPATH_TRY(target, intercept::Command::start(request));
  to = Descriptor();
  TracerChoice choice;
  if (backend) {
    BYTEPATH_TRY(opened, open_tracer(*backend, {.process = target.pid(), .calls = false}));
    choice = std::move(opened);
  }
  FaultLedger ledger(watched, choice.tracer && choice.tracer->classifies());
  PageRecorder recorder(watched);
  BYTEPATH_TRY(outcome, target.run(recorder, [&] {
    if (choice.tracer) choice.tracer->drain(ledger, false);
  }));
  ToucherRun run{.outcome = outcome, .flaws = recorder.flaws()};
  if (choice.tracer) {
    choice.tracer->drain(ledger, true);
    run.losses = choice.tracer->losses();
    run.traced_faults = ledger.all_faults();
    run.file_faults = ledger.records()[0].faults.all_faults();
    stats::Histogram latencies;
    for (const auto& each : ledger.latencies()) latencies.add(each);
    run.file_median_ns = latencies.quantile(0.5);
  }
  if (const auto* pages = recorder.pages_of(0)) run.pages = *pages;
  const auto answer = parse_toucher_answer(read_answer(from));
  if (!answer) {
    return fail(
        ErrorKind::failed,
        fmt::format("the test program ended with status {} and no answer", outcome.exit_code()));
  }
  run.answer = *answer;
  return run;
}

}  // namespace bytepath::faults
