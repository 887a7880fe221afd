#include "describe/copy_path_tables.h"

#include <limits>

namespace bytepath::describe {
namespace {

using result::Table;
using result::Value;

Value text(std::string_view words) { return words.empty() ? Value{} : Value(std::string(words)); }

Value bytes(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return "no limit";
  }
  return static_cast<std::int64_t>(value);
}

Value hexadecimal(const std::optional<std::uint64_t>& offset) {
  return offset ? Value(fmt::format("+{:#x}", *offset)) : Value{};
}

}  // namespace

void add_libc_tables(result::Document& document, const host::LibcCopyPath& libc) {
  Table functions{
      .name = "libc_copy",
      .title = fmt::format("How {} copies ({})",
                           libc.version.empty()
                               ? std::string(host::to_text(libc.kind))
                               : fmt::format("{} {}", host::to_text(libc.kind), libc.version),
                           libc.path),
      .columns = {{"function", ""},
                  {"variant", ""},
                  {"instruction", ""},
                  {"size_first", "B"},
                  {"size_last", "B"}}};
  Table evidence{.name = "libc_copy_evidence",
                 .columns = {{"function", ""}, {"known_by", ""}, {"at", ""}}};
  for (const auto& f : libc.functions) {
    functions.rows.push_back(
        {text(f.function), text(f.variant.empty() ? f.why_not_known : f.variant),
         text(host::to_text(f.instruction)), f.rep_window ? bytes(f.rep_window->first) : Value{},
         f.rep_window ? bytes(f.rep_window->last) : Value{}});
    evidence.rows.push_back(
        {text(f.function), text(host::to_text(f.name_evidence)), hexadecimal(f.offset)});
  }
  Table thresholds{.name = "libc_thresholds",
                   .title = libc.running ? "Thresholds in force" : "Thresholds",
                   .columns = {{"threshold", ""}, {"value", "B"}, {"evidence", ""}}};
  for (const auto& t : libc.thresholds) {
    thresholds.rows.push_back(
        {text(t.name), t.value ? bytes(*t.value) : Value{}, text(t.evidence)});
  }
  Table tunables{.name = "tunables",
                 .title = "GLIBC_TUNABLES",
                 .columns = {{"tunable", ""}, {"value", ""}, {"verdict", ""}, {"why", ""}}};
  for (const auto& t : libc.tunables) {
    tunables.rows.push_back(
        {text(t.tunable), text(t.value), text(host::to_text(t.verdict)), text(t.why)});
  }
  Table notes{.name = "libc_notes", .title = "Notes on the C library", .columns = {{"note", ""}}};
  for (const auto& note : libc.notes) notes.rows.push_back({text(note)});
  for (auto* table : {&functions, &evidence, &thresholds, &tunables, &notes}) {
    if (!table->rows.empty()) document.tables.push_back(std::move(*table));
  }
}

void add_kernel_tables(result::Document& document, const host::KernelCopyPath& kernel) {
  Table table{.name = "kernel_copy",
              .title = fmt::format("How the kernel copies ({})", host::to_text(kernel.evidence)),
              .columns = {{"function", ""},
                          {"mechanism", ""},
                          {"evidence", ""},
                          {"instruction_in", ""},
                          {"at", ""}}};
  if (kernel.functions.empty()) {
    table.rows.push_back({text("copies between user and kernel"),
                          text(host::to_text(kernel.mechanism)),
                          text(host::to_text(kernel.evidence)), Value{}, Value{}});
  }
  for (const auto& f : kernel.functions) {
    table.rows.push_back({text(f.function), text(host::to_text(f.mechanism)),
                          text(host::to_text(f.evidence)), text(f.instruction_function),
                          hexadecimal(f.offset)});
  }
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::describe
