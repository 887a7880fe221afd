#include "compare/remeasure.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>

#include "base/descriptor.h"
#include "base/text.h"
#include "compare/suite_readers.h"
#include "process/capture.h"
#include "process/spawn.h"

namespace bytepath::compare {
namespace {

// Options of run-probe that say where a report goes or how it looks; all but the flags take a word.
constexpr std::array<std::string_view, 14> reporting = {
    "--export-json",    "--json",   "--export-csv", "--export-markdown", "--export-asciidoc",
    "--export-orgmode", "--report", "-o",           "--format",          "-f",
    "--fail-on",        "--style",  "--seed",       "--replay"};
constexpr std::array<std::string_view, 5> reporting_flags = {"-q", "--quiet", "-v", "--verbose",
                                                             "--show-output"};

bool is_reporting(std::string_view word) {
  return std::ranges::find(reporting, word) != reporting.end();
}

bool is_reporting_with_value(std::string_view word) {
  const auto equals = word.find('=');
  if (equals != std::string_view::npos) return is_reporting(word.substr(0, equals));
  // "-ofile": a short option with its word.
  return word.size() > 2 && word[1] != '-' && is_reporting(word.substr(0, 2));
}

// A file of our own that nobody else can have made; removed with the object.
class TemporaryFile {
 public:
  TemporaryFile() {
    std::error_code ignored;
    path_ = (std::filesystem::temp_directory_path(ignored) / "probe-compare.XXXXXX").string();
    file_ = Descriptor(mkstemp(path_.data()));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { unlink(path_.c_str()); }
  explicit operator bool() const { return static_cast<bool>(file_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor file_;
};

Result<std::string> find_run_probe() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::string beside = (self.parent_path() / "run-probe").string();
    if (access(beside.c_str(), X_OK) == 0) return beside;
  }
  return process::find_program("run-probe");
}

Result<> check_machine(const Suite& suite, const result::Host& here) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::unsupported, fmt::format("{}: {}", suite.path, why),
                "run --confirm where the runs were measured");
  };
  if (suite.host.machine_hash.empty())
    return refuse("does not say on which machine it was measured");
  if (here.machine_hash.empty()) return refuse("this machine has no fingerprint to know it by");
  if (suite.host.machine_hash != here.machine_hash)
    return refuse("was measured on another machine");
  return {};
}

// As a shell would take it: words of other characters than these in single quotes.
std::string command_line(const std::vector<std::string>& words) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
      out += word;
      continue;
    }
    out += '\'';
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    out += '\'';
  }
  return one_line(out);
}

// A finding and a broken instrument (1 and 3) come with a report too.
bool may_have_reported(int exit_status) {
  return exit_status == 0 || exit_status == 1 || exit_status == 3;
}

std::unexpected<Error> run_probe_failed(const process::Captured& captured) {
  std::string last;
  std::string hint;
  for (const auto line : split(captured.errors, '\n')) {
    const auto text = trim(line);
    if (text.empty()) continue;
    constexpr std::string_view hint_mark = "hint: ";
    if (text.starts_with(hint_mark)) {
      hint = one_line(text.substr(hint_mark.size()));
    } else {
      last = one_line(text);
      hint.clear();  // which was that of a line before
    }
  }
  return fail(ErrorKind::failed,
              fmt::format("measuring again: run-probe ended with status {}{}{}",
                          captured.exit_status, last.empty() ? "" : ": ", last),
              std::move(hint));
}

}  // namespace

Result<std::vector<std::string>> remeasure_arguments(const Suite& suite, std::uint64_t seed,
                                                     const std::string& path) {
  if (!suite.paired || suite.tool != "run-probe" || suite.arguments.empty()) {
    return fail(ErrorKind::unsupported,
                fmt::format("{}: does not say how to measure it again", suite.path),
                "--confirm needs the JSON of run-probe --compare");
  }
  // Ours come first: what follows may end in "--" and commands.
  std::vector<std::string> out = {"--style",       "none", "--seed", std::to_string(seed),
                                  "--export-json", path};
  const auto& words = suite.arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    if (is_reporting(words[i])) {
      ++i;
    } else if (!is_reporting_with_value(words[i]) &&
               std::ranges::find(reporting_flags, words[i]) == reporting_flags.end()) {
      out.push_back(words[i]);
    }
  }
  return out;
}

Result<Suite> remeasure(const Suite& suite, std::uint64_t seed, const result::Host& here,
                        const Watch& watch) {
  const TemporaryFile file;
  if (!file) return fail_errno(errno, "cannot make {}", file.path());
  BYTEPATH_TRY(arguments, remeasure_arguments(suite, seed, file.path()));
  if (auto checked = check_machine(suite, here); !checked) return std::unexpected(checked.error());
  BYTEPATH_TRY(program, find_run_probe());
  arguments.insert(arguments.begin(), program);
  if (watch.announce) watch.announce(command_line(arguments));
  BYTEPATH_TRY(captured, process::capture(arguments, {.environment = {},
                                                      .time_limit = std::chrono::hours(24),
                                                      .directory = suite.directory,
                                                      .interrupted = watch.interrupted}));
  if (!may_have_reported(captured.exit_status)) return run_probe_failed(captured);
  auto again = load_suite(file.path());
  if (!again || !again->complete) return run_probe_failed(captured);
  return again;
}

}  // namespace bytepath::compare
