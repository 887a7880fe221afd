#include "benchmark/command.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "benchmark/parameter_scan.h"

namespace bytepath::benchmark {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string placeholder(std::string_view name) { return fmt::format("{{{}}}", name); }

// One name for all benchmarks, or one for each.
Result<> check_name_count(std::size_t names, std::size_t benchmarks) {
  if (names <= 1 || names == benchmarks) return {};
  return fail(ErrorKind::failed,
              fmt::format("'--command-name' has been specified {} times. It has to appear exactly "
                          "once, or exactly {} times (number of benchmarks)",
                          names, benchmarks));
}

void add(std::vector<Command>& commands, const CommandOptions& options,
         const std::string& expression, Parameters parameters) {
  Command command{.name = {}, .expression = expression, .parameters = std::move(parameters)};
  const auto& names = options.names;
  if (!names.empty())
    command.name = commands.size() < names.size() ? names[commands.size()] : names.front();
  commands.push_back(std::move(command));
}

Result<std::vector<Command>> plain_commands(const CommandOptions& options) {
  if (options.names.size() > options.commands.size())
    return fail(ErrorKind::failed, fmt::format("Too many --command-name options: Expected {} at "
                                               "most",
                                               options.commands.size()));
  std::vector<Command> commands;
  commands.reserve(options.commands.size());
  for (std::size_t i = 0; i < options.commands.size(); ++i) {
    commands.push_back({.name = i < options.names.size() ? options.names[i] : "",
                        .expression = options.commands[i],
                        .parameters = {}});
  }
  return commands;
}

Result<std::vector<Command>> scan_commands(const CommandOptions& options,
                                           const CommandOptions::Scan& scan) {
  BYTEPATH_TRY(values, scan_values(scan));
  const std::size_t count = values.size() * options.commands.size();
  if (auto valid = check_name_count(options.names.size(), count); !valid)
    return std::unexpected(valid.error());
  std::vector<Command> commands;
  for (const auto& value : values) {
    for (const auto& expression : options.commands)
      add(commands, options, expression, {{scan.name, value}});
  }
  return commands;
}

Result<> check_unique(const Parameters& lists) {
  std::set<std::string_view> seen;
  std::set<std::string_view> duplicates;
  for (const auto& [name, list] : lists) {
    if (!seen.insert(name).second) duplicates.insert(name);
  }
  if (duplicates.empty()) return {};
  return fail(ErrorKind::failed,
              fmt::format("Duplicate parameter names: {}", fmt::join(duplicates, ", ")));
}

struct ParameterList {
  std::string name;
  std::vector<std::string> values;
};

Result<std::vector<Command>> list_commands(const CommandOptions& options) {
  if (auto unique = check_unique(options.lists); !unique) return std::unexpected(unique.error());
  std::vector<ParameterList> lists;
  std::size_t count = options.commands.size();
  for (const auto& [name, list] : options.lists) {
    lists.push_back({.name = name, .values = split_values(list)});
    count *= lists.back().values.size();
    if (count > max_parameter_values)
      return fail(ErrorKind::failed, std::string(parameter_range_too_large));
  }
  if (auto valid = check_name_count(options.names.size(), count); !valid)
    return std::unexpected(valid.error());

  std::vector<Command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    // i is a number whose lowest digit is the command and whose next one is the first list's.
    std::size_t rest = i / options.commands.size();
    Parameters parameters;
    for (const auto& [name, values] : lists) {
      parameters.emplace_back(name, values[rest % values.size()]);
      rest /= values.size();
    }
    add(commands, options, options.commands[i % options.commands.size()], std::move(parameters));
  }
  return commands;
}

Result<std::vector<Command>> commands_without_reference(const CommandOptions& options) {
  if (options.scan) return scan_commands(options, *options.scan);
  if (!options.lists.empty()) return list_commands(options);
  return plain_commands(options);
}

}  // namespace

std::string Command::replace_parameters(std::string_view text) const {
  std::map<std::string, std::string_view> values;
  for (const auto& [parameter, value] : parameters) values[placeholder(parameter)] = value;

  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(
        values, [&](const auto& entry) { return text.starts_with(entry.first); });
    if (found == values.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += found->second;
      text.remove_prefix(found->first.size());
    }
  }
  return out;
}

std::string Command::command_line() const { return replace_parameters(expression); }

std::string Command::display_name() const {
  return replace_parameters(name.empty() ? expression : name);
}

std::string Command::name_with_unused_parameters() const {
  std::vector<std::string> unused;
  for (const auto& [parameter, value] : parameters) {
    if (!expression.contains(placeholder(parameter)))
      unused.push_back(fmt::format("{} = {}", parameter, value));
  }
  if (unused.empty()) return display_name();
  return fmt::format("{} ({})", display_name(), fmt::join(unused, ", "));
}

Result<std::vector<Command>> expand_commands(const CommandOptions& options) {
  BYTEPATH_TRY(commands, commands_without_reference(options));
  if (options.reference) {
    commands.insert(
        commands.begin(),
        {.name = options.reference_name, .expression = *options.reference, .parameters = {}});
  }
  return std::move(commands);
}

std::vector<std::string> split_values(std::string_view list) {
  std::vector<std::string> values(1);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string_view rest = list.substr(i);
    if (rest.starts_with("\\,") || rest.starts_with("\\\\")) {
      values.back() += rest[1];
      ++i;
    } else if (rest.front() == ',') {
      values.emplace_back();
    } else {
      values.back() += rest.front();
    }
  }
  return values;
}

}  // namespace bytepath::benchmark
