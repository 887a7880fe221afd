#include "cli/probe.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <deque>
#include <new>
#include <optional>
#include <sstream>

#include "base/file.h"
#include "base/text.h"
#include "cli/command_parts.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "verdict/judge.h"

namespace bytepath::cli {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm fields{};
  gmtime_r(&now, &fields);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", fields.tm_year + 1900,
                     fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min,
                     fields.tm_sec);
}

int status_of(ErrorKind kind, Manner manner) {
  switch (kind) {
    case ErrorKind::usage:
      return usage;
    case ErrorKind::unsupported:
    case ErrorKind::denied:
      return not_measurable;
    case ErrorKind::failed:
      break;
  }
  return manner == Manner::hyperfine ? gate_failed : failed;
}

// What comes before the message of an error.
std::string_view prefix_of(const Program& program) {
  return program.manner == Manner::hyperfine ? "Error" : std::string_view(program.name);
}

// Of a process that gets no more memory, made while there is some.
std::string last_words;
int last_status = 0;

[[noreturn]] void end_without_memory() {
  (void)!write(STDERR_FILENO, last_words.data(), last_words.size());
  _exit(last_status);
}

// An exception would end it by a signal and without a reason.
void end_well_without_memory(const Program& program) {
  last_words = fmt::format(
      "{}: there is not enough memory\nhint: see ulimit -v and the control group's memory.max, or "
      "give it less to look at\n",
      prefix_of(program));
  last_status = status_of(ErrorKind::failed, program.manner);
  std::set_new_handler(end_without_memory);
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

void Console::print(std::string_view text) {
  if (!quiet_) write(text);
}

void Console::write(std::string_view text) {
  if (text.empty()) return;
  bar_.erase();
  auto done = write_all(STDOUT_FILENO, text, "standard output");
  if (written_ && !done) written_ = std::move(done);
}

void Console::complain(std::string_view text) {
  bar_.erase();
  // There is nobody left to tell that standard error cannot be written.
  [[maybe_unused]] const auto done = write_all(STDERR_FILENO, text, "standard error");
}

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
  std::optional<Error> late_error;
  bool ends_by_interrupt = false;

  bool cut_short() const;
  void add_common_options();
  std::optional<int> parse(int argc, char** argv);
  bool takes_a_value(const std::string& word) const;
  std::vector<std::string> prepared_words(int argc, char** argv) const;
  int print_asked(const std::string& text) const;
  int report(const Error& error) const;
  int run(int argc, char** argv);
  Command::Impl& chosen();
  Result<result::Document> measure(int argc, char** argv, ProgressBar& bar, Console& console);
  Result<result::Document> measure_or_replay(int argc, char** argv, ProgressBar& bar,
                                             Console& console);
  Result<> check_not_empty() const;
  Result<> check_fail_on();
  bool gate(const result::Document& document) const;
  std::vector<std::string> known_options() const;
};

