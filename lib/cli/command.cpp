#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/units.h"
#include "cli/command_parts.h"

namespace bytepath::cli {
namespace {

template <class T>
T unwrap(const std::string& flags, Result<T> value) {
  if (!value) throw Refusal(long_name(flags), std::move(value).error());
  return *std::move(value);
}

std::string unguarded(const std::string& word) {
  return word.ends_with(list_guard) ? word.substr(0, word.size() - 1) : word;
}

// No probe has a use for nothing, and several take 0 for "not given".
Result<std::uint64_t> parse_positive_size(const std::string& text) {
  auto size = parse_size(text);
  if (!size || *size > 0) return size;
  return fail(ErrorKind::usage, fmt::format("'{}' is not above 0", text),
              "give a size such as 4096, 64K, 512KiB or 1GiB");
}

Result<std::chrono::nanoseconds> parse_positive_duration(const std::string& text) {
  auto duration = parse_duration(text);
  if (!duration || duration->count() > 0) return duration;
  return fail(ErrorKind::usage, fmt::format("'{}' is not above 0", text),
              "give a time such as 500us, 2ms or 1s");
}

Result<std::uint64_t> parse_number(const std::string& text, std::uint64_t low, std::uint64_t high) {
  const auto parsed = parse_unsigned(text);
  if (parsed && *parsed >= low && *parsed <= high) return *parsed;
  return fail(ErrorKind::usage,
              fmt::format("'{}' is not a whole number from {} to {}", text, low, high),
              "give one within");
}

Result<double> parse_percent(const std::string& text, bool zero_too) {
  const std::string_view body = trim(text);
  const char* begin = body.data();  // with its end: not read as a terminated string
  const char* end = begin + body.size();
  double parsed = 0;
  const auto [stop, error] = std::from_chars(begin, end, parsed);  // no 0x10, no locale
  const std::string_view rest = trim(std::string_view(stop, static_cast<std::size_t>(end - stop)));
  const bool number = error == std::errc{} && (rest.empty() || rest == "%");
  const bool in_range = (parsed > 0 || (zero_too && parsed == 0)) && parsed <= 100;  // not for NaN
  if (number && in_range) return parsed;
  return fail(ErrorKind::usage,
              fmt::format("'{}' is not a percentage {}", text,
                          zero_too ? "from 0 to 100" : "above 0 and at most 100"),
              "give 5 or 2.5%");
}

Refusal unknown_word(const std::string& flags, const std::string& word,
                     const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return {long_name(flags),
          {.kind = ErrorKind::usage,
           .message = fmt::format("unknown name '{}'", word),
           .hint = near.empty() ? fmt::format("one of {}", fmt::join(known, ", "))
                                : fmt::format("did you mean '{}'?", near)}};
}

}  // namespace

Command& Command::size(const std::string& flags, std::uint64_t& value, const std::string& help) {
  return size(flags, value, help, 1, UINT64_MAX);
}

Command& Command::size(const std::string& flags, std::uint64_t& value, const std::string& help,
                       std::uint64_t low, std::uint64_t high) {
  const auto read = [=, &value](const std::string& text) {
    const auto size = unwrap(flags, parse_positive_size(text));
    if (size < low || size > high) {
      throw Refusal(long_name(flags), {.kind = ErrorKind::usage,
                                       .message = fmt::format("'{}' is not from {} to {}", text,
                                                              format_size(low), format_size(high)),
                                       .hint = "give a size within"});
    }
    value = size;
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

Command& Command::duration(const std::string& flags, std::optional<std::chrono::nanoseconds>& value,
                           const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    value = unwrap(flags, parse_positive_duration(text));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("TIME");
  return *this;
}

Command& Command::number(const std::string& flags, std::uint64_t& value, const std::string& help,
                         std::uint64_t low, std::uint64_t high) {
  const auto read = [=, &value](const std::string& text) {
    value = unwrap(flags, parse_number(text, low, high));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("N");
  return *this;
}

Command& Command::number(const std::string& flags, std::optional<std::uint64_t>& value,
                         const std::string& help, std::uint64_t low, std::uint64_t high) {
  const auto read = [=, &value](const std::string& text) {
    value = unwrap(flags, parse_number(text, low, high));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("N");
  return *this;
}

Command& Command::percent(const std::string& flags, double& value, const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    value = unwrap(flags, parse_percent(text, false));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("PERCENT");
  return *this;
}

Command& Command::percent(const std::string& flags, std::optional<double>& value,
                          const std::string& help, bool zero_too) {
  const auto read = [flags, zero_too, &value](const std::string& text) {
    value = unwrap(flags, parse_percent(text, zero_too));
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name("PERCENT");
  return *this;
}

Command& Command::flag(const std::string& flags, bool& value, const std::string& help) {
  impl_->app->add_flag(flags, value, help);
  return *this;
}

Command& Command::flag_or_text(const std::string& flags, std::string& value,
                               const std::string& bare, const std::string& help) {
  // "true" is CLI11's word for a flag without a value.
  impl_->app->add_flag(flags, value, help)->transform([bare](const std::string& text) {
    return text == "true" ? bare : text;
  });
  impl_->flags_with_values.push_back(flags);
  return *this;
}

Command& Command::text(const std::string& flags, std::string& value, const std::string& type,
                       const std::string& help) {
  const auto read = [flags, &value](const std::string& text) {
    if (text.empty()) {
      throw Refusal(long_name(flags), {.kind = ErrorKind::usage,
                                       .message = "the value is empty",
                                       .hint = "give one, or leave the option out"});
    }
    value = text;
  };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name(type);
  return *this;
}

Command& Command::text(const std::string& flags, std::optional<std::string>& value,
                       const std::string& type, const std::string& help) {
  const auto read = [&value](const std::string& text) { value = text; };
  impl_->app->add_option_function<std::string>(flags, read, help)->type_name(type);
  return *this;
}

Command& Command::texts(const std::string& flags, std::vector<std::string>& values,
                        const std::string& type, const std::string& help) {
  impl_->app->add_option(flags, values, help)->type_name(type)->allow_extra_args(false);
  return *this;
}

Command& Command::words(const std::string& flags, std::size_t count,
                        std::vector<std::string>& values, const std::string& type,
                        const std::string& help) {
  impl_->app->add_option(flags, values, help)
      ->type_size(static_cast<int>(count))
      ->allow_extra_args(false)
      ->type_name(type);
  return *this;
}

Command& Command::positionals(const std::string& name, std::vector<std::string>& values,
                              const std::string& help, bool required) {
  const auto read = [name, &values](const std::vector<std::string>& given) {
    values.clear();
    for (const auto& word : given) {
      if (word.empty()) {
        throw Refusal(name, {.kind = ErrorKind::usage,
                             .message = "is empty",
                             .hint = "is a variable of the shell not set?"});
      }
      values.push_back(unguarded(word));
    }
  };
  impl_->app->add_option_function<std::vector<std::string>>(name, read, help)->required(required);
  return *this;
}

Command& Command::command_words(const std::string& name, std::vector<std::string>& values,
                                const std::string& help) {
  const auto read = [&values](const std::vector<std::string>& given) {
    values.clear();
    for (const auto& word : given) values.push_back(unguarded(word));
  };
  impl_->app->add_option_function<std::vector<std::string>>(name, read, help);
  return *this;
}

Command& Command::choice(const std::string& flags, std::string& value, const std::string& help,
                         std::vector<std::string> known) {
  const std::string type = fmt::format("{{{}}}", fmt::join(known, ","));
  const auto read = [flags, known = std::move(known), &value](const std::string& word) {
    if (std::ranges::find(known, word) == known.end()) throw unknown_word(flags, word, known);
    value = word;
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
      throw unknown_word(flags, word, known);
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

Command& Command::needs(const std::string& flag, const std::string& needed) {
  impl_->app->get_option(flag)->needs(impl_->app->get_option(needed));
  return *this;
}

Command& Command::has_findings_of_all() {
  impl_->has_findings_of_all = true;
  return *this;
}

Command& Command::keeps_standard_output(std::function<bool()> keeps) {
  impl_->keeps_standard_output = std::move(keeps);
  return *this;
}

Command& Command::hidden() {
  impl_->app->get_options().back()->group("");
  return *this;
}

}  // namespace bytepath::cli
