#include "host/kernel_copy_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "host/kernel_facts.h"

namespace bytepath::host {
namespace {

using code::CopyWalk;
using code::Operation;
using code::StringInstruction;

// Enough for the first copy of each function; the walk of a longer one ends there.
constexpr std::size_t text_bytes = 1024;

// What the others call. Until 6.3 (arch/x86/lib/copy_user_64.S) one of the copy_user_* is patched
// in as the call's target.
constexpr std::array<std::string_view, 4> helpers = {
    "rep_movs_alternative", "copy_user_enhanced_fast_string", "copy_user_generic_string",
    "copy_user_generic_unrolled"};

// In the order of how much of read(2) and write(2) goes through them.
constexpr std::array<std::string_view, 8> functions = {
    "_copy_to_iter", "_copy_from_iter", "_copy_to_user", "_copy_from_user",
    "__memcpy",      "__memmove",       "copy_page",     "clear_page_erms"};

// Those whose mechanism is that of all copies between user and kernel.
constexpr std::size_t user_copies = 4;

bool is_user_copy(std::string_view name) {
  return std::ranges::find(functions.begin(), functions.begin() + user_copies, name) !=
         functions.begin() + user_copies;
}

bool is_helper(std::string_view name) { return std::ranges::find(helpers, name) != helpers.end(); }

KernelMechanism mechanism_of(const StringInstruction& found, bool in_helper) {
  const bool bytes = found.element_bytes == 1;
  if (found.operation == Operation::string_fill)
    return bytes ? KernelMechanism::stosb : KernelMechanism::stosq;
  if (!bytes) return KernelMechanism::movsq;
  return in_helper ? KernelMechanism::erms_alternative : KernelMechanism::fsrm_inline;
}

struct Walked {
  const KernelFunctionText* text = nullptr;
  CopyWalk walk;
};

Walked walk_text(code::Disassembler& disassembler, const KernelFunctionText& function) {
  const trace::KernelText& text = function.text;
  const code::ByteSource source = [&text](std::uint64_t address, std::span<std::uint8_t> bytes) {
    if (address < text.address) return false;
    const std::uint64_t inside = address - text.address;
    if (inside > text.bytes.size() || bytes.size() > text.bytes.size() - inside) return false;
    std::copy_n(text.bytes.begin() + static_cast<std::ptrdiff_t>(inside), bytes.size(),
                bytes.begin());
    return true;
  };
  const code::WalkLimits limits{.first = text.address, .last = text.address + text.bytes.size()};
  return {.text = &function,
          .walk = code::walk_copy_function(disassembler, source, text.address, limits)};
}

// The instruction that does the work: the first one with user access open, else the first.
const StringInstruction* main_instruction(const CopyWalk& walk, bool user_access) {
  const auto& all = walk.string_instructions;
  const auto found = std::ranges::find_if(
      all, [&](const StringInstruction& one) { return !user_access || one.user_access; });
  return found == all.end() ? nullptr : &*found;
}

KernelCopyFunction described(const Walked& walked, std::string_view function,
                             const StringInstruction& found) {
  const bool in_helper = walked.text->name != function || is_helper(function);
  return {.function = std::string(function),
          .mechanism = mechanism_of(found, in_helper),
          .evidence = KernelEvidence::text,
          .instruction_function = walked.text->name,
          .offset = found.address - walked.text->text.address};
}

KernelCopyFunction unrolled(std::string_view function, std::string_view where) {
  return {.function = std::string(function),
          .mechanism = KernelMechanism::unrolled,
          .evidence = KernelEvidence::text,
          .instruction_function = std::string(where)};
}

const Walked* called_helper(const Walked& walked, const std::vector<Walked>& all) {
  for (const std::uint64_t target : walked.walk.calls)
    for (const Walked& other : all)
      if (other.text->text.address == target && is_helper(other.text->name)) return &other;
  return nullptr;
}

KernelCopyFunction classify(const Walked& walked, const std::vector<Walked>& all) {
  const std::string& name = walked.text->name;
  const bool user_copy = is_user_copy(name);
  if (const auto* found = main_instruction(walked.walk, user_copy))
    return described(walked, name, *found);
  if (const Walked* helper = user_copy ? called_helper(walked, all) : nullptr) {
    if (const auto* found = main_instruction(helper->walk, false))
      return described(*helper, name, *found);
    return unrolled(name, helper->text->name);
  }
  // Without SMAP there is no stac to tell the user copy by.
  if (const auto* found = main_instruction(walked.walk, false))
    return described(walked, name, *found);
  if (walked.walk.complete && walked.walk.undecoded == 0 && !user_copy &&
      walked.walk.calls.empty() && walked.walk.indirect_jumps == 0)
    return unrolled(name, name);
  return {.function = name,
          .why_not_known = user_copy
                               ? "its code has neither rep movs nor a call of a known copy routine"
                               : "its code has no rep movs and could not be followed to its end"};
}

// "6.18.44-fc" -> 6, 18.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_release(std::string_view release) {
  const std::vector<std::string_view> parts = split(release, '.');
  if (parts.size() < 2) return std::nullopt;
  const std::string_view minor_text =
      parts[1].substr(0, std::min(parts[1].find_first_not_of("0123456789"), parts[1].size()));
  const auto major = parse_unsigned(parts[0]);
  const auto minor = parse_unsigned(minor_text);
  if (!major || !minor) return std::nullopt;
  return std::pair(*major, *minor);
}

Result<std::vector<KernelFunctionText>> read_texts() {
  BYTEPATH_TRY(reader, trace::KernelTextReader::open());
  std::vector<KernelFunctionText> texts;
  auto take = [&](std::string_view name) -> Result<> {
    auto text = reader.read(name, text_bytes);
    if (text) texts.push_back({.name = std::string(name), .text = std::move(*text)});
    if (!text && text.error().kind == ErrorKind::denied)
      return std::unexpected(std::move(text).error());
    return {};
  };
  for (const std::string_view name : functions)
    if (auto taken = take(name); !taken) return std::unexpected(std::move(taken).error());
  for (const std::string_view name : helpers)
    if (auto taken = take(name); !taken) return std::unexpected(std::move(taken).error());
  return texts;
}

Result<std::vector<KernelCopyFunction>> read_functions() {
  BYTEPATH_TRY(texts, read_texts());
  return classify_kernel_functions(texts);
}

}  // namespace

