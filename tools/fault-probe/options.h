#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/probe.h"
#include "faults/command_line.h"
#include "faults/watched_files.h"
#include "pages/page_file.h"

namespace bytepath::fault_probe {

// --ignore-failure without a value.
inline constexpr const char* all_failures = "all-non-zero";

// What the subcommands' options are written to; each uses its part.
struct Options {
  std::vector<std::string> words;   // the command, or the files
  std::vector<std::string> models;  // --model
  std::uint64_t grid = 0;
  bool as_root = false;

  std::uint64_t process = 0;
  std::optional<std::chrono::nanoseconds> duration;
  std::string backend = "auto";
  std::string policy = "as-is";
  bool no_calls = false;
  std::uint64_t ring_bytes = std::uint64_t{64} << 20;
  std::string trace_file;
  std::string touched;  // of run and map: an earlier --pages file

  std::string pages;  // of touch
  std::string experts;

  std::chrono::nanoseconds interval = std::chrono::milliseconds(500);
  std::uint64_t rounds = 0;
  bool totals_only = false;

  std::vector<std::string> policies;
  std::string cache = "both";
  std::uint64_t pairs = 6;
  std::uint64_t seed = 0;
  bool drop_all = false;
  std::string ignore_failure;  // empty, "all-non-zero" or "1,2"

  std::string directory;  // of selftest
};

Result<result::Document> run(const Options& options, const cli::Context& context);
Result<result::Document> touch(const Options& options, const cli::Context& context);
Result<result::Document> attach(const Options& options, const cli::Context& context);
Result<result::Document> whatif(const Options& options, const cli::Context& context);
Result<result::Document> map(const Options& options);
Result<result::Document> cache(const Options& options);
Result<result::Document> selftest(const Options& options, const cli::Context& context);

// The command behind "--"; says so where it gets other rights than ours.
Result<faults::CommandLine> command_of(const Options& options, const cli::Context& context);

// What `touch --pages` wrote; nothing for an empty path.
Result<std::vector<pages::FilePages>> read_touched(const std::string& path);

// Error (usage): it was given, and of none of the files.
Result<> check_touched(const Options& options, const std::vector<pages::FilePages>& touched,
                       std::span<const faults::WatchedFile> files);

// Adds what is known of the host.
result::Document with_host(result::Document document);

}  // namespace bytepath::fault_probe
