#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"

// The frame that every probe shares: options, progress, formats, output files, errors and exit
// status. Only this module writes to the terminal, and CLI11 is seen by one file of it.
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

struct Program {
  std::string name;
  std::string summary;                                        // one line
  std::string description;                                    // a paragraph for --help
  std::vector<std::pair<std::string, std::string>> examples;  // command, what it is for
};

// What a command's function gets besides its options.
struct Context {
  std::string program;
  std::vector<std::string> arguments;
  Progress progress;
  bool verbose = false;
};

using Run = std::function<Result<result::Document>(const Context&)>;

// The options of the program or of one of its subcommands. Each method adds one option that writes
// to `value`, whose present content is the default shown by --help. Flags are CLI11's: "-s,--size".
class Command {
 public:
  Command& size(const std::string& flags, std::uint64_t& value, const std::string& help);
  Command& sizes(const std::string& flags, std::vector<std::uint64_t>& value,
                 const std::string& help);
  Command& duration(const std::string& flags, std::chrono::nanoseconds& value,
                    const std::string& help);
  Command& number(const std::string& flags, std::uint64_t& value, const std::string& help,
                  std::uint64_t low, std::uint64_t high);
  Command& percent(const std::string& flags, double& value, const std::string& help);
  Command& flag(const std::string& flags, bool& value, const std::string& help);
  Command& text(const std::string& flags, std::string& value, const std::string& type,
                const std::string& help);
  // A comma-separated list of words out of `known`; a wrong word is answered with the nearest one.
  Command& names(const std::string& flags, std::vector<std::string>& value, const std::string& help,
                 std::vector<std::string> known);
  Command& exclusive(const std::string& one_flag, const std::string& other_flag);

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
