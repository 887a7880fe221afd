#include "cli/probe.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <ctime>
#include <deque>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "verdict/judge.h"

namespace bytepath::cli {
namespace {

// CLI11 reports a refused value by an exception; the hint travels beside it.
struct Refusal : CLI::ValidationError {
  Refusal(const std::string& option, bytepath::Error refused)
      : CLI::ValidationError(option, refused.message), error(std::move(refused)) {
    error.message = option + ": " + error.message;
  }
  bytepath::Error error;
};

std::string long_name(const std::string& flags) { return flags.substr(flags.find("--")); }

template <class T>
T unwrap(const std::string& flags, Result<T> value) {
  if (!value) throw Refusal(long_name(flags), std::move(value).error());
  return *std::move(value);
}

// No probe has a use for nothing, and several take 0 for "not given".
Result<std::uint64_t> parse_positive_size(const std::string& text) {
  auto size = parse_size(text);
  if (!size || *size > 0) return size;
  return fail(ErrorKind::usage, fmt::format("'{}' is not above 0", text),
              "give a size such as 4096, 64K, 512KiB or 1GiB");
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm fields{};
  gmtime_r(&now, &fields);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", fields.tm_year + 1900,
                     fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min,
                     fields.tm_sec);
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return usage;
    case ErrorKind::unsupported:
    case ErrorKind::denied:
      return not_measurable;
    case ErrorKind::failed:
      return failed;
  }
  return failed;
}

Result<result::Document> read_saved(const std::string& path) {
  BYTEPATH_TRY(text, read_file(path == "-" ? "/dev/stdin" : path));
  return result::from_json(text, path == "-" ? "standard input" : path);
}

std::string examples_text(const Program& program) {
  std::string out = "Examples:";
  for (const auto& [command, purpose] : program.examples) {
    out += fmt::format("\n  {}\n      {}", command, purpose);
  }
  return out;
}

}  // namespace

struct Command::Impl {
  CLI::App* app = nullptr;
  Run run;
};

struct Probe::Impl {
  explicit Impl(Program described)
      : program(std::move(described)),
        app(program.summary + "\n\n" + program.description, program.name) {}

  Program program;
  CLI::App app;
  std::deque<Command::Impl> commands;  // stable addresses
  OutputOptions output;
  std::string color = "auto";
  std::string replay;
  std::vector<std::string> fail_on;
  bool verbose = false;

  void add_common_options();
  std::optional<int> parse(int argc, char** argv);
  Command::Impl& chosen();
  Result<result::Document> measure(int argc, char** argv);
  Result<result::Document> measure_or_replay(int argc, char** argv);
  bool gate(const result::Document& document) const;
  std::vector<std::string> known_options() const;
};

Command& Command::size(const std::string& flags, std::uint64_t& value, const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    value = unwrap(flags, parse_positive_size(text));
  };
  // A default of 0 stands for one that the program chooses.
  impl_->app->add_option_function<std::string>(flags, read, help)
      ->type_name("SIZE")
      ->default_str(value == 0 ? "" : format_size(value));
  return *this;
}

