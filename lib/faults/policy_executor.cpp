#include "faults/policy_executor.h"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>

#include "base/file.h"
#include "base/text.h"
#include "faults/page_recorder.h"
#include "faults/policy_name.h"
#include "pages/page_cache.h"

namespace bytepath::faults {
namespace {

constexpr double ns_per_second = 1e9;
constexpr double us_per_second = 1e6;
constexpr double block_bytes = 512;  // of ru_inblock, getrusage(2)
constexpr double bytes_per_kib = 1024;

std::uint64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * std::uint64_t{1'000'000'000} +
         static_cast<std::uint64_t>(time.tv_nsec);
}

Result<> drop_all_caches() {
  // 1: the page cache, and not the inodes and directory entries
  // (Documentation/admin-guide/sysctl/vm.rst).
  const Descriptor file(open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, "cannot open /proc/sys/vm/drop_caches");
  sync();
  return write_all(file.get(), "1", "/proc/sys/vm/drop_caches");
}

benchmark::Run run_of(const intercept::Outcome& outcome) {
  return {.wall = static_cast<double>(outcome.ended_ns - outcome.started_ns) / ns_per_second,
          .user = static_cast<double>(outcome.user_us) / us_per_second,
          .system = static_cast<double>(outcome.system_us) / us_per_second,
          .max_rss = static_cast<double>(outcome.max_rss_kib) * bytes_per_kib,
          .minor_faults = static_cast<double>(outcome.minor_faults),
          .major_faults = static_cast<double>(outcome.major_faults),
          .bytes_read = static_cast<double>(outcome.blocks_in) * block_bytes,
          .exit_code = outcome.exit_code(),
          .counters = {}};
}

}  // namespace

const char* name(CacheBefore cache) { return cache == CacheBefore::cold ? "cold" : "warm"; }

Result<> check_cache(const std::string& path, std::uint64_t pages, std::uint64_t cached,
                     CacheBefore cache) {
  const bool cold = cache == CacheBefore::cold;
  const std::uint64_t wrong = cold ? cached : pages - std::min(cached, pages);
  // Some pages stay: those that somebody else uses at this moment.
  if (wrong <= pages / 100) return {};
  return fail(ErrorKind::failed,
              fmt::format("{}: {} of {} pages {} the page cache before a {} run", path, wrong,
                          pages, cold ? "stayed in" : "are not in", name(cache)),
              cold ? "another process has it mapped or locked, or it lies on a tmpfs"
                   : "there is not enough free memory for it, or something evicts the page cache "
                     "(cpu-probe doctor)");
}

Result<> check_end(const std::string& command, const intercept::Outcome& outcome,
                   intercept::Policy policy, CacheBefore cache,
                   const benchmark::FailureRule& failures) {
  if (failures.accepts(outcome.exit_code())) return {};
  const std::string how = outcome.signal() != 0
                              ? fmt::format("was killed by signal {}", outcome.signal())
                              : fmt::format("ended with status {}", outcome.exit_code());
  return fail(ErrorKind::failed,
              fmt::format("{} {} under policy {}, {}", in_one_line(command), how,
                          intercept::name(policy), name(cache)),
              "run it by itself to see why; -i, --ignore-failure measures it all the same");
}

Result<> prepare_cache(const WatchedFiles& watched, CacheBefore cache, bool drop_all,
                       const Progress& progress) {
  if (cache == CacheBefore::cold && drop_all) {
    if (auto dropped = drop_all_caches(); !dropped) return dropped;
  }
  for (const auto& file : watched.files()) {
    const auto reading = cache == CacheBefore::cold ? pages::drop_from_cache(file.path)
                                                    : pages::read_into_cache(file.path, progress);
    if (!reading) return std::unexpected(reading.error());
    if (!progress(0, 0, "preparing the page cache")) return {};
    const auto pages = pages::pages_of(file.size);
    if (auto right = check_cache(file.path, pages, reading->state.cached, cache); !right)
      return right;
  }
  return {};
}

PolicyExecutor::PolicyExecutor(WatchedFiles& watched, const CommandLine& command, CacheBefore cache,
                               bool drop_all, std::function<bool()> interrupted)
    : watched_(watched),
      command_(command),
      cache_(cache),
      drop_all_(drop_all),
      interrupted_(std::move(interrupted)),
      begin_ns_(monotonic_ns()) {}

Result<> PolicyExecutor::calibrate(const Progress&) { return {}; }

double PolicyExecutor::now() const {
  return static_cast<double>(monotonic_ns() - begin_ns_) / ns_per_second;
}

Result<benchmark::Run> PolicyExecutor::execute(const std::string& command_line,
                                               benchmark::Iteration,
                                               const benchmark::FailureRule& failures,
                                               const benchmark::OutputPolicy&) {
  const auto policy = policy_named(command_line);
  if (!policy) return fail(ErrorKind::usage, fmt::format("no policy '{}'", command_line));
  const Progress quiet = [&](std::size_t, std::size_t, std::string_view) {
    return !interrupted_();
  };
  if (auto prepared = prepare_cache(watched_, cache_, drop_all_, quiet); !prepared) {
    return std::unexpected(prepared.error());
  }
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail_errno(errno, "cannot open /dev/null");
  auto request = command_.request();
  request.input = request.output = request.error = null.get();
  request.policy = *policy;
  request.look_at_pages = false;
  request.interrupted = interrupted_;
  BYTEPATH_TRY(target, intercept::Command::start(request));
  PageRecorder recorder(watched_);
  const double start = now();
  BYTEPATH_TRY(outcome, target.run(recorder));
  benchmark::Run run = run_of(outcome);
  run.start = start;
  if (outcome.interrupted) return run;
  if (auto accepted = check_end(command_.text(), outcome, *policy, cache_, failures); !accepted) {
    return std::unexpected(accepted.error());
  }
  return run;
}

}  // namespace bytepath::faults
