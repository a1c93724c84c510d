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
constexpr int64_t kChannelBlock = 16;  // channels that oneDNN's kernels take at a time
constexpr double kFarBytes = 4 << 20;  // a tensor that no core's own cache holds

double BytesOf(const graph::Value& value) {
  return ElementsOf(value) * static_cast<double>(ByteSize(value.dtype));
}

void AddConvolution(const ops::OpCall& call, const ops::OpCost& cost, const ops::ConvGeometry& conv,
                    int threads, FeatureVector& out) {
  const double macs = static_cast<double>(cost.macs);
  if (cost.mac_class == ops::MacClass::kDepthwise) {
    out.Add(Feature::kNDw, 1.0);
    if (conv.in_channels % kChannelBlock != 0) {
      out.Add(Feature::kIoDwTail, ReadAndWritten(cost));
    }
  }
  if (TakesOneDnnPath(conv, call.inputs[0]->dtype, threads)) {
    out.Add(Feature::kNMkl, 1.0);
    out.Add(Feature::kIoMkl, ReadAndWritten(cost));
    out.Add(Feature::kWMkl, WeightElements(call));
    const double largest = std::max(BytesOf(*call.inputs[0]), BytesOf(*call.outputs[0]));
    if (largest >= kFarBytes) out.Add(Feature::kIoMklFar, ReadAndWritten(cost));
  } else if (conv.is_pointwise()) {
    // The fallback's GEMM is slow when few positions are left to share the weights.
    double positions = 1;
    for (const int64_t size : conv.output) positions *= static_cast<double>(size);
    if (conv.groups == 1) out.Add(Feature::kMPwThnn, macs);
    out.Add(Feature::kPwLowN, macs * 16.0 / positions);
  } else if (conv.groups == 1) {
    out.Add(Feature::kMDenseThnn, macs);
  }
}

void AddLinear(const ops::OpCall& call, FeatureVector& out) {
  const graph::Shape& shape = call.inputs[0]->shape;
  double rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); ++i) rows *= static_cast<double>(shape[i]);
  out.Add(Feature::kWMmp, WeightElements(call) * std::ceil(std::min(rows, kMatmulRows) / 2.0));
}

void AddWindows(const ops::OpCall& call, Feature feature, FeatureVector& out) {
  const absl::StatusOr<int64_t> windows = ops::PoolWindowElements(call);
  if (windows.ok()) out.Add(feature, static_cast<double>(*windows));
}

void AddFreshOutputs(const ops::OpCall& call, FeatureVector& out) {
  if (graph::IsInplace(call.op.attributes)) return;
  for (const graph::Value* output : call.outputs) {
    if (BytesOf(*output) >= kBigOutputBytes) out.Add(Feature::kBig, ElementsOf(*output));
  }
}

}  // namespace

bool TakesOneDnnPath(const ops::ConvGeometry& conv, graph::DType dtype, int threads) {
  const size_t dims = conv.kernel.size();
  bool spread = false;  // strided or dilated
  for (size_t i = 0; i < dims; ++i) {
    spread = spread || conv.stride[i] > 1 || conv.dilation[i] > 1;
    if (conv.transposed && conv.output_padding[i] >= conv.stride[i]) return false;
  }
  if (dtype == graph::DType::kBFloat16) return true;
  if (dtype != graph::DType::kFloat32) return false;
  // The last two dimensions decide; a signal is an image one row high.
  const int64_t width = conv.kernel[dims - 1];
  const int64_t height = dims > 1 ? conv.kernel[dims - 2] : 1;
  double elements = static_cast<double>(conv.batch) * static_cast<double>(conv.in_channels);
  for (size_t i = 0; i < std::min<size_t>(dims, 2); ++i) {
    elements *= static_cast<double>(conv.input[i]);
  }
  const bool worth_it = spread || conv.batch >= 16 || height != 1 || width != 1 || threads > 1;
  const bool large =
      conv.groups > 1 || (height > 3 && width > 3) || conv.batch > 1 || elements > 20480.0;
  return worth_it && large;
}

void AddCpuFeatures(const ops::OpCall& call, const ops::OpCost& cost, const ops::ConvGeometry* conv,
                    const FeatureOptions& options, FeatureVector& out) {
  if (cost.kernels == 0) return;
  const std::string& type = call.op.type;
  const double io = ReadAndWritten(cost);
  out.Add(Feature::kIoAll, io);
  out.Add(Feature::kMacsAll, static_cast<double>(cost.macs));
  AddFreshOutputs(call, out);
  if (cost.flops == 0 && cost.macs == 0) out.Add(Feature::kIoCopy, io);
  if (conv != nullptr) {
    AddConvolution(call, cost, *conv, options.threads, out);
  } else if (type == "linear") {
    AddLinear(call, out);
  } else if (ops::IsMaxPool(type)) {
    AddWindows(call, Feature::kPoolwin, out);
  } else if (ops::IsAveragePool(type) && !ops::IsGlobalAverage(call)) {
    // Element by element, as maximum pooling; a global one is a mean, which is vectorised.
    AddWindows(call, Feature::kAvgwin, out);
  } else if (IsNormalization(type)) {
    out.Add(Feature::kIoNorm, io);
  } else if (type == "silu" || type == "gelu" || type == "sigmoid") {
    out.Add(Feature::kEActTrans, io);
  }
}

}  // namespace latcast::features
