#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "code/copy_walk.h"

namespace bytepath::code {

// The instructions that a walk reached, and where each of them leads.
struct FlowGraph {
  static constexpr std::size_t none = ~std::size_t{0};

  struct Node {
    Instruction instruction;
    std::size_t next = none;   // the instruction behind it
    std::size_t taken = none;  // the target of its jump
  };

  std::vector<Node> nodes;
  std::unordered_map<std::uint64_t, std::size_t> index;  // address -> node
  bool complete = true;

  // Whether an instruction that pleases is executed on some way from node on.
  template <class Pleases>
  bool reaches(std::size_t from, const Pleases& pleases) const {
    std::vector<bool> seen(nodes.size());
    std::vector<std::size_t> todo{from};
    while (!todo.empty()) {
      const std::size_t at = todo.back();
      todo.pop_back();
      if (at == none || seen[at]) continue;
      seen[at] = true;
      if (pleases(nodes[at].instruction)) return true;
      todo.push_back(nodes[at].next);
      todo.push_back(nodes[at].taken);
    }
    return false;
  }
};

FlowGraph build_flow_graph(Disassembler& disassembler, const ByteSource& source,
                           std::uint64_t start, const WalkLimits& limits);

}  // namespace bytepath::code
