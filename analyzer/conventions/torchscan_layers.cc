#include "analyzer/conventions/torchscan_layers.h"

#include <cmath>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "analyzer/conventions/modules.h"
#include "base/status_macros.h"

namespace latcast::conventions::torchscan {
namespace {

using graph::Value;
using Ints = std::vector<int64_t>;

Checked X(const Layer& l) { return Numel(l.in.shape); }
Checked Y(const Layer& l) { return Numel(l.out.shape); }
Checked OutOfPlace(const Layer& l) {
  const graph::Attribute* inplace = ConstructorArgument(l.graph, l.call, "inplace");
  return inplace != nullptr && *inplace == graph::Attribute(true) ? Checked(0) : Y(l);
}
Checked Parameters(const Layer& l) { return OwnParameters(l.graph, l.call); }
Checked Bias(const Layer& l) {
  return OwnTensor(l.graph, l.call, "bias") == nullptr ? Checked(0) : Y(l);
}
size_t Spatial(const Layer& l) { return l.in.shape.size() - 2; }

Checked Product(const Ints& factors) {
  Checked product = 1;
  for (const int64_t factor : factors) product *= factor;
  return product;
}

absl::StatusOr<Counts> Linear(const Layer& l) {
  const Checked outputs = Checked(l.in.shape[0]) * l.out.shape[1];
  return Counts{outputs * (Checked(2) * l.in.shape[1] - 1) + Bias(l), outputs * l.in.shape[1],
                X(l) + Parameters(l) + Y(l)};
}

absl::StatusOr<Counts> Conv(const Layer& l) {
  ASSIGN_OR_RETURN(const Ints kernel, ConstructorInts(l.graph, l.call, "kernel_size"));
  ASSIGN_OR_RETURN(const Ints groups, ConstructorInts(l.graph, l.call, "groups"));
  const int64_t channels = l.in.shape[1] / groups[0];
  const Checked macs = Y(l) * channels * Product(kernel);
  const Checked flops = Y(l) * (Checked(2) * channels * Product(kernel) - 1) + Bias(l);
  const int64_t dims =
      absl::StrContains(l.call.class_name, "Transpose") ? static_cast<int64_t>(Spatial(l)) : 0;
  return Counts{flops + 8 * dims, macs + 4 * dims, macs + Parameters(l) + Y(l) + 5 * dims};
}

absl::StatusOr<Counts> BatchNorm(const Layer& l) {
  const Value* mean = OwnTensor(l.graph, l.call, "running_mean");
  if (mean == nullptr) return absl::InvalidArgumentError("no running statistics");
  const Checked channels = Numel(mean->shape);
  const Checked scaled = OwnTensor(l.graph, l.call, "weight") == nullptr ? 0 : 1;
  const graph::Attribute* momentum = ConstructorArgument(l.graph, l.call, "momentum");
  const bool moves = momentum != nullptr && *momentum != graph::Attribute(0.0);
  return Counts{channels * 2 + X(l) * 2 + X(l) * 2 * scaled, X(l) + X(l) * scaled,
                X(l) + Y(l) + channels * 2 + 1 + channels * 2 * scaled + (moves ? 1 : 0)};
}

absl::StatusOr<Counts> Pool(const Layer& l) {
  ASSIGN_OR_RETURN(const Ints kernel, ConstructorInts(l.graph, l.call, "kernel_size"));
  const auto* one = std::get_if<int64_t>(ConstructorArgument(l.graph, l.call, "kernel_size"));
  Checked elements = Product(kernel);
  if (one != nullptr) elements = Product(Ints(Spatial(l), *one));
  const bool average = absl::StartsWith(l.call.class_name, "Avg");
  const int64_t more = average ? static_cast<int64_t>(Spatial(l)) - 1 : -1;
  const Checked flops = Y(l) * (Product(kernel) + more);
  return Counts{flops, flops, elements * Y(l) + Y(l)};
}

absl::StatusOr<Counts> AdaptivePool(const Layer& l) {
  Checked window = 1;
  for (size_t i = 2; i < l.in.shape.size(); ++i) {
    const int64_t in = l.in.shape[i];
    const int64_t out = l.out.shape[i];
    if (out < 1) return absl::InvalidArgumentError("an output of no elements");
    window *= in % out == 0 ? in / out : in % out + 1;
  }
  const bool average = absl::StartsWith(l.call.class_name, "AdaptiveAvg");
  const int64_t more = average ? static_cast<int64_t>(Spatial(l)) - 1 : -1;
  const Checked flops = Y(l) * (window + more);
  return Counts{flops, flops, window * Y(l) + Y(l)};
}

absl::StatusOr<Counts> Activation(const Layer& l) {
  if (HasClass(l.call, {"ReLU"})) return Counts{X(l), 0, X(l) + OutOfPlace(l)};
  if (HasClass(l.call, {"ReLU6"})) return Counts{X(l) * 2, 0, X(l) + OutOfPlace(l)};
  if (HasClass(l.call, {"LeakyReLU"})) return Counts{X(l) * 4, 0, X(l) + 1 + OutOfPlace(l)};
  if (HasClass(l.call, {"ELU"})) return Counts{X(l) * 6, 0, X(l) + 1 + OutOfPlace(l)};
  if (HasClass(l.call, {"Sigmoid"})) return Counts{X(l) * 4, 0, X(l) + Y(l)};
  return Counts{X(l) * 6, 0, X(l) * 2 + Y(l)};  // Tanh
}

absl::StatusOr<Counts> Dropout(const Layer& l) {
  const graph::Attribute* p = ConstructorArgument(l.graph, l.call, "p");
  const bool draws = p != nullptr && *p != graph::Attribute(0.0);
  return Counts{draws ? X(l) : 0, 0, X(l) + 1 + OutOfPlace(l)};
}

absl::StatusOr<Counts> Identity(const Layer& l) { return Counts{0, 0, X(l)}; }
absl::StatusOr<Counts> Flatten(const Layer& l) { return Counts{0, 0, X(l) * 2}; }

absl::StatusOr<double> First(const Layer& l, std::string_view name, int64_t least = 1) {
  ASSIGN_OR_RETURN(const Ints ints, ConstructorInts(l.graph, l.call, name, least));
  return static_cast<double>(ints[0]);
}

absl::StatusOr<Window> SlidingWindow(const Layer& l) {
  ASSIGN_OR_RETURN(const double kernel, First(l, "kernel_size"));
  ASSIGN_OR_RETURN(const double stride, First(l, "stride"));
  ASSIGN_OR_RETURN(const double padding, First(l, "padding", 0));
  double dilation = 1.0;
  if (ConstructorArgument(l.graph, l.call, "dilation") != nullptr) {
    ASSIGN_OR_RETURN(dilation, First(l, "dilation"));
  }
  return Window{dilation * (kernel - 1.0) + 1.0, stride, padding};
}

absl::StatusOr<Window> TransposedWindow(const Layer& l) {
  ASSIGN_OR_RETURN(const double kernel, First(l, "kernel_size"));
  ASSIGN_OR_RETURN(const double stride, First(l, "stride"));
  return Window{-kernel, 1.0 / stride, 0.0};
}

absl::StatusOr<Window> AdaptiveWindow(const Layer& l) {
  const auto in = static_cast<double>(l.in.shape.back());
  const double stride = std::ceil(in / static_cast<double>(l.out.shape.back()));
  return Window{stride, stride, (in - stride * stride) / 2.0};
}

absl::StatusOr<Window> NoWindow(const Layer&) { return Window{}; }

}  // namespace

const Rule* FindRule(const graph::ModuleCall& call) {
  static const Rule kRules[] = {
      {{"Linear"}, 2, Linear, NoWindow},
      {{"Conv1d", "Conv2d", "Conv3d"}, 3, Conv, SlidingWindow},
      {{"ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"}, 3, Conv, TransposedWindow},
      {{"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"}, 1, BatchNorm, NoWindow},
      {{"MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"},
       3,
       Pool,
       SlidingWindow},
      {{"AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AdaptiveAvgPool1d",
        "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"},
       3,
       AdaptivePool,
       AdaptiveWindow},
      {{"ReLU", "ReLU6", "LeakyReLU", "ELU", "Sigmoid", "Tanh"}, 0, Activation, NoWindow},
      {{"Dropout"}, 0, Dropout, NoWindow},
      {{"Identity"}, 0, Identity, NoWindow},
      {{"Flatten"}, 0, Flatten, NoWindow},
  };
  for (const Rule& rule : kRules) {
    if (HasClass(call, rule.classes)) return &rule;
  }
  return nullptr;
}

}  // namespace latcast::conventions::torchscan
