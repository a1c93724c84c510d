// Graphs of one framework operator, for tables of names.
#ifndef LATCAST_TESTS_UNIT_IMPORT_ONE_OP_H_
#define LATCAST_TESTS_UNIT_IMPORT_ONE_OP_H_

#include <string>
#include <utility>
#include <vector>

#include "analyzer/graph/builder.h"
#include "analyzer/graph/verify.h"
#include "analyzer/import/canonical.h"
#include "base/status_matchers.h"

namespace latcast::import {

// A graph of one framework operator on fresh inputs of these shapes, after Canonicalise().
inline graph::Graph One(const std::string& type, const std::vector<graph::Shape>& inputs,
                        graph::Attributes attributes = {}, size_t outputs = 1) {
  graph::GraphBuilder b("one", "test");
  std::vector<graph::ValueId> in;
  std::vector<graph::ValueId> out;
  for (const graph::Shape& shape : inputs) {
    in.push_back(b.AddInput("x" + std::to_string(in.size()), graph::DType::kFloat32, shape));
  }
  for (size_t i = 0; i < outputs; ++i) out.push_back(b.AddActivation(graph::DType::kFloat32, {1}));
  b.AddOp(type, in, out, std::move(attributes));
  graph::Graph graph = std::move(b).Finish({out[0]});
  Canonicalise(graph);
  EXPECT_OK(graph::Verify(graph));
  return graph;
}

inline graph::Op OneOp(const std::string& type, const std::vector<graph::Shape>& inputs,
                       graph::Attributes attributes = {}, size_t outputs = 1) {
  return One(type, inputs, std::move(attributes), outputs).ops[0];
}

inline const graph::Shape kImage = {1, 4, 8, 8};

}  // namespace latcast::import

#endif  // LATCAST_TESTS_UNIT_IMPORT_ONE_OP_H_
