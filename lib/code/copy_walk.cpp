#include "code/copy_walk.h"

#include <algorithm>
#include <array>

#include "code/flow_graph.h"

namespace bytepath::code {
namespace {

// A comparison with a variable and its jump may have moves between them; more than these are not
// one decision any more.
constexpr std::size_t longest_decision = 6;

// The two ways out of a comparison of a size with a variable.
struct Decision {
  std::size_t larger = FlowGraph::none;
  std::size_t smaller = FlowGraph::none;
  bool equal_is_larger = false;
};

Condition mirrored(Condition condition) {
  switch (condition) {
    case Condition::above:
      return Condition::below;
    case Condition::above_or_equal:
      return Condition::below_or_equal;
    case Condition::below:
      return Condition::above;
    case Condition::below_or_equal:
      return Condition::above_or_equal;
    case Condition::other:
      break;
  }
  return Condition::other;
}

std::optional<Decision> decide(const FlowGraph::Node& jump, bool variable_first) {
  const Condition given = jump.instruction.condition;
  const Condition condition = variable_first ? mirrored(given) : given;
  switch (condition) {
    case Condition::above:
      return Decision{jump.taken, jump.next, false};
    case Condition::above_or_equal:
      return Decision{jump.taken, jump.next, true};
    case Condition::below:
      return Decision{jump.next, jump.taken, true};
    case Condition::below_or_equal:
      return Decision{jump.next, jump.taken, false};
    case Condition::other:
      break;
  }
  return std::nullopt;
}

// The jump that uses the flags of the comparison at node, with only moves between.
const FlowGraph::Node* jump_behind(const FlowGraph& graph, std::size_t node) {
  std::size_t at = graph.nodes[node].next;
  for (std::size_t i = 0; i < longest_decision && at != FlowGraph::none; ++i) {
    const FlowGraph::Node& candidate = graph.nodes[at];
    if (candidate.instruction.operation == Operation::conditional_jump) return &candidate;
    if (candidate.instruction.operation != Operation::move) return nullptr;
    at = candidate.next;
  }
  return nullptr;
}

bool is_rep_stosb(const Instruction& instruction) {
  return instruction.operation == Operation::string_fill && instruction.repeated &&
         instruction.element_bytes == 1;
}

bool is_non_temporal(const Instruction& instruction) {
  return instruction.operation == Operation::non_temporal_store;
}

std::optional<Role> role_of(const FlowGraph& graph, const Decision& decision) {
  const bool larger_movsb = graph.reaches(decision.larger, is_rep_movsb);
  const bool smaller_movsb = graph.reaches(decision.smaller, is_rep_movsb);
  if (larger_movsb != smaller_movsb)
    return larger_movsb ? Role::rep_movsb_threshold : Role::rep_movsb_stop_threshold;
  const bool larger_stosb = graph.reaches(decision.larger, is_rep_stosb);
  const bool smaller_stosb = graph.reaches(decision.smaller, is_rep_stosb);
  if (larger_stosb && !smaller_stosb) return Role::rep_stosb_threshold;
  if (!larger_movsb && graph.reaches(decision.larger, is_non_temporal) &&
      !graph.reaches(decision.smaller, is_non_temporal))
    return Role::non_temporal_threshold;
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const FlowGraph& graph) : graph_(graph) {}

  std::vector<VariableUse> variables() {
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      const Instruction& instruction = graph_.nodes[node].instruction;
      if (!instruction.variable) continue;
      if (instruction.operation == Operation::compare && instruction.variable->bytes == 8)
        take_compare(node, *instruction.variable, instruction.variable_first);
      if (instruction.operation == Operation::test) take_test(node, *instruction.variable);
      if (instruction.operation == Operation::move && instruction.variable->bytes == 8 &&
          !instruction.variable_first)
        take_load(node, *instruction.variable);
    }
    std::ranges::sort(uses_, {}, &VariableUse::compare_address);
    return std::move(uses_);
  }

 private:
  void take_compare(std::size_t node, Variable variable, bool variable_first) {
    const FlowGraph::Node* jump = jump_behind(graph_, node);
    if (jump == nullptr) return;
    const auto decision = decide(*jump, variable_first);
    if (!decision) return;
    if (const auto role = role_of(graph_, *decision))
      uses_.push_back({.role = *role,
                       .compare_address = graph_.nodes[node].instruction.address,
                       .variable = variable,
                       .equal_is_larger = decision->equal_is_larger});
  }

