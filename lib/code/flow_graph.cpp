#include "code/flow_graph.h"

#include <array>
#include <utility>

namespace bytepath::code {
namespace {

constexpr std::size_t longest_instruction = 15;

// As many bytes at address as can be read, up to the longest instruction: the last instructions of
// a mapping have fewer behind them.
std::size_t fetch(const ByteSource& source, std::uint64_t address,
                  std::array<std::uint8_t, longest_instruction>& bytes) {
  for (std::size_t count = longest_instruction; count > 0; --count)
    if (source(address, std::span(bytes).first(count))) return count;
  return 0;
}

class Builder {
 public:
  Builder(Disassembler& disassembler, const ByteSource& source, const WalkLimits& limits)
      : disassembler_(disassembler), source_(source), limits_(limits) {}

  FlowGraph build(std::uint64_t start) {
    todo_.push_back(start);
    while (!todo_.empty()) {
      const std::uint64_t address = todo_.back();
      todo_.pop_back();
      follow(address);
    }
    link();
    return std::move(graph_);
  }

 private:
  // The straight line from address up to a jump without condition, an end or known ground.
  void follow(std::uint64_t address) {
    while (inside(address) && !graph_.index.contains(address)) {
      if (graph_.nodes.size() >= limits_.instructions) {
        graph_.complete = false;
        return;
      }
      std::array<std::uint8_t, longest_instruction> bytes{};
      const std::size_t count = fetch(source_, address, bytes);
      if (count == 0) {
        graph_.complete = false;
        return;
      }
      Instruction instruction = disassembler_.decode(address, std::span(bytes).first(count));
      const Operation operation = instruction.operation;
      address += instruction.size;
      if (operation != Operation::call && instruction.target) todo_.push_back(*instruction.target);
      graph_.index.emplace(instruction.address, graph_.nodes.size());
      graph_.nodes.push_back({.instruction = std::move(instruction)});
      if (operation == Operation::jump || operation == Operation::end) return;
    }
  }

  bool inside(std::uint64_t address) const {
    return address >= limits_.first && address < limits_.last;
  }

  std::size_t node_at(std::uint64_t address) const {
    const auto found = graph_.index.find(address);
    return found == graph_.index.end() ? FlowGraph::none : found->second;
  }

  void link() {
    for (FlowGraph::Node& node : graph_.nodes) {
      const Instruction& instruction = node.instruction;
      const Operation operation = instruction.operation;
      if (operation != Operation::jump && operation != Operation::end)
        node.next = node_at(instruction.address + instruction.size);
      if (operation != Operation::call && instruction.target)
        node.taken = node_at(*instruction.target);
    }
  }

  Disassembler& disassembler_;
  const ByteSource& source_;
  const WalkLimits& limits_;
  FlowGraph graph_;
  std::vector<std::uint64_t> todo_;
};

}  // namespace

FlowGraph build_flow_graph(Disassembler& disassembler, const ByteSource& source,
                           std::uint64_t start, const WalkLimits& limits) {
  return Builder(disassembler, source, limits).build(start);
}

}  // namespace bytepath::code
