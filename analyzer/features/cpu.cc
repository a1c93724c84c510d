#include "analyzer/features/cpu.h"

#include <algorithm>
#include <cmath>

#include "analyzer/features/elements.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/pooling.h"

namespace latcast::features {
namespace {

constexpr double kBigOutputBytes = 32 << 20;
constexpr double kMatmulRows = 64.0;

constexpr Feature kColumns[] = {
    Feature::kMacsAll,    Feature::kIoAll, Feature::kPoolwin, Feature::kBig, Feature::kNMkl,
    Feature::kIoMkl,      Feature::kWMkl,  Feature::kPwLowN,  Feature::kNDw, Feature::kEActTrans,
    Feature::kMDenseThnn, Feature::kWMmp,  Feature::kAvgwin,
};

void AddConvolution(const ops::OpCall& call, const ops::OpCost& cost, int threads,
                    FeatureVector& out) {
  const absl::StatusOr<ops::ConvGeometry> conv = ops::ReadConv2d(call);
  if (!conv.ok()) return;  // its cost rule has read the same geometry: cannot happen
  const double macs = static_cast<double>(cost.macs);
  out.Add(Feature::kMacsAll, macs);
  if (cost.mac_class == ops::MacClass::kDepthwise) out.Add(Feature::kNDw, 1.0);
  if (TakesOneDnnPath(*conv, call.inputs[0]->dtype, threads)) {
    out.Add(Feature::kNMkl, 1.0);
    out.Add(Feature::kIoMkl, ReadAndWritten(cost));
    out.Add(Feature::kWMkl, WeightElements(call));
  } else if (conv->is_pointwise()) {
    // The fallback's GEMM is slow when few positions are left to share the weights.
    const double positions =
        static_cast<double>(conv->output.h) * static_cast<double>(conv->output.w);
    out.Add(Feature::kPwLowN, macs * 16.0 / positions);
  } else if (conv->groups == 1) {
    out.Add(Feature::kMDenseThnn, macs);
  }
}

void AddLinear(const ops::OpCall& call, const ops::OpCost& cost, FeatureVector& out) {
  out.Add(Feature::kMacsAll, static_cast<double>(cost.macs));
  const graph::Shape& shape = call.inputs[0]->shape;
  double rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); ++i) rows *= static_cast<double>(shape[i]);
  out.Add(Feature::kWMmp, WeightElements(call) * std::ceil(std::min(rows, kMatmulRows) / 2.0));
}

// Average pooling goes element by element, as maximum pooling does; only global pooling is a mean,
// which is vectorised.
bool IsWindowedAverage(const ops::OpCall& call) {
  if (call.op.type == "avg_pool2d") return true;
  if (call.op.type != "adaptive_avg_pool2d") return false;
  const graph::Shape& shape = call.outputs[0]->shape;
  return shape.size() >= 2 && (shape.back() > 1 || shape[shape.size() - 2] > 1);
}

void AddWindows(const ops::OpCall& call, Feature feature, FeatureVector& out) {
  const absl::StatusOr<int64_t> windows = ops::PoolWindowElements(call);
  if (windows.ok()) out.Add(feature, static_cast<double>(*windows));
}

void AddFreshOutputs(const ops::OpCall& call, FeatureVector& out) {
  if (graph::IsInplace(call.op.attributes)) return;
  for (const graph::Value* output : call.outputs) {
    const double elements = ElementsOf(*output);
    if (elements * static_cast<double>(ByteSize(output->dtype)) >= kBigOutputBytes) {
      out.Add(Feature::kBig, elements);
    }
  }
}

}  // namespace

bool TakesOneDnnPath(const ops::ConvGeometry& conv, graph::DType dtype, int threads) {
  if (dtype == graph::DType::kBFloat16) return true;
  if (dtype != graph::DType::kFloat32) return false;
  const bool strided = conv.stride.h > 1 || conv.stride.w > 1;
  const bool dilated = conv.dilation.h > 1 || conv.dilation.w > 1;
  const double input_elements =
      static_cast<double>(conv.batch) * static_cast<double>(conv.in_channels) *
      static_cast<double>(conv.input.h) * static_cast<double>(conv.input.w);
  const bool worth_it =
      strided || dilated || conv.batch >= 16 || !conv.is_pointwise() || threads > 1;
  const bool large = conv.groups > 1 || (conv.kernel.h > 3 && conv.kernel.w > 3) ||
                     conv.batch > 1 || input_elements > 20480.0;
  return worth_it && large;
}

void AddCpuFeatures(const ops::OpCall& call, const ops::OpCost& cost, const FeatureOptions& options,
                    FeatureVector& out) {
  for (const Feature column : kColumns) out.Add(column, 0.0);
  if (cost.kernels == 0) return;
  const std::string& type = call.op.type;
  const double io = ReadAndWritten(cost);
  out.Add(Feature::kIoAll, io);
  AddFreshOutputs(call, out);
  if (type == "conv2d") {
    AddConvolution(call, cost, options.threads, out);
  } else if (type == "linear") {
    AddLinear(call, cost, out);
  } else if (type == "max_pool2d" || type == "adaptive_max_pool2d") {
    AddWindows(call, Feature::kPoolwin, out);
  } else if (IsWindowedAverage(call)) {
    AddWindows(call, Feature::kAvgwin, out);
  } else if (type == "silu" || type == "gelu" || type == "sigmoid") {
    out.Add(Feature::kEActTrans, io);
  }
}

}  // namespace latcast::features