  // mov register, [variable]; ...; cmp size, register
  void take_load(std::size_t node, Variable variable) {
    const std::uint16_t loaded = graph_.nodes[node].instruction.first_register;
    std::size_t at = graph_.nodes[node].next;
    for (std::size_t i = 0; loaded != 0 && i < longest_decision && at != FlowGraph::none; ++i) {
      const Instruction& instruction = graph_.nodes[at].instruction;
      if (instruction.operation == Operation::compare) {
        if (instruction.second_register == loaded) take_compare(at, variable, false);
        if (instruction.first_register == loaded) take_compare(at, variable, true);
        return;
      }
      if (instruction.operation != Operation::move || instruction.first_register == loaded) return;
      at = graph_.nodes[at].next;
    }
  }

  void take_test(std::size_t node, Variable variable) {
    if (jump_behind(graph_, node) == nullptr || !graph_.reaches(node, is_rep_movsb)) return;
    uses_.push_back({.role = Role::string_control,
                     .compare_address = graph_.nodes[node].instruction.address,
                     .variable = variable});
  }

  const FlowGraph& graph_;
  std::vector<VariableUse> uses_;
};

// Which instructions have begin and not yet end on some straight line that leads to them.
std::vector<bool> between(const FlowGraph& graph, Operation begin, Operation end) {
  std::vector<bool> inside(graph.nodes.size());
  for (const FlowGraph::Node& node : graph.nodes) {
    if (node.instruction.operation != begin) continue;
    std::size_t at = node.next;
    while (at != FlowGraph::none && !inside[at] && graph.nodes[at].instruction.operation != end) {
      inside[at] = true;
      at = graph.nodes[at].next;
    }
  }
  return inside;
}

void take_instruction(const Instruction& instruction, bool user_access, bool backward,
                      CopyWalk& walk) {
  if (!instruction.decoded) ++walk.undecoded;
  if (instruction.operation == Operation::jump && !instruction.target) ++walk.indirect_jumps;
  walk.width = std::max(walk.width, instruction.width);
  walk.high_vector_registers |= instruction.high_vector_register;
  walk.zero_upper |= instruction.operation == Operation::zero_upper;
  walk.transaction_test |= instruction.operation == Operation::transaction_test;
  walk.non_temporal_stores |= instruction.operation == Operation::non_temporal_store;
  if (instruction.repeated)
    walk.string_instructions.push_back({.address = instruction.address,
                                        .operation = instruction.operation,
                                        .element_bytes = instruction.element_bytes,
                                        .user_access = user_access,
                                        .backward = backward});
  if (instruction.operation == Operation::call && instruction.target)
    walk.calls.push_back(*instruction.target);
}

}  // namespace

std::optional<std::uint64_t> read_unsigned(const ByteSource& source, std::uint64_t address,
                                           std::size_t bytes) {
  std::array<std::uint8_t, 8> raw{};
  if (bytes > raw.size() || !source(address, std::span(raw).first(bytes))) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i > 0; --i) value = value << 8U | raw[i - 1];
  return value;
}

bool CopyWalk::has(Operation operation, std::uint8_t element_bytes) const {
  return std::ranges::any_of(string_instructions, [&](const StringInstruction& found) {
    return found.operation == operation && found.element_bytes == element_bytes && !found.backward;
  });
}

const VariableUse* CopyWalk::find(Role role) const {
  const auto found = std::ranges::find(variables, role, &VariableUse::role);
  return found == variables.end() ? nullptr : &*found;
}

CopyWalk walk_copy_function(Disassembler& disassembler, const ByteSource& source,
                            std::uint64_t start, const WalkLimits& limits) {
  const FlowGraph graph = build_flow_graph(disassembler, source, start, limits);
  CopyWalk walk{.start = start, .instructions = graph.nodes.size(), .complete = graph.complete};
  const std::vector<bool> user_access =
      between(graph, Operation::user_access_begin, Operation::user_access_end);
  const std::vector<bool> backward =
      between(graph, Operation::backward_begin, Operation::backward_end);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node)
    take_instruction(graph.nodes[node].instruction, user_access[node], backward[node], walk);
  std::ranges::sort(walk.string_instructions, {}, &StringInstruction::address);
  std::ranges::sort(walk.calls);
  walk.variables = Reader(graph).variables();
  return walk;
}

}  // namespace bytepath::code
