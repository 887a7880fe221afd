#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "cli/progress_bar.h"
#include "report/report.h"
#include "result/document.h"

// The frame that every probe shares: options, progress, formats, output files, errors and exit
// status. Only this module writes to the terminal, and CLI11 is seen by two files of it.
namespace bytepath::cli {

// 0 measured; 1 a finding that --fail-on names; 2 usage; 3 this host, user or input cannot be
// measured; 4 failed; 130 interrupted, the partial report written.
enum ExitStatus {
  measured = 0,
  gate_failed = 1,
  usage = 2,
  not_measurable = 3,
  failed = 4,
  interrupted = 130
};

// Of all of bytepath.
std::string_view version();

// Whose words and exit statuses a program keeps. hyperfine: errors are "Error: ..." with status 1
// (2 for the command line), nothing but the program's own text is printed unless --format asks for
// a report, and reports go to --report FILE because --output means something else there.
enum class Manner { house, hyperfine };

// Where a program's own text goes while it runs; between two lines of it the progress bar is drawn.
class Console {
 public:
  Console(ProgressBar& bar, report::Target target, bool quiet)
      : bar_(bar), target_(target), quiet_(quiet) {}
  void print(std::string_view text);     // standard output; nothing with --quiet
  void write(std::string_view text);     // standard output, what the user asked for by an option
  void complain(std::string_view text);  // standard error
  const report::Target& target() const { return target_; }
  // What went wrong with writing, first come.
  const Result<>& written() const { return written_; }

 private:
  ProgressBar& bar_;
  report::Target target_;
  bool quiet_;
  Result<> written_;
};

struct Program {
  std::string name;
  std::string summary;                                        // one line
  std::string description;                                    // a paragraph for --help
  std::vector<std::pair<std::string, std::string>> examples;  // command, what it is for
  Manner manner = Manner::house;
  // Verdict states that decide the exit status, such as {"failed", gate_failed}.
  std::map<std::string, int> statuses;
  // Called with the judged document before the reports are written: prints what the program says in
  // its own way.
  std::function<Result<>(const result::Document&, Console&)> finish;
};

// What a command's function gets besides its options.
struct Context {
  std::string program;
  // They are in the report; a command that was given secrets puts its own into the document.
  std::vector<std::string> arguments;
  Progress progress;
  bool verbose = false;
  bool quiet = false;
  Console* console = nullptr;
  // To be set by a command that has no end of its own: Ctrl-C is then how one ends it, and its
  // report is whole. Another signal is not.
  bool* ends_by_interrupt = nullptr;
  // A signal ended the run before its end: what did not happen until then is no one's mistake.
  std::function<bool()> cut_short;
  // Set when the measuring failed on the way: the document is reported as far as it got, then the
  // error, which decides the exit status.
  std::optional<Error>* late_error = nullptr;
};

using Run = std::function<Result<result::Document>(const Context&)>;

// The options of the program or of one of its subcommands. Each method adds one option that writes
// to `value`, whose present content is the default shown by --help. Flags are CLI11's: "-s,--size".
class Command {
 public:
  Command& size(const std::string& flags, std::uint64_t& value, const std::string& help);
  Command& size(const std::string& flags, std::uint64_t& value, const std::string& help,
                std::uint64_t low, std::uint64_t high);
  Command& sizes(const std::string& flags, std::vector<std::uint64_t>& value,
                 const std::string& help);
  Command& duration(const std::string& flags, std::chrono::nanoseconds& value,
                    const std::string& help);
  Command& duration(const std::string& flags, std::optional<std::chrono::nanoseconds>& value,
                    const std::string& help);
  Command& number(const std::string& flags, std::uint64_t& value, const std::string& help,
                  std::uint64_t low, std::uint64_t high);
  Command& number(const std::string& flags, std::optional<std::uint64_t>& value,
                  const std::string& help, std::uint64_t low, std::uint64_t high);
  Command& percent(const std::string& flags, double& value, const std::string& help);
  Command& percent(const std::string& flags, std::optional<double>& value, const std::string& help,
                   bool zero_too = false);
  Command& flag(const std::string& flags, bool& value, const std::string& help);
  // A flag that may have a value behind "=": "-i" gives `bare`, "-i=1,2" gives "1,2".
  Command& flag_or_text(const std::string& flags, std::string& value, const std::string& bare,
                        const std::string& help);
  Command& text(const std::string& flags, std::string& value, const std::string& type,
                const std::string& help);
  // May be empty: then it was given and is empty.
  Command& text(const std::string& flags, std::optional<std::string>& value,
                const std::string& type, const std::string& help);
  // May be given several times.
  Command& texts(const std::string& flags, std::vector<std::string>& values,
                 const std::string& type, const std::string& help);
  // Takes `count` words each time it is given, also such that begin with "-"; they are joined.
  Command& words(const std::string& flags, std::size_t count, std::vector<std::string>& values,
                 const std::string& type, const std::string& help);
  // The words that belong to no option; an empty one is refused.
  Command& positionals(const std::string& name, std::vector<std::string>& values,
                       const std::string& help, bool required);
  // The words of a command to be run, which may be empty; not required.
  Command& command_words(const std::string& name, std::vector<std::string>& values,
                         const std::string& help);
  // One of a few words.
  Command& choice(const std::string& flags, std::string& value, const std::string& help,
                  std::vector<std::string> known);
  // The last option added is not shown by --help.
  Command& hidden();
  // A comma-separated list of words out of `known`; a wrong word is answered with the nearest one.
  Command& names(const std::string& flags, std::vector<std::string>& value, const std::string& help,
                 std::vector<std::string> known);
  Command& exclusive(const std::string& one_flag, const std::string& other_flag);

  // The one option cannot be given without the other.
  Command& needs(const std::string& flag, const std::string& needed);

  // Standard output is for what the command makes where `keeps`, called after parsing, says so: a
  // report is there only when it is asked for.
  Command& keeps_standard_output(std::function<bool()> keeps);
  // Its report holds those of other programs, whose findings --fail-on may name.
  Command& has_findings_of_all();

  struct Impl;
  explicit Command(Impl& impl) : impl_(&impl) {}

 private:
  Impl* impl_;
};

class Probe {
 public:
  explicit Probe(Program program);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // The program without a subcommand.
  Command main(Run run);
  // A subcommand: `cpu-probe doctor`.
  Command command(const std::string& name, const std::string& summary, Run run);

  // Parses, runs, judges, renders, writes. Returns the exit status.
  int execute(int argc, char** argv);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bytepath::cli
