#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "benchmark/command.h"
#include "benchmark/shell_words.h"

namespace benchmark = bytepath::benchmark;

namespace {

// What was split and is joined again splits into the same words.
void check_words(std::string_view line) {
  const auto words = benchmark::split_words(line);
  if (!words) return;
  const auto again = benchmark::split_words(benchmark::join_words(*words));
  if (!again || *again != *words) std::abort();
}

void check_commands(const benchmark::CommandOptions& options) {
  const auto commands = benchmark::expand_commands(options);
  if (!commands) return;
  if (commands->size() > 100'001) std::abort();
  // All of them would only be slow.
  for (std::size_t i = 0; i < commands->size() && i < 8; ++i) {
    (*commands)[i].command_line();
    (*commands)[i].name_with_unused_parameters();
  }
}

}  // namespace

// A command line, lists and bounds of a user: no text of theirs crashes or runs for ever.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_words(text);
  if (benchmark::split_values(text).empty()) std::abort();

  // The lines: expression, name, then pairs of a parameter's name and values.
  std::vector<std::string> lines;
  for (const auto line : bytepath::split(text, '\n')) lines.emplace_back(line);
  lines.resize(std::max<std::size_t>(lines.size(), 5));
  benchmark::CommandOptions options{.commands = {lines[0]}};
  if (!lines[1].empty()) options.names = {lines[1]};
  options.scan = {.name = lines[2], .first = lines[3], .last = lines[4], .step = std::nullopt};
  if (lines.size() > 5) options.scan->step = lines[5];
  check_commands(options);

  options.scan.reset();
  options.reference = lines[0];
  for (std::size_t i = 2; i + 1 < lines.size(); i += 2)
    options.lists.emplace_back(lines[i], lines[i + 1]);
  check_commands(options);
  return 0;
}
