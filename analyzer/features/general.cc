#include "analyzer/features/elements.h"
#include "analyzer/features/graph_features.h"

namespace latcast::features {
namespace {

Feature MacFeature(ops::MacClass mac_class) {
  switch (mac_class) {
    case ops::MacClass::kDense:
      return Feature::kMacsDense;
    case ops::MacClass::kPointwise:
      return Feature::kMacsPointwise;
    case ops::MacClass::kGrouped:
      return Feature::kMacsGrouped;
    case ops::MacClass::kDepthwise:
      return Feature::kMacsDepthwise;
    case ops::MacClass::kMatmul:
    case ops::MacClass::kNone:
      return Feature::kMacsMatmul;
  }
  return Feature::kMacsMatmul;
}

}  // namespace

void AddGeneralFeatures(const ops::OpCall& call, const ops::OpCost& cost, FeatureVector& out) {
  out.Add(Feature::kKernels, static_cast<double>(cost.kernels));
  if (cost.mac_class == ops::MacClass::kNone) {
    out.Add(Feature::kElementwise, ReadAndWritten(cost));
    return;
  }
  out.Add(MacFeature(cost.mac_class), static_cast<double>(cost.macs));
  out.Add(Feature::kWeights, WeightElements(call));
  if (cost.mac_class == ops::MacClass::kMatmul) {
    out.Add(Feature::kIoMatmul, ReadAndWritten(cost));
  } else if (ops::IsConvolution(call.op.type)) {
    out.Add(Feature::kActs, ElementsOf(*call.outputs[0]));
    out.Add(Feature::kInp, ElementsOf(*call.inputs[0]));
  }
}

}  // namespace latcast::features
