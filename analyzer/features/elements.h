// Element counts and kinds of operators that several feature sets use. The cost of a call has
// passed when features are computed: its counts fit 64 bits.
#ifndef LATCAST_ANALYZER_FEATURES_ELEMENTS_H_
#define LATCAST_ANALYZER_FEATURES_ELEMENTS_H_

#include <string_view>

#include "analyzer/graph/graph.h"
#include "analyzer/ops/convolution.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/recurrent.h"

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

// Elements of a parameter; zero for what is computed.
inline double ParameterElements(const graph::Value& value) {
  const bool is_activation =
      value.kind == graph::ValueKind::kActivation || value.kind == graph::ValueKind::kInput;
  return is_activation ? 0 : ElementsOf(value);
}

// The weight tensor of a convolution or linear layer, the matrices of a recurrent one; biases are
// not counted. Zero where a weight is an activation, and for every other operator.
inline double WeightElements(const ops::OpCall& call) {
  if (ops::IsConvolution(call.op.type) || call.op.type == "linear") {
    return ParameterElements(*call.inputs[1]);
  }
  if (!ops::IsRecurrent(call.op.type)) return 0;
  double elements = 0;
  for (const graph::Value* input : call.inputs) {
    if (input != nullptr && input->shape.size() == 2) elements += ParameterElements(*input);
  }
  return elements;
}

inline bool IsNormalization(std::string_view type) {
  return type == "batch_norm" || type == "layer_norm" || type == "group_norm" ||
         type == "instance_norm" || type == "rms_norm";
}

}  // namespace latcast::features

#endif  // LATCAST_ANALYZER_FEATURES_ELEMENTS_H_
