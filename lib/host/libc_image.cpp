#include "host/libc_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bytepath::host {
namespace {

using code::CopyWalk;
using code::Operation;
using code::Role;

struct ThresholdRow {
  std::string_view name;
  Role role;
};

constexpr std::array<ThresholdRow, 4> threshold_rows = {{
    {"rep_movsb_threshold", Role::rep_movsb_threshold},
    {"rep_movsb_stop_threshold", Role::rep_movsb_stop_threshold},
    {"non_temporal_threshold", Role::non_temporal_threshold},
    {"rep_stosb_threshold", Role::rep_stosb_threshold},
}};

CopyInstruction instruction_of(const CopyWalk& walk) {
  if (walk.has(Operation::string_copy, 1)) return CopyInstruction::rep_movsb;
  if (walk.has(Operation::string_copy, 8)) return CopyInstruction::rep_movsq;
  if (walk.has(Operation::string_fill, 1)) return CopyInstruction::rep_stosb;
  if (walk.has(Operation::string_fill, 8)) return CopyInstruction::rep_stosq;
  if (!walk.complete) return CopyInstruction::not_known;
  return walk.width == code::VectorWidth::none ? CopyInstruction::scalar : CopyInstruction::vector;
}

void take_thresholds(const CopyWalk& walk, const LibcImage& image, LibcCopyPath& path) {
  for (const ThresholdRow& row : threshold_rows) {
    const code::VariableUse* use = walk.find(row.role);
    if (use == nullptr || path.threshold(row.name)) continue;
    const auto value = code::read_unsigned(image.bytes, use->variable.address, use->variable.bytes);
    if (!value) continue;
    path.thresholds.push_back(
        {.name = std::string(row.name),
         .value = *value,
         .evidence = fmt::format("memory at {}{:#x}, compared at {}{:#x}", image.where,
                                 use->variable.address - image.bias, image.where,
                                 use->compare_address - image.bias)});
  }
}

// The thresholds that no selected function compares with, and why they have no value.
void complete_thresholds(const LibcImage& image, LibcCopyPath& path) {
  for (const ThresholdRow& row : threshold_rows) {
    if (std::ranges::find(path.thresholds, row.name, &CopyThreshold::name) != path.thresholds.end())
      continue;
    path.thresholds.push_back(
        {.name = std::string(row.name),
         .evidence = image.running ? "the selected functions compare with no such variable"
                                   : "set when a program starts: not known without running it"});
  }
  std::ranges::sort(path.thresholds, {}, [](const CopyThreshold& threshold) {
    return std::ranges::find(threshold_rows, threshold.name, &ThresholdRow::name);
  });
}

CopyFunction walked_function(const Selected& selected, const CopyWalk& walk,
                             const LibcImage& image) {
  CopyFunction function{.function = selected.function,
                        .variant = selected.variant,
                        .name_evidence = selected.evidence,
                        .offset = walk.start - image.bias,
                        .instruction = instruction_of(walk),
                        .vector_bytes = bytes_of(walk.width)};
  for (const code::StringInstruction& found : walk.string_instructions)
    function.string_offsets.push_back(found.address - image.bias);
  if (function.variant.empty()) {
    function.variant = describe_variant(walk);
    function.name_evidence = NameEvidence::disassembly;
  }
  if (image.running) function.rep_window = rep_window(walk, image.bytes);
  if (walk.indirect_jumps != 0)
    function.why_not_known = "the code behind its jump table was not followed";
  if (!walk.complete) function.why_not_known = "its code could not be followed to every end";
  return function;
}

// A function that is nothing but a call of another one of them (musl: mempcpy) copies as that does.
void follow_calls(const std::vector<CopyWalk>& walks, const LibcImage& image, LibcCopyPath& path) {
  for (CopyFunction& function : path.functions) {
    if (function.instruction != CopyInstruction::scalar || !function.offset) continue;
    const auto walk = std::ranges::find(walks, *function.offset + image.bias, &CopyWalk::start);
    if (walk == walks.end() || walk->calls.size() != 1) continue;
    const auto callee = std::ranges::find(path.functions, walk->calls.front() - image.bias,
                                          [](const CopyFunction& other) { return other.offset; });
    if (callee == path.functions.end()) continue;
    function.variant = "calls " + callee->function;
    function.instruction = callee->instruction;
    function.string_offsets = callee->string_offsets;
    function.vector_bytes = callee->vector_bytes;
    function.rep_window = callee->rep_window;
  }
}

}  // namespace

