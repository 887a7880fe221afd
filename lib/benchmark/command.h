#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bytepath::benchmark {

// A command to be measured, with the values of its parameters. Names, order and messages are
// hyperfine's (its manual and tests, version 1.20), so that scripts need not change.
struct Command {
  std::string name;        // of --command-name, before parameters are put in; empty: the expression
  std::string expression;  // as given, before parameters are put in
  std::vector<std::pair<std::string, std::string>> parameters;  // in the order of the options

  // Every {NAME} replaced by its value, in one pass: a value that holds {OTHER} stays as it is.
  std::string command_line() const;
  std::string display_name() const;
  // With " (branch = master)" for parameters that the expression does not use.
  std::string name_with_unused_parameters() const;
  // The same replacement in another text, such as a --prepare command.
  std::string replace_parameters(std::string_view text) const;
};

struct CommandOptions {
  std::vector<std::string> commands;
  std::vector<std::string> names;
  std::optional<std::string> reference;
  std::string reference_name;
  // --parameter-scan NAME MIN MAX and --parameter-step-size.
  struct Scan {
    std::string name, first, last;
    std::optional<std::string> step;
  };
  std::optional<Scan> scan;
  std::vector<std::pair<std::string, std::string>> lists;  // --parameter-list NAME a,b,c
};

// The reference first if there is one, then every command with every value. Lists: the command
// varies fastest, then the first list; a scan: the value is the outer loop. Numbers of a scan are
// decimal and exact (0.1 + 0.2 is 0.3). Errors (failed) have hyperfine's words.
Result<std::vector<Command>> expand_commands(const CommandOptions& options);

// "a,b\,c" -> "a", "b,c": a comma or backslash after a backslash stands for itself.
std::vector<std::string> split_values(std::string_view list);

}  // namespace bytepath::benchmark
