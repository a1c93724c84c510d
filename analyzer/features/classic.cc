// The count of the published low-overhead predictor, kept exactly: MACs of convolutions (without
// bias) and linear layers, 2 per element of an affine normalisation (1 without), 1 per rectified
// element, 1 per input element of a pooling, nothing for anything else.
#include <string_view>

#include "analyzer/features/elements.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/graph/attributes.h"

namespace latcast::features {
namespace {

bool IsRectifier(const ops::OpCall& call) {
  static constexpr std::string_view kTypes[] = {"relu", "relu6", "prelu", "leaky_relu"};
  for (const std::string_view type : kTypes) {
    if (call.op.type == type) return true;
  }
  if (call.op.type != "hardtanh") return false;
  // ReLU6 is captured as a hardtanh between 0 and 6.
  const absl::StatusOr<double> min = graph::GetDouble(call.op.attributes, "min_val", -1.0);
  const absl::StatusOr<double> max = graph::GetDouble(call.op.attributes, "max_val", 1.0);
  return min.ok() && max.ok() && *min == 0.0 && *max == 6.0;
}

double ClassicFlops(const ops::OpCall& call, const ops::OpCost& cost) {
  static constexpr std::string_view kPools[] = {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d",
                                                "adaptive_max_pool2d"};
  if (call.op.type == "conv2d" || call.op.type == "linear") return static_cast<double>(cost.macs);
  if (call.inputs.empty() || call.inputs[0] == nullptr) return 0.0;
  const double in = ElementsOf(*call.inputs[0]);
  if (call.op.type == "batch_norm") {
    const bool affine = call.inputs.size() > 1 && call.inputs[1] != nullptr;
    return affine ? 2.0 * in : in;
  }
  if (IsRectifier(call)) return in;
  for (const std::string_view pool : kPools) {
    if (call.op.type == pool) return in;
  }
  return 0.0;
}

}  // namespace

void AddClassicFeatures(const ops::OpCall& call, const ops::OpCost& cost, FeatureVector& out) {
  out.Add(Feature::kFlops, ClassicFlops(call, cost));
}

}  // namespace latcast::features
