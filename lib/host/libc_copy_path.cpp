#include "host/libc_copy_path.h"

#include <algorithm>

namespace bytepath::host {

const CopyFunction* LibcCopyPath::find_function(std::string_view name) const {
  const auto found = std::ranges::find(functions, name, &CopyFunction::function);
  return found == functions.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> LibcCopyPath::threshold(std::string_view name) const {
  const auto found = std::ranges::find(thresholds, name, &CopyThreshold::name);
  return found == thresholds.end() ? std::nullopt : found->value;
}

std::string_view to_text(LibcKind kind) {
  switch (kind) {
    case LibcKind::glibc:
      return "glibc";
    case LibcKind::musl:
      return "musl";
    case LibcKind::static_glibc:
      return "static glibc";
    case LibcKind::static_musl:
      return "static musl";
    case LibcKind::other:
      break;
  }
  return "other";
}

std::string_view to_text(NameEvidence evidence) {
  switch (evidence) {
    case NameEvidence::none:
      break;
    case NameEvidence::implementation_list:
      return "implementation list";
    case NameEvidence::symbol_table:
      return "symbol table";
    case NameEvidence::debug_file:
      return "debug file";
    case NameEvidence::disassembly:
      return "disassembly";
  }
  return "none";
}

std::string_view to_text(CopyInstruction instruction) {
  switch (instruction) {
    case CopyInstruction::not_known:
      break;
    case CopyInstruction::rep_movsb:
      return "rep movsb";
    case CopyInstruction::rep_movsq:
      return "rep movsq";
    case CopyInstruction::rep_stosb:
      return "rep stosb";
    case CopyInstruction::rep_stosq:
      return "rep stosq";
    case CopyInstruction::vector:
      return "vector";
    case CopyInstruction::scalar:
      return "scalar";
  }
  return "not known";
}

}  // namespace bytepath::host
