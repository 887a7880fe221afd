#include "weights/tensor_name.h"

#include <gtest/gtest.h>

namespace bytepath::weights {
namespace {

struct Case {
  std::string_view name;
  int layer;
  int expert;
  NameParts::Stack stack = NameParts::Stack::none;
};

TEST(TensorName, KnowsTheNamesThatModelsHave) {
  using enum NameParts::Stack;
  const Case cases[] = {
      {"token_embd.weight", -1, -1},
      {"blk.0.attn_q.weight", 0, -1},
      {"blk.61.ffn_down_exps.weight", 61, -1, last_dimension},
      {"blk.3.ffn_gate_chexps.weight", 3, -1},
      {"blk.3.ffn_gate_shexp.weight", 3, -1},
      {"blk.3.exp_probs_b.bias", 3, -1},
      {"blk.3.ffn_gate.7.weight", 3, 7},
      {"model.layers.12.mlp.experts.127.down_proj.weight", 12, 127},
      {"model.layers.12.block_sparse_moe.experts.0.w1.weight", 12, 0},
      {"model.layers.12.mlp.experts.gate_up_proj", 12, -1, first_dimension},
      {"model.layers.12.mlp.shared_experts.up_proj.weight", 12, -1},
      {"transformer.h.5.mlp.c_fc.weight", 5, -1},
      {"encoder.block.4.layer.0.SelfAttention.q.weight", 4, -1},
      {"bert.encoder.layer.11.output.dense.weight", 11, -1},
      {"encoder.layers.2.ffn.experts.expert_9.fc1.weight", 2, 9},
      {"/model/layers.3/self_attn/q_proj/MatMul", 3, -1},
      {"layers", -1, -1},
      {"layers.", -1, -1},
      {"layers.x.y", -1, -1},
      {"layers.-1.y", -1, -1},
      {"layers.99999999999999999999.y", -1, -1},
      {"experts.", -1, -1},
      {"", -1, -1},
      {"...", -1, -1},
  };
  for (const Case& expected : cases) {
    const NameParts parts = read_tensor_name(expected.name);
    EXPECT_EQ(parts.layer, expected.layer) << expected.name;
    EXPECT_EQ(parts.expert, expected.expert) << expected.name;
    EXPECT_EQ(parts.stack, expected.stack) << expected.name;
  }
}

}  // namespace
}  // namespace bytepath::weights