Command& Command::sizes(const std::string& flags, std::vector<std::uint64_t>& value,
                        const std::string& help) {
  const auto read = [flags, &value](const std::vector<std::string>& texts) {
    value.clear();
    for (const auto& text : texts) value.push_back(unwrap(flags, parse_positive_size(text)));
  };
  impl_->app->add_option_function<std::vector<std::string>>(flags, read, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("SIZE,...");
  return *this;
}

Command& Command::duration(const std::string& flags, std::chrono::nanoseconds& value,
                           const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    value = unwrap(flags, parse_duration(text));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("TIME");
  return *this;
}

Command& Command::number(const std::string& flags, std::uint64_t& value, const std::string& help,
                         std::uint64_t low, std::uint64_t high) {
  const auto read = [=, &value](const std::string& text) {
    const auto parsed = parse_unsigned(text);
    if (!parsed || *parsed < low || *parsed > high) {
      throw Refusal(
          long_name(flags),
          {.kind = ErrorKind::usage,
           .message = fmt::format("'{}' is not a whole number from {} to {}", text, low, high)});
    }
    value = *parsed;
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("N");
  return *this;
}

Command& Command::percent(const std::string& flags, double& value, const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    char* end = nullptr;
    const double parsed = std::strtod(text.c_str(), &end);
    const std::string_view rest = trim(end);
    const bool number = end != text.c_str() && (rest.empty() || rest == "%");
    const bool in_range = parsed > 0 && parsed <= 100;  // false for NaN too
    if (!number || !in_range) {
      throw Refusal(long_name(flags),
                    {.kind = ErrorKind::usage,
                     .message = fmt::format("'{}' is not a percentage above 0", text),
                     .hint = "give 5 or 2.5%"});
    }
    value = parsed;
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("PERCENT");
  return *this;
}

Command& Command::flag(const std::string& flags, bool& value, const std::string& help) {
  impl_->app->add_flag(flags, value, help);
  return *this;
}

Command& Command::text(const std::string& flags, std::string& value, const std::string& type,
                       const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    if (text.empty()) {
      throw Refusal(long_name(flags), {.kind = ErrorKind::usage, .message = "the value is empty"});
    }
    value = text;
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name(type);
  return *this;
}

Command& Command::names(const std::string& flags, std::vector<std::string>& value,
                        const std::string& help, std::vector<std::string> known) {
  const auto read = [flags, known = std::move(known),
                     &value](const std::vector<std::string>& words) {
    for (const auto& word : words) {
      if (std::ranges::find(known, word) != known.end()) continue;
      const std::string near = nearest(word, known);
      throw Refusal(long_name(flags),
                    {.kind = ErrorKind::usage,
                     .message = fmt::format("unknown name '{}'", word),
                     .hint = near.empty() ? fmt::format("one of {}", fmt::join(known, ", "))
                                          : fmt::format("did you mean '{}'?", near)});
    }
    value = words;
  };
  impl_->app->add_option_function<std::vector<std::string>>(flags, read, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  return *this;
}

Command& Command::exclusive(const std::string& one_flag, const std::string& other_flag) {
  impl_->app->get_option(one_flag)->excludes(impl_->app->get_option(other_flag));
  return *this;
}

Probe::Probe(Program program) : impl_(std::make_unique<Impl>(std::move(program))) {
  impl_->add_common_options();
}
Probe::~Probe() = default;

Command Probe::main(Run run) {
  auto& command = impl_->commands.emplace_back(Command::Impl{&impl_->app, std::move(run)});
  return Command(command);
}

Command Probe::command(const std::string& name, const std::string& summary, Run run) {
  auto* app = impl_->app.add_subcommand(name, summary);
  app->fallthrough();  // the common options are accepted after the subcommand too
  auto& command = impl_->commands.emplace_back(Command::Impl{app, std::move(run)});
  return Command(command);
}

void Probe::Impl::add_common_options() {
  std::vector<std::string> formats;
  for (const auto& format : report::formats()) formats.emplace_back(format.name);
  app.set_help_flag("-h,--help", "print this help and exit");
  app.set_version_flag("--version", program.name + " (bytepath) " BYTEPATH_VERSION,
                       "print the version and exit");
  app.get_formatter()->column_width(34);
  app.footer("\n" + examples_text(program));
  const std::string group = "Report";
  app.add_option("-f,--format", output.format, "format of the report on standard output")
      ->type_name(fmt::format("{{{}}}", fmt::join(formats, ",")))
      ->group(group);
  app.add_option("-o,--output", output.outputs,
                 "write the report to FILE, in the format its suffix names; repeatable; - is "
                 "standard output")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--json", output.json, "short for JSON in --output FILE")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  app.add_flag("-q,--quiet", output.quiet,
               "no progress; with --output FILE nothing on standard output")
      ->group(group);
  app.add_flag("-v,--verbose", verbose, "report everything that was measured")->group(group);
  app.add_option("--color", color, "colours in text; auto honours NO_COLOR")
      ->type_name("{auto,always,never}")
      ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
      ->group(group);
  app.add_option("--replay", replay,
                 "measure nothing; render and judge anew the JSON document in FILE")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--fail-on", fail_on,
                 "exit with 1 when there is a finding of this id or pattern, or any")
      ->type_name("FINDING")
      ->allow_extra_args(false)
      ->group(group);
}

std::vector<std::string> Probe::Impl::known_options() const {
  std::vector<std::string> names;
  const auto add = [&](const CLI::App* from) {
    for (const auto* option : from->get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  };
  add(&app);
  for (const auto& command : commands) {
    if (command.app != &app) {
      add(command.app);
      names.push_back(command.app->get_name());
    }
  }
  return names;
}

// The exit status when parsing already ended the program.
std::optional<int> Probe::Impl::parse(int argc, char** argv) {
  const auto refuse = [&](const std::string& message, const std::string& hint) {
    print_error(program.name, {.kind = ErrorKind::usage, .message = message, .hint = hint});
    return usage;
  };
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& e) {
    return app.exit(e) == 0 ? measured : failed;
  } catch (const Refusal& e) {
    return refuse(e.error.message, e.error.hint);
  } catch (const CLI::ExtrasError&) {
    const std::string word = app.remaining(true).empty() ? "" : app.remaining(true).front();
    const std::string near = nearest(word.substr(0, word.find('=')), known_options());
    return refuse(
        fmt::format("{}: unknown {}", word, word.starts_with("-") ? "option" : "argument"),
        near.empty() ? fmt::format("see {} --help", program.name)
                     : fmt::format("did you mean {}?", near));
  } catch (const CLI::ParseError& e) {
    return refuse(e.what(), fmt::format("see {} --help", program.name));
  }
}

Command::Impl& Probe::Impl::chosen() {
  for (auto& command : commands) {
    if (command.app != &app && command.app->parsed()) return command;
  }
  return commands.front();
}

Result<result::Document> Probe::Impl::measure(int argc, char** argv) {
  ProgressBar bar(output.quiet);
  const Interrupt interrupt;
  const Context context{.program = program.name,
                        .arguments = {argv + 1, argv + argc},
                        .progress =
                            [&](std::size_t done, std::size_t total, std::string_view what) {
                              bar.show(done, total, what);
                              return Interrupt::signal() == 0;
                            },
                        .verbose = verbose};
  const std::string started = utc_now();
  auto document = chosen().run(context);
  if (!document) return document;
  document->tool = program.name;
  document->tool_version = BYTEPATH_VERSION;
  document->started = started;
  document->arguments = context.arguments;
  document->complete = document->complete && Interrupt::signal() == 0;
  return document;
}

Result<result::Document> Probe::Impl::measure_or_replay(int argc, char** argv) {
  if (replay.empty()) return measure(argc, argv);
  auto document = read_saved(replay);
  if (document) return document;
  Error error = std::move(document).error();
  error.message = "--replay: " + error.message;
  // A file that is not there is a mistake of the command line, not a failure of ours.
  if (error.kind == ErrorKind::failed) {
    error.kind = ErrorKind::usage;
    error.hint = "give a file that a probe wrote with --json";
  }
  return std::unexpected(std::move(error));
}

bool Probe::Impl::gate(const result::Document& document) const {
  bool hit = false;
  for (const auto& pattern : fail_on) {
    const auto names = [&](const auto& finding) { return verdict::names(pattern, finding); };
    hit = hit || std::ranges::any_of(document.findings, names);
  }
  return hit;
}

int Probe::execute(int argc, char** argv) {
  guard_standard_descriptors();
  (void)std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of writing, not our death
  Impl& impl = *impl_;
  const auto report = [&](const Error& error) {
    print_error(impl.program.name, error);
    return status_of(error.kind);
  };
  if (const auto ended = impl.parse(argc, argv)) return *ended;
  for (const auto& pattern : impl.fail_on) {
    if (verdict::known_pattern(impl.program.name, pattern)) continue;
    return report(
        {.kind = ErrorKind::usage,
         .message = fmt::format("--fail-on: {} has no finding '{}'", impl.program.name, pattern),
         .hint =
             fmt::format("'any', or an id or pattern of FINDINGS in {}(1)", impl.program.name)});
  }
  auto targets = destinations(impl.output);
  if (!targets) return report(targets.error());
  if (auto writable = check_writable(*targets); !writable) {
    print_error(impl.program.name, writable.error());
    // Denied too is a failure to write, as it is after the measuring.
    return writable.error().kind == ErrorKind::usage ? usage : failed;
  }

  auto document = impl.measure_or_replay(argc, argv);
  const int signal = Interrupt::signal();
  if (!document) return signal != 0 ? 128 + signal : report(document.error());
  verdict::judge(*document);
  const auto written =
      write_reports(*document, *targets, standard_output(impl.color, impl.verbose));
  if (!written) {
    print_error(impl.program.name, written.error());
    return failed;
  }
  if (signal != 0) return 128 + signal;
  return impl.gate(*document) ? gate_failed : measured;
}

}  // namespace bytepath::cli
