#include "cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::cli {
namespace {

constexpr std::string_view standard_output_path = "-";

Result<const report::Format*> format_named(std::string_view name) {
  const auto formats = report::formats();
  const auto found = std::ranges::find(formats, name, &report::Format::name);
  if (found != formats.end()) return &*found;
  std::vector<std::string> known;
  for (const auto& format : formats) known.emplace_back(format.name);
  const std::string near = nearest(name, known);
  return fail(ErrorKind::usage, fmt::format("--format: unknown format '{}'", name),
              near.empty() ? fmt::format("one of {}", fmt::join(known, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

Result<const report::Format*> format_of(const OutputOptions& options, const std::string& path) {
  const std::string& wanted = options.format;
  const auto suffix = std::filesystem::path(path).extension().string();
  const auto formats = report::formats();
  const auto found = std::ranges::find(formats, suffix, &report::Format::extension);
  if (path != standard_output_path && found != formats.end()) return &*found;
  if (!wanted.empty() || path == standard_output_path) {
    return format_named(wanted.empty() ? "text" : wanted);
  }
  std::vector<std::string_view> known;
  for (const auto& format : formats) known.push_back(format.extension);
  return fail(ErrorKind::usage,
              fmt::format("{}: '{}' has no suffix that names a format", options.option, path),
              fmt::format("end it in one of {}, or give --format", fmt::join(known, " ")));
}

}  // namespace

Result<std::vector<Destination>> destinations(const OutputOptions& options) {
  std::vector<Destination> out;
  const auto is_empty = [](const std::string& path) { return path.empty(); };
  const bool no_output = std::ranges::any_of(options.outputs, is_empty);
  if (no_output || std::ranges::any_of(options.json, is_empty)) {
    return fail(ErrorKind::usage,
                fmt::format("{}: the file name is empty", no_output ? options.option : "--json"));
  }
  for (const auto& path : options.outputs) {
    BYTEPATH_TRY(format, format_of(options, path));
    out.push_back({path, format});
  }
  for (const auto& path : options.json) {
    BYTEPATH_TRY(format, format_named("json"));
    out.push_back({path, format});
  }
  const auto to_terminal = std::ranges::count(out, standard_output_path, &Destination::path);
  if (to_terminal > 1) {
    return fail(ErrorKind::usage,
                fmt::format("{}: two reports for standard output", options.option),
                "give '-' once, and files for the others");
  }
  const bool by_default = options.text_by_default && (out.empty() || !options.quiet);
  if (to_terminal == 0 && (by_default || !options.format.empty())) {
    BYTEPATH_TRY(format, format_named(options.format.empty() ? "text" : options.format));
    out.push_back({std::string(standard_output_path), format});
  }
  return out;
}

Result<> check_writable(const std::vector<Destination>& destinations) {
  for (const auto& destination : destinations) {
    if (destination.path == standard_output_path) continue;
    if (auto checked = bytepath::check_writable(destination.path); !checked) return checked;
  }
  return {};
}

Result<> write_reports(const result::Document& document,
                       const std::vector<Destination>& destinations,
                       const report::Target& standard_output) {
  Result<> first_error;
  const auto keep = [&](Result<> written) {
    if (first_error && !written) first_error = std::move(written);
  };
  for (const auto& [path, format] : destinations) {
    if (path != standard_output_path) {
      keep(write_file(path, format->render(document, {.verbose = true})));
    }
  }
  for (const auto& [path, format] : destinations) {
    if (path == standard_output_path) {
      keep(write_all(STDOUT_FILENO, format->render(document, standard_output), "standard output"));
    }
  }
  return first_error;
}

}  // namespace bytepath::cli
