#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/probe.h"

// What the two files that see CLI11 share.
namespace bytepath::cli {

// CLI11 reports a refused value by an exception; the hint travels beside it.
struct Refusal : CLI::ValidationError {
  Refusal(const std::string& option, bytepath::Error refused)
      : CLI::ValidationError(option, refused.message), error(std::move(refused)) {
    error.message = option + ": " + error.message;
  }
  bytepath::Error error;
};

// CLI11 takes a positional word such as "[ -f x ]" for a list of words. One that ends in this is
// left alone.
inline constexpr char list_guard = '\x1f';

inline std::string long_name(const std::string& flags) {
  const auto name = flags.substr(flags.find("--"));
  return name.substr(0, name.find(','));
}

struct Command::Impl {
  CLI::App* app = nullptr;
  Run run;
  std::vector<std::string> flags_with_values;   // "-i,--ignore-failure"
  std::function<bool()> keeps_standard_output;  // may be empty
  bool has_findings_of_all = false;
};

}  // namespace bytepath::cli
