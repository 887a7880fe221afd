#include "copies/deciding_jumps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "code/flow_graph.h"

namespace bytepath::copies {
namespace {

using code::FlowGraph;

// Which instructions cannot but lead to a forward rep movsb.
class CertainWays {
 public:
  CertainWays(const FlowGraph& graph, const std::vector<std::uint64_t>& copies)
      : graph_(graph), certain_(graph.nodes.size()) {
    for (std::size_t i = 0; i < certain_.size(); ++i)
      certain_[i] = std::ranges::binary_search(copies, graph.nodes[i].instruction.address);
    while (grow()) {
    }
  }

  bool holds(std::size_t node) const { return node != FlowGraph::none && certain_[node]; }

 private:
  bool grow() {
    bool grown = false;
    for (std::size_t i = 0; i < certain_.size(); ++i) {
      if (certain_[i] || !leads_there(graph_.nodes[i])) continue;
      certain_[i] = true;
      grown = true;
    }
    return grown;
  }

  bool leads_there(const FlowGraph::Node& node) const {
    switch (node.instruction.operation) {
      case code::Operation::end:
      case code::Operation::call:  // may not come back, and changes the registers
        return false;
      case code::Operation::jump:
        return holds(node.taken);
      case code::Operation::conditional_jump:
        return holds(node.taken) && holds(node.next);
      default:
        return holds(node.next);
    }
  }

  const FlowGraph& graph_;
  std::vector<bool> certain_;
};

// Intel SDM volume 2, appendix A: 70..7F, and 0F 80..8F; a prefix may be before it (branch hints,
// BND).
std::optional<std::uint8_t> condition_at(const code::ByteSource& bytes, std::uint64_t address) {
  constexpr std::array<std::uint8_t, 3> prefixes = {0x2e, 0x3e, 0xf2};
  std::array<std::uint8_t, 3> code{};
  if (!bytes(address, code)) return std::nullopt;
  const std::size_t at = std::ranges::find(prefixes, code[0]) != prefixes.end() ? 1 : 0;
  if ((code.at(at) & 0xf0U) == 0x70) return code.at(at) & 0x0fU;
  if (code.at(at) == 0x0f && (code.at(at + 1) & 0xf0U) == 0x80) return code.at(at + 1) & 0x0fU;
  return std::nullopt;
}

std::vector<std::uint64_t> forward_copies(const code::CopyWalk& walk) {
  std::vector<std::uint64_t> addresses;
  for (const code::StringInstruction& found : walk.string_instructions)
    if (found.operation == code::Operation::string_copy && found.element_bytes == 1 &&
        !found.backward)
      addresses.push_back(found.address);
  return addresses;
}

// The file offset of an address as linked.
std::optional<std::uint64_t> file_offset(const code::ElfFile& file, std::uint64_t address) {
  for (const code::Segment& segment : file.segments())
    if (address >= segment.address && address - segment.address < segment.file_bytes)
      return segment.file_offset + (address - segment.address);
  return std::nullopt;
}

}  // namespace

Result<std::vector<DecidingJump>> deciding_jumps(code::Disassembler& disassembler,
                                                 const code::ByteSource& bytes,
                                                 std::uint64_t start) {
  const code::WalkLimits limits;
  const FlowGraph graph = code::build_flow_graph(disassembler, bytes, start, limits);
  const CertainWays certain(
      graph, forward_copies(code::walk_copy_function(disassembler, bytes, start, limits)));
  std::vector<DecidingJump> jumps;
  for (const FlowGraph::Node& node : graph.nodes) {
    if (node.instruction.operation != code::Operation::conditional_jump) continue;
    const bool when_taken = certain.holds(node.taken);
    if (when_taken == certain.holds(node.next)) continue;
    const auto condition = condition_at(bytes, node.instruction.address);
    if (!condition)
      return fail(ErrorKind::unsupported,
                  fmt::format("{} at {:#x} decides about rep movsb and is no jcc",
                              node.instruction.text, node.instruction.address));
    jumps.push_back(
        {.address = node.instruction.address, .condition = *condition, .when_taken = when_taken});
  }
  std::ranges::sort(jumps, {}, &DecidingJump::address);
  return jumps;
}

Result<std::vector<trace::CopyProbePoint>> libc_probe_points(const host::LibcCopyPath& libc,
                                                             const std::string& file_path) {
  BYTEPATH_TRY(file, code::ElfFile::open(file_path));
  BYTEPATH_TRY(disassembler, code::Disassembler::create());
  const code::ByteSource bytes = [&](std::uint64_t address, std::span<std::uint8_t> into) {
    return file.read(address, into);
  };
  std::vector<DecidingJump> jumps;
  for (const host::CopyFunction& function : libc.functions) {
    if (!function.offset || function.function == "memset") continue;
    BYTEPATH_TRY(found, deciding_jumps(disassembler, bytes, *function.offset));
    for (const DecidingJump& jump : found)
      if (std::ranges::find(jumps, jump) == jumps.end()) jumps.push_back(jump);
  }
  std::vector<trace::CopyProbePoint> points;
  for (const DecidingJump& jump : jumps) {
    if (const auto offset = file_offset(file, jump.address))
      points.push_back({.path = file_path,
                        .file_offset = *offset,
                        .condition = jump.condition,
                        .when_taken = jump.when_taken});
  }
  if (points.empty())
    return fail(ErrorKind::unsupported,
                fmt::format("no jump of the copies in {} decides about rep movsb", libc.path),
                "the samples still show every rep movs");
  return points;
}

}  // namespace bytepath::copies