Result<std::vector<KernelCopyFunction>> classify_kernel_functions(
    const std::vector<KernelFunctionText>& texts) {
  BYTEPATH_TRY(disassembler, code::Disassembler::create());
  std::vector<Walked> walked;
  walked.reserve(texts.size());
  for (const KernelFunctionText& text : texts) walked.push_back(walk_text(disassembler, text));
  std::vector<KernelCopyFunction> classified;
  for (const Walked& one : walked) classified.push_back(classify(one, walked));
  return classified;
}

KernelMechanism infer_kernel_mechanism(const KernelCopyFacts& facts) {
  const auto release = parse_release(facts.release);
  if (!release) return KernelMechanism::not_known;
  const bool inlined = *release >= std::pair<std::uint64_t, std::uint64_t>{6, 4};
  if (inlined && facts.fsrm) return KernelMechanism::fsrm_inline;
  if (facts.erms) return KernelMechanism::erms_alternative;
  if (inlined || facts.rep_good) return KernelMechanism::movsq;
  return KernelMechanism::unrolled;
}

KernelCopyFacts read_kernel_copy_facts(const Root& root) {
  KernelCopyFacts facts{.release = read_line_or(root.at("/proc/sys/kernel/osrelease"), "")};
  const std::string cpuinfo = cpuinfo_text(root);
  facts.erms = has_cpu_flag(cpuinfo, "erms");
  facts.fsrm = has_cpu_flag(cpuinfo, "fsrm");
  facts.rep_good = has_cpu_flag(cpuinfo, "rep_good");
  return facts;
}

KernelCopyPath read_kernel_copy_path() {
  KernelCopyPath path{.facts = read_kernel_copy_facts()};
  auto read = read_functions();
  if (read)
    path.functions = std::move(*read);
  else
    path.text_refused = std::move(read).error();
  for (const KernelCopyFunction& function : path.functions) {
    if (!is_user_copy(function.function) || function.mechanism == KernelMechanism::not_known)
      continue;
    path.mechanism = function.mechanism;
    path.evidence = function.evidence;
    return path;
  }
  path.mechanism = infer_kernel_mechanism(path.facts);
  if (path.mechanism != KernelMechanism::not_known) path.evidence = KernelEvidence::inferred;
  return path;
}

std::string_view to_text(KernelMechanism mechanism) {
  switch (mechanism) {
    case KernelMechanism::not_known:
      break;
    case KernelMechanism::fsrm_inline:
      return "fsrm-inline";
    case KernelMechanism::erms_alternative:
      return "erms-alternative";
    case KernelMechanism::movsq:
      return "movsq";
    case KernelMechanism::unrolled:
      return "unrolled";
    case KernelMechanism::stosb:
      return "stosb";
    case KernelMechanism::stosq:
      return "stosq";
  }
  return "not known";
}

std::string_view to_text(KernelEvidence evidence) {
  switch (evidence) {
    case KernelEvidence::none:
      break;
    case KernelEvidence::text:
      return "text";
    case KernelEvidence::inferred:
      return "inferred";
  }
  return "none";
}

}  // namespace bytepath::host
