// Element counts that several feature sets use. The cost of a call has passed when features are
// computed: its counts fit 64 bits.
#ifndef LATCAST_ANALYZER_FEATURES_ELEMENTS_H_
#define LATCAST_ANALYZER_FEATURES_ELEMENTS_H_

#include "analyzer/graph/graph.h"
#include "analyzer/ops/convolution.h"
#include "analyzer/ops/op_def.h"

namespace latcast::features {

inline double ElementsOf(const graph::Value& value) {
  double elements = 1;
  for (const int64_t dim : value.shape) elements *= static_cast<double>(dim);
  return elements;
}

// Activations in and out; zero for views.
inline double ReadAndWritten(const ops::OpCost& cost) {
  return static_cast<double>(cost.input_elements) + static_cast<double>(cost.output_elements);
}

// The weight tensor of a convolution or linear layer; the bias is not counted. Zero where the
// weight is an activation, and for every other operator.
inline double WeightElements(const ops::OpCall& call) {
  if (!ops::IsConvolution(call.op.type) && call.op.type != "linear") return 0;
  const graph::Value& weight = *call.inputs[1];
  const bool is_activation =
      weight.kind == graph::ValueKind::kActivation || weight.kind == graph::ValueKind::kInput;
  return is_activation ? 0 : ElementsOf(weight);
}

}  // namespace latcast::features

#endif  // LATCAST_ANALYZER_FEATURES_ELEMENTS_H_
