#pragma once
#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// The initializers of a model's graph, in its own file or beside it. Field numbers: onnx.proto.
// Those of subgraphs and the constants among its nodes are not listed.
Result<Model> read_onnx(const ByteSource& source, const Opener& open);

// ONNX has no magic number: whether the file is one message of nothing but fields that a ModelProto
// has, with a version and a graph.
bool looks_like_onnx(const ByteSource& source);

}  // namespace bytepath::weights
