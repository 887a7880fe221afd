#include "copies/scan.h"

#include <algorithm>

#include "base/text.h"
#include "commands.h"

namespace bytepath::memcpy_probe {
namespace {

constexpr std::uint64_t largest_pid = 4194304;  // PID_MAX_LIMIT, linux/threads.h

struct Options {
  std::vector<std::string> targets;
};

// A number is a process; a file with such a name is ./1234.
Result<copies::Scan> scan(const std::string& target, const Progress& progress) {
  const bool is_number = std::ranges::all_of(target, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return copies::scan_file(target, progress);
  const auto process = parse_unsigned(target);
  if (!process || *process == 0 || *process > largest_pid)
    return fail(ErrorKind::usage, fmt::format("there is no process {}", target),
                fmt::format("for the file of that name give ./{}", target));
  return copies::scan_process(static_cast<pid_t>(*process), progress);
}

Result<result::Document> run(const Options& options, const cli::Context& context) {
  if (options.targets.size() != 1)
    return fail(ErrorKind::usage, "scan takes one file or process", "give one");
  BYTEPATH_TRY(found, scan(options.targets.front(), context.progress));
  result::Document document;
  copies::add_scan(document, found);
  return with_host(std::move(document));
}

}  // namespace

void add_scan(cli::Probe& probe) {
  static Options options;
  probe
      .command("scan", "every rep movs in the code of a file or of a process",
               [](const cli::Context& context) { return run(options, context); })
      .positionals("target", options.targets,
                   "a program, library or vmlinux, or a process's number", true);
}

}  // namespace bytepath::memcpy_probe