Probe::Probe(Program program) {
  end_well_without_memory(program);
  impl_ = std::make_unique<Impl>(std::move(program));
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

bool Probe::Impl::cut_short() const {
  const int signal = Interrupt::signal();
  return signal != 0 && (signal != SIGINT || !ends_by_interrupt);
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
  const bool own_output = program.manner == Manner::hyperfine;
  output.option = own_output ? "--report" : "--output";
  output.text_by_default = !own_output;
  app.add_option(own_output ? "-o,--report" : "-o,--output", output.outputs,
                 "write the report to FILE, in the format its suffix names; repeatable; - is "
                 "standard output")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  if (!own_output) {
    app.add_option("--json", output.json, "short for JSON in --output FILE")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->group(group);
  }
  app.add_flag("-q,--quiet", output.quiet,
               own_output ? "no progress, no text of our own on standard output"
                          : "no progress; with --output FILE nothing on standard output")
      ->group(group);
  app.add_flag("-v,--verbose", verbose, "report everything that was measured")->group(group);
  if (!own_output) {
    app.add_option("--color", color, "colours in text; auto honours NO_COLOR")
        ->type_name("{auto,always,never}")
        ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
        ->group(group);
  }
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

bool Probe::Impl::takes_a_value(const std::string& word) const {
  const auto takes = [&](const CLI::App* from) {
    const auto* option = from->get_option_no_throw(word);
    return option != nullptr && option->get_items_expected_max() > 0;
  };
  return std::ranges::any_of(commands, [&](const auto& each) { return takes(each.app); }) ||
         takes(&app);
}

// The words in the form that CLI11 understands as they are meant: it knows no value behind a short
// flag, so "-i=1" becomes "--ignore-failure=1"; it takes the next word for the value of "--json=",
// so that becomes "--json" and an empty word; and see list_guard.
std::vector<std::string> Probe::Impl::prepared_words(int argc, char** argv) const {
  std::vector<std::string> words(argv + 1, argv + argc);
  // What follows "--" is another program's.
  const auto end_of_options =
      static_cast<std::size_t>(std::ranges::find(words, "--") - words.begin());
  const auto is_meant = [&](const Command::Impl& command) {
    return command.app == &app || std::ranges::find(words, command.app->get_name()) != words.end();
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto& word = words[i];
    const bool like_list = word.starts_with('[') && word.ends_with(']');
    if (like_list && (i == 0 || !takes_a_value(words[i - 1]))) word += list_guard;
    for (const auto& command : commands) {
      if (i > end_of_options || !is_meant(command)) continue;
      for (const auto& flags : command.flags_with_values) {
        const std::string prefix = flags.substr(0, flags.find(',')) + "=";
        if (word.starts_with(prefix)) word.replace(0, prefix.size(), long_name(flags) + "=");
      }
    }
  }
  for (std::size_t i = end_of_options; i-- > 0;) {
    auto& word = words[i];
    const bool is_long = word.starts_with("--") && word.ends_with('=');
    if (!is_long || !takes_a_value(word.substr(0, word.size() - 1))) continue;
    word.pop_back();
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, "");
  }
  return words;
}

// The help and the version. Whoever closed the pipe has read enough of them.
int Probe::Impl::print_asked(const std::string& text) const {
  const auto written = write_all(STDOUT_FILENO, text, "standard output");
  if (written || errno == EPIPE) return measured;
  return report(written.error());
}

// The exit status when parsing already ended the program.
std::optional<int> Probe::Impl::parse(int argc, char** argv) {
  const auto refuse = [&](const std::string& message, const std::string& hint) {
    return report({.kind = ErrorKind::usage, .message = message, .hint = hint});
  };
  try {
    auto words = prepared_words(argc, argv);
    std::ranges::reverse(words);  // as CLI11 takes them
    app.parse(std::move(words));
    return std::nullopt;
  } catch (const CLI::Success& e) {
    std::ostringstream text;
    app.exit(e, text, text);
    return print_asked(text.str());
  } catch (const Refusal& e) {
    return refuse(e.error.message, e.error.hint);
  } catch (const CLI::ExtrasError&) {
    const std::string word = app.remaining(true).empty() ? "" : app.remaining(true).front();
    const bool like_option = word.starts_with("-");
    // What is behind the "=" of a mistyped option may be a secret.
    const std::string name = like_option ? word.substr(0, word.find('=')) : without_secrets(word);
    const std::string near = nearest(word.substr(0, word.find('=')), known_options());
    const std::string what =
        fmt::format("{}: unknown {}", name, like_option ? "option" : "argument");
    // Known, but to another command.
    if (near.empty() || near == name)
      return refuse(what, fmt::format("see {} --help, and that of the command", program.name));
    return refuse(what, fmt::format("did you mean {}?", near));
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

Result<result::Document> Probe::Impl::measure(int argc, char** argv, ProgressBar& bar,
                                              Console& console) {
  const Interrupt interrupt;
  const Context context{.program = program.name,
                        .arguments = {argv + 1, argv + argc},
                        .progress =
                            [&](std::size_t done, std::size_t total, std::string_view what) {
                              bar.show(done, total, what);
                              return Interrupt::signal() == 0;
                            },
                        .verbose = verbose,
                        .quiet = output.quiet,
                        .console = &console,
                        .ends_by_interrupt = &ends_by_interrupt,
                        .cut_short = [this] { return cut_short(); },
                        .late_error = &late_error};
  const std::string started = utc_now();
  auto document = chosen().run(context);
  if (!document) return document;
  document->tool = program.name;
  document->tool_version = BYTEPATH_VERSION;
  document->started = started;
  if (document->arguments.empty()) document->arguments = context.arguments;
  document->complete = document->complete && !cut_short();
  return document;
}

Result<result::Document> Probe::Impl::measure_or_replay(int argc, char** argv, ProgressBar& bar,
                                                        Console& console) {
  if (replay.empty()) return measure(argc, argv, bar, console);
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

int Probe::Impl::report(const Error& error) const {
  print_error(prefix_of(program), error);
  return status_of(error.kind, program.manner);
}

// An option whose value is empty, as that of a variable that is not set, is not left out.
Result<> Probe::Impl::check_not_empty() const {
  for (const auto& [name, value] : {std::pair("--format", &output.format), {"--replay", &replay}}) {
    if (!value->empty() || app.get_option(name)->count() == 0) continue;
    return fail(ErrorKind::usage, fmt::format("{}: the value is empty", name),
                fmt::format("see {} --help", program.name));
  }
  return {};
}

Result<> Probe::Impl::check_fail_on() {
  const bool of_all = chosen().has_findings_of_all;
  const std::string tool = of_all ? "" : program.name;
  for (const auto& pattern : fail_on) {
    if (verdict::known_pattern(tool, pattern)) continue;
    return fail(ErrorKind::usage,
                fmt::format("--fail-on: no finding of {} is '{}'",
                            of_all ? "any program" : program.name, pattern),
                fmt::format("'any', or an id or pattern of FINDINGS in {}",
                            of_all ? "the manual of the program that made the document"
                                   : program.name + "(1)"));
  }
  return {};
}

int Probe::Impl::run(int argc, char** argv) {
  if (auto given = check_not_empty(); !given) return report(given.error());
  if (auto known = check_fail_on(); !known) return report(known.error());
  // A saved run has nothing to print but its report.
  if (!replay.empty()) output.text_by_default = true;
  const auto& keeps = chosen().keeps_standard_output;
  if (replay.empty() && keeps && keeps()) output.text_by_default = false;
  auto targets = destinations(output);
  if (!targets) return report(targets.error());
  const auto cannot_write = [&](Error error) {
    // Denied too is a failure to write, as it is after the measuring.
    if (error.kind != ErrorKind::usage) error.kind = ErrorKind::failed;
    return report(error);
  };
  if (auto writable = check_writable(*targets); !writable) return cannot_write(writable.error());

  ProgressBar bar(output.quiet);
  const auto target = standard_output(color, verbose);
  // What the program says itself would spoil a report on standard output.
  const bool own_text = std::ranges::none_of(
      *targets, [](const auto& each) { return each.path == "-" && each.format->name != "text"; });
  Console console(bar, target, output.quiet || !own_text);
  auto document = measure_or_replay(argc, argv, bar, console);
  bar.erase();
  const int signal = Interrupt::signal();
  if (!document) return signal != 0 ? 128 + signal : report(document.error());
  verdict::judge(*document);
  Result<> finished;
  if (program.finish && replay.empty()) finished = program.finish(*document, console);
  auto written = write_reports(*document, *targets, target);
  if (!written) return cannot_write(written.error());
  if (!console.written()) return cannot_write(console.written().error());
  if (!finished) return report(finished.error());
  if (late_error) return report(*late_error);
  if (cut_short()) return 128 + signal;
  const auto decided = program.statuses.find(document->verdict.state);
  if (decided != program.statuses.end()) return decided->second;
  return gate(*document) ? gate_failed : measured;
}

int Probe::execute(int argc, char** argv) {
  guard_standard_descriptors();
  // A closed pipe and a file of the size that is allowed are errors of writing, not our death.
  for (const int number : {SIGPIPE, SIGXFSZ}) (void)std::signal(number, SIG_IGN);
  if (const auto ended = impl_->parse(argc, argv)) return *ended;
  return impl_->run(argc, argv);
}

std::string_view version() { return BYTEPATH_VERSION; }

}  // namespace bytepath::cli
