#include "analyzer/ops/convolution.h"

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Value;

// Padding of both sides together; `padding` may be "same" or "valid".
absl::StatusOr<Pair> TotalPadding(const graph::Attributes& attributes, const ConvGeometry& conv) {
  const auto it = attributes.find(std::string_view("padding"));
  const std::string* mode =
      it == attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
  if (mode == nullptr) {
    ASSIGN_OR_RETURN(const Pair padding, GetPair(attributes, "padding", 0, 0));
    ASSIGN_OR_RETURN(const int64_t h, (Checked(padding.h) * 2).Value("padding"));
    ASSIGN_OR_RETURN(const int64_t w, (Checked(padding.w) * 2).Value("padding"));
    return Pair{h, w};
  }
  if (*mode == "valid") return Pair{0, 0};
  if (*mode != "same") {
    return Refuse(
        absl::StrCat("attribute padding: \"", *mode, "\", ints or \"same\" or \"valid\" expected"));
  }
  if (conv.stride != Pair{1, 1}) {
    return Refuse(absl::StrCat("padding \"same\" with stride ", conv.stride.h, "x", conv.stride.w,
                               ", stride 1 expected"));
  }
  ASSIGN_OR_RETURN(const int64_t h, (Checked(conv.kernel.h - 1) * conv.dilation.h).Value("kernel"));
  ASSIGN_OR_RETURN(const int64_t w, (Checked(conv.kernel.w - 1) * conv.dilation.w).Value("kernel"));
  return Pair{h, w};
}

absl::StatusOr<int64_t> OutputSize(int64_t input, int64_t padding, int64_t kernel, int64_t dilation,
                                   int64_t stride) {
  ASSIGN_OR_RETURN(const int64_t padded, (Checked(input) + padding).Value("padded input"));
  ASSIGN_OR_RETURN(const int64_t extent,
                   (Checked(kernel - 1) * dilation + 1).Value("dilated kernel"));
  if (extent > padded) {
    return Refuse(absl::StrCat("kernel ", kernel, " with dilation ", dilation, " spans ", extent,
                               ", more than the padded input of ", padded));
  }
  return (padded - extent) / stride + 1;
}

absl::Status CheckChannels(const ConvGeometry& conv, const Value& weight, const Value* bias) {
  if (conv.groups < 1) return Refuse(absl::StrCat("groups ", conv.groups, ", at least 1 expected"));
  if (conv.out_channels < 1 || conv.kernel.h < 1 || conv.kernel.w < 1) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " has no elements"));
  }
  if (conv.in_channels % conv.groups != 0 || conv.out_channels % conv.groups != 0) {
    return Refuse(absl::StrCat(conv.groups, " groups do not divide ", conv.in_channels,
                               " input and ", conv.out_channels, " output channels"));
  }
  if (weight.shape[1] != conv.in_channels / conv.groups) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " takes ", weight.shape[1],
                               " channels in each of ", conv.groups, " groups, the input has ",
                               conv.in_channels));
  }
  if (bias != nullptr && bias->shape != graph::Shape{conv.out_channels}) {
    return Refuse(absl::StrCat("bias ", ToString(bias->shape), ", ", conv.out_channels,
                               " elements expected"));
  }
  return absl::OkStatus();
}

const Value* Bias(const OpCall& call) { return call.inputs.size() > 2 ? call.inputs[2] : nullptr; }

InferResult InferConv2d(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const ConvGeometry conv, ReadConv2d(call));
  graph::Shape shape = {conv.out_channels, conv.output.h, conv.output.w};
  if (input->shape.size() == 4) shape.insert(shape.begin(), conv.batch);
  return std::vector<TensorType>{{input->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> CostConv2d(const OpCall& call) {
  ASSIGN_OR_RETURN(const ConvGeometry conv, ReadConv2d(call));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked outputs = Checked(conv.batch) * conv.out_channels * conv.output.h * conv.output.w;
  const Checked macs = outputs * (conv.in_channels / conv.groups) * conv.kernel.h * conv.kernel.w;
  ASSIGN_OR_RETURN(cost.macs, macs.Value("MACs"));
  ASSIGN_OR_RETURN(cost.flops, (macs * 2 + (Bias(call) != nullptr ? outputs : 0)).Value("FLOPs"));
  cost.mac_class = ClassOf(conv);
  return cost;
}

}  // namespace

absl::StatusOr<ConvGeometry> ReadConv2d(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* weight, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 4));
  RETURN_IF_ERROR(CheckRank(*weight, "weight", 4, 4));
  RETURN_IF_ERROR(CheckSameType(*input, *weight));
  ConvGeometry conv;
  const size_t channel = input->shape.size() - 3;
  if (channel == 1) conv.batch = input->shape[0];
  conv.in_channels = input->shape[channel];
  conv.input = {input->shape[channel + 1], input->shape[channel + 2]};
  conv.out_channels = weight->shape[0];
  conv.kernel = {weight->shape[2], weight->shape[3]};
  const graph::Attributes& attributes = call.op.attributes;
  ASSIGN_OR_RETURN(conv.groups, graph::GetInt(attributes, "groups", 1));
  ASSIGN_OR_RETURN(conv.stride, GetPair(attributes, "stride", 1, 1));
  ASSIGN_OR_RETURN(conv.dilation, GetPair(attributes, "dilation", 1, 1));
  RETURN_IF_ERROR(CheckChannels(conv, *weight, Bias(call)));
  ASSIGN_OR_RETURN(const Pair padding, TotalPadding(attributes, conv));
  ASSIGN_OR_RETURN(conv.output.h, OutputSize(conv.input.h, padding.h, conv.kernel.h,
                                             conv.dilation.h, conv.stride.h));
  ASSIGN_OR_RETURN(conv.output.w, OutputSize(conv.input.w, padding.w, conv.kernel.w,
                                             conv.dilation.w, conv.stride.w));
  return conv;
}

MacClass ClassOf(const ConvGeometry& conv) {
  if (conv.groups == 1) return conv.is_pointwise() ? MacClass::kPointwise : MacClass::kDense;
  return conv.groups == conv.in_channels ? MacClass::kDepthwise : MacClass::kGrouped;
}

std::vector<OpDef> ConvolutionOps() {
  return {{"conv2d",
           "convolution",
           "2-D convolution. MACs: kernel height x width x input channels of a group, for every "
           "output element; FLOPs: two a MAC, and one addition an output where there is a bias.",
           {"input", "weight", "bias?"},
           InferConv2d,
           CostConv2d,
           SavesInputs}};
}

}  // namespace latcast::ops
