// The features of a network of one operator.
#ifndef LATCAST_TESTS_UNIT_FEATURES_ONE_OP_H_
#define LATCAST_TESTS_UNIT_FEATURES_ONE_OP_H_

#include "analyzer/features/graph_features.h"
#include "base/status_macros.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::features {

using ops::In;
using ops::Ints;
using ops::Weight;

inline absl::StatusOr<FeatureVector> FeaturesOf(std::string type, const ops::Operands& operands,
                                                graph::Attributes attributes = {},
                                                int threads = 1) {
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   ops::SingleOp(std::move(type), operands, std::move(attributes)));
  ASSIGN_OR_RETURN(const GraphFeatures features, ComputeFeatures(graph, {.threads = threads}));
  return features.total;
}

}  // namespace latcast::features

#endif  // LATCAST_TESTS_UNIT_FEATURES_ONE_OP_H_