std::string describe_variant(const CopyWalk& walk) {
  std::string name;
  switch (walk.width) {
    case code::VectorWidth::none:
      name = "scalar";
      break;
    case code::VectorWidth::xmm:
      name = "sse2";
      break;
    case code::VectorWidth::ymm:
      name = walk.high_vector_registers ? "evex" : "avx";
      break;
    case code::VectorWidth::zmm:
      name = "avx512";
      break;
  }
  if (walk.has(Operation::string_copy, 8) || walk.has(Operation::string_fill, 8)) name += "_movsq";
  if (walk.has(Operation::string_copy, 1) || walk.has(Operation::string_fill, 1)) name += "_erms";
  if (walk.transaction_test) name += "_rtm";
  return name;
}

std::optional<bool> is_copy_not_fill(const CopyWalk& walk) {
  if (walk.find(Role::rep_movsb_threshold) != nullptr ||
      walk.find(Role::non_temporal_threshold) != nullptr)
    return true;
  if (walk.find(Role::rep_stosb_threshold) != nullptr) return false;
  return std::nullopt;
}

std::optional<SizeWindow> rep_window(const CopyWalk& walk, const code::ByteSource& bytes) {
  const bool copies = walk.has(Operation::string_copy, 1);
  if (!copies && !walk.has(Operation::string_fill, 1)) return std::nullopt;
  SizeWindow window;
  const auto* begin = walk.find(copies ? Role::rep_movsb_threshold : Role::rep_stosb_threshold);
  if (begin != nullptr) {
    const auto value = code::read_unsigned(bytes, begin->variable.address, begin->variable.bytes);
    if (!value || (!begin->equal_is_larger && *value == ~std::uint64_t{0})) return std::nullopt;
    window.first = begin->equal_is_larger ? *value : *value + 1;
  }
  const auto* stop = copies ? walk.find(Role::rep_movsb_stop_threshold) : nullptr;
  if (stop != nullptr) {
    const auto value = code::read_unsigned(bytes, stop->variable.address, stop->variable.bytes);
    if (!value || (stop->equal_is_larger && *value == 0)) return std::nullopt;
    window.last = stop->equal_is_larger ? *value - 1 : *value;
  }
  if (window.first > window.last) return std::nullopt;
  return window;
}

std::optional<std::string> name_at(const VariantNames& names, std::uint64_t offset,
                                   std::string_view function) {
  const std::string prefix = fmt::format("__{}_", function);
  std::optional<std::string> found;
  for (const code::Symbol& symbol : names) {
    if (symbol.address != offset || symbol.indirect) continue;
    if (symbol.name.starts_with(prefix) && !symbol.name.contains("_chk")) return symbol.name;
    if (!found && !symbol.name.contains("_chk")) found = symbol.name;
  }
  return found;
}

Result<> take_copy_functions(const LibcImage& image, const std::vector<Selected>& selected,
                             LibcCopyPath& path) {
  BYTEPATH_TRY(disassembler, code::Disassembler::create());
  std::vector<CopyWalk> walks;  // memcpy and memmove are mostly the same code
  for (const Selected& one : selected) {
    if (!one.address) {
      path.functions.push_back({.function = one.function,
                                .variant = one.variant,
                                .name_evidence = one.evidence,
                                .why_not_known = one.why_not_known});
      continue;
    }
    auto walk = std::ranges::find(walks, *one.address, &CopyWalk::start);
    if (walk == walks.end())
      walk =
          walks.insert(walk, code::walk_copy_function(disassembler, image.bytes, *one.address, {}));
    path.functions.push_back(walked_function(one, *walk, image));
    if (image.running) take_thresholds(*walk, image, path);
  }
  complete_thresholds(image, path);
  follow_calls(walks, image, path);
  for (const CopyFunction& function : path.functions) {
    const bool fills = function.function == "memset";
    auto& window = fills ? path.rep_stosb_window : path.rep_movsb_window;
    if (!window) window = function.rep_window;
  }
  return {};
}

void take_version(std::string_view read_only_data, LibcCopyPath& path) {
  if (path.kind == LibcKind::static_musl) return;  // a program's own version would look the same
  if (path.kind == LibcKind::musl) {
    if (auto version = find_musl_version(read_only_data)) path.version = std::move(*version);
    return;
  }
  if (auto banner = find_glibc_banner(read_only_data)) {
    path.version = std::move(banner->version);
    path.package = std::move(banner->package);
  }
}

void take_tunables(std::optional<std::string_view> variable, LibcCopyPath& path) {
  if (!variable || variable->empty()) return;
  TunableContext context{
      .version = parse_glibc_version(path.version),
      .glibc = path.kind == LibcKind::glibc || path.kind == LibcKind::static_glibc};
  if (const CopyFunction* function = path.find_function("memmove"))
    context.vector_bytes = function->vector_bytes;
  path.tunables = judge_tunables(*variable, context);
}

}  // namespace bytepath::host
