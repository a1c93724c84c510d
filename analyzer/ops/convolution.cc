#include "analyzer/ops/convolution.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Attributes;
using graph::Value;

constexpr std::string_view kPlain = "conv";
constexpr std::string_view kTransposed = "conv_transpose";

// Padding of both sides together; `padding` may be "same" or "valid" where nothing is transposed.
absl::StatusOr<Sizes> TotalPadding(const Attributes& attributes, const ConvGeometry& conv) {
  const size_t dims = conv.kernel.size();
  const auto it = attributes.find(std::string_view("padding"));
  const std::string* mode =
      it == attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
  if (mode == nullptr || conv.transposed) {
    ASSIGN_OR_RETURN(Sizes padding, GetSizes(attributes, "padding", dims, 0, 0));
    for (int64_t& sides : padding) {
      ASSIGN_OR_RETURN(sides, (Checked(sides) * 2).Value("padding"));
    }
    return padding;
  }
  if (*mode != "valid" && *mode != "same") {
    return Refuse(
        absl::StrCat("attribute padding: \"", *mode, "\", ints or \"same\" or \"valid\" expected"));
  }
  Sizes padding;
  for (size_t i = 0; i < dims; ++i) {
    if (*mode == "same" && conv.stride[i] != 1) {
      return Refuse(absl::StrCat("padding \"same\" with stride ", ToString(conv.stride),
                                 ", stride 1 expected"));
    }
    const Checked span = Checked(conv.kernel[i] - 1) * conv.dilation[i];
    ASSIGN_OR_RETURN(const int64_t sides, (*mode == "same" ? span : 0).Value("kernel"));
    padding.push_back(sides);
  }
  return padding;
}

absl::StatusOr<int64_t> OutputSize(const ConvGeometry& conv, int64_t padding, size_t i) {
  ASSIGN_OR_RETURN(const int64_t padded, (Checked(conv.input[i]) + padding).Value("padded input"));
  ASSIGN_OR_RETURN(const int64_t extent,
                   (Checked(conv.kernel[i] - 1) * conv.dilation[i] + 1).Value("dilated kernel"));
  if (extent > padded) {
    return Refuse(absl::StrCat("kernel ", conv.kernel[i], " with dilation ", conv.dilation[i],
                               " spans ", extent, ", more than the padded input of ", padded));
  }
  return (padded - extent) / conv.stride[i] + 1;
}

// Every input position spreads over the kernel's span, `stride` apart; padding cuts off both sides.
absl::StatusOr<int64_t> TransposedOutputSize(const ConvGeometry& conv, int64_t padding, size_t i) {
  const int64_t limit = std::max(conv.stride[i], conv.dilation[i]);
  if (conv.output_padding[i] >= limit) {
    return Refuse(absl::StrCat("output_padding ", conv.output_padding[i], ", less than ", limit,
                               " expected: than stride or dilation"));
  }
  const Checked full =
      Checked(conv.input[i] - 1) * conv.stride[i] + Checked(conv.kernel[i] - 1) * conv.dilation[i];
  ASSIGN_OR_RETURN(const int64_t output,
                   (full + conv.output_padding[i] + 1 - padding).Value("output"));
  if (output < 0) {
    return Refuse(absl::StrCat("less than nothing is left: input ", conv.input[i], ", kernel ",
                               conv.kernel[i], " and padding ", padding / 2, " give ", output));
  }
  return output;
}

absl::Status CheckWeight(const ConvGeometry& conv, const Value& weight) {
  if (std::find(weight.shape.begin(), weight.shape.end(), 0) != weight.shape.end()) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " has no elements"));
  }
  if (conv.in_channels % conv.groups != 0 || conv.out_channels % conv.groups != 0) {
    return Refuse(absl::StrCat(conv.groups, " groups do not divide ", conv.in_channels,
                               " input and ", conv.out_channels, " output channels"));
  }
  const int64_t taken = conv.transposed ? weight.shape[0] : weight.shape[1];
  const int64_t given = conv.transposed ? conv.in_channels : conv.in_channels / conv.groups;
  if (taken != given) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " takes ", taken, " channels",
                               conv.transposed ? "" : " in each group", ", the input has ",
                               conv.in_channels, " in ", conv.groups, " groups"));
  }
  return absl::OkStatus();
}

absl::Status ReadChannels(const Value& input, const Value& weight, ConvGeometry& conv) {
  const size_t dims = conv.kernel.size();
  const size_t channel = input.shape.size() - dims - 1;
  if (channel == 1) conv.batch = input.shape[0];
  conv.in_channels = input.shape[channel];
  if (conv.groups < 1) return Refuse(absl::StrCat("groups ", conv.groups, ", at least 1 expected"));
  conv.out_channels = weight.shape[0];
  if (conv.transposed) {
    ASSIGN_OR_RETURN(conv.out_channels,
                     (Checked(weight.shape[1]) * conv.groups).Value("output channels"));
  }
  return CheckWeight(conv, weight);
}

bool IsPointwise(const Sizes& kernel) { return kernel == Sizes(kernel.size(), 1); }

MacClass ClassOf(const Sizes& kernel, int64_t groups, int64_t in_channels) {
  if (groups == 1) return IsPointwise(kernel) ? MacClass::kPointwise : MacClass::kDense;
  return groups == in_channels ? MacClass::kDepthwise : MacClass::kGrouped;
}

const Value* Bias(const OpCall& call) { return Optional(call, 2); }

InferResult InferConvolution(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const ConvGeometry conv, ReadConvolution(call));
  graph::Shape shape;
  if (input->shape.size() == conv.output.size() + 2) shape.push_back(conv.batch);
  shape.push_back(conv.out_channels);
  shape.insert(shape.end(), conv.output.begin(), conv.output.end());
  return TensorTypes{{input->dtype, std::move(shape)}};
}

// Every weight is used once at each output position, of a transposed one at each input position.
absl::StatusOr<OpCost> CostConvolution(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const bool transposed = call.op.type.starts_with(kTransposed);
  const size_t dims = SpatialDims(call.op.type);
  const graph::Shape& spread = (transposed ? call.inputs[0] : call.outputs[0])->shape;
  const Checked batch = spread.size() > dims + 1 ? spread[0] : 1;
  const Checked macs =
      batch * Elements(Sizes::Last(dims, spread)) * Elements(call.inputs[1]->shape);
  const Checked additions = Bias(call) != nullptr ? cost.output_elements : 0;
  ASSIGN_OR_RETURN(cost.macs, macs.Value("MACs"));
  ASSIGN_OR_RETURN(cost.flops, (macs * 2 + additions).Value("FLOPs"));
  ASSIGN_OR_RETURN(const int64_t groups, graph::GetInt(call.op.attributes, "groups", 1));
  const graph::Shape& input = call.inputs[0]->shape;
  cost.mac_class =
      ClassOf(Sizes::Last(dims, call.inputs[1]->shape), groups, input[input.size() - dims - 1]);
  return cost;
}

// Input and weight. Where "same" pads one side more, the input is padded there before, and that
// copy is kept in its place.
absl::StatusOr<Saved> SavedByConvolution(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const ConvGeometry conv, ReadConvolution(call));
  ASSIGN_OR_RETURN(const Sizes padding, TotalPadding(call.op.attributes, conv));
  Checked padded = Checked(conv.batch) * conv.in_channels * ByteSize(input->dtype);
  bool uneven = false;
  for (size_t i = 0; i < padding.size(); ++i) {
    uneven = uneven || padding[i] % 2 != 0;
    padded *= Checked(conv.input[i]) + padding[i] % 2;
  }
  if (!uneven) return Saved{.inputs = 0b11};
  ASSIGN_OR_RETURN(const int64_t bytes, padded.Value("bytes of the padded input"));
  return Saved{.inputs = 0b10, .extra_bytes = bytes};
}

}  // namespace

bool ConvGeometry::is_pointwise() const { return IsPointwise(kernel); }

bool IsConvolution(std::string_view type) {
  const size_t dims = SpatialDims(type);
  if (dims == 0) return false;
  type.remove_suffix(2);
  return type == kPlain || type == kTransposed;
}

absl::StatusOr<ConvGeometry> ReadConvolution(const OpCall& call) {
  const std::string& type = call.op.type;
  if (!IsConvolution(type)) return Refuse(absl::StrCat("'", type, "' is not a convolution"));
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* weight, call.Input(1));
  const size_t dims = SpatialDims(type);
  RETURN_IF_ERROR(CheckRank(*input, "input", dims + 1, dims + 2));
  RETURN_IF_ERROR(CheckRank(*weight, "weight", dims + 2, dims + 2));
  RETURN_IF_ERROR(CheckSameType(*input, *weight));
  const Attributes& attributes = call.op.attributes;
  ConvGeometry conv;
  conv.transposed = type.starts_with(kTransposed);
  conv.input = Sizes::Last(dims, input->shape);
  conv.kernel = Sizes::Last(dims, weight->shape);
  ASSIGN_OR_RETURN(conv.groups, graph::GetInt(attributes, "groups", 1));
  ASSIGN_OR_RETURN(conv.stride, GetSizes(attributes, "stride", dims, 1, 1));
  ASSIGN_OR_RETURN(conv.dilation, GetSizes(attributes, "dilation", dims, 1, 1));
  conv.output_padding.assign(dims, 0);
  if (conv.transposed) {
    ASSIGN_OR_RETURN(conv.output_padding, GetSizes(attributes, "output_padding", dims, 0, 0));
  }
  RETURN_IF_ERROR(ReadChannels(*input, *weight, conv));
  if (Bias(call) != nullptr && Bias(call)->shape != graph::Shape{conv.out_channels}) {
    return Refuse(absl::StrCat("bias ", ToString(Bias(call)->shape), ", ", conv.out_channels,
                               " elements expected"));
  }
  ASSIGN_OR_RETURN(const Sizes padding, TotalPadding(attributes, conv));
  for (size_t i = 0; i < dims; ++i) {
    ASSIGN_OR_RETURN(const int64_t output, conv.transposed
                                               ? TransposedOutputSize(conv, padding[i], i)
                                               : OutputSize(conv, padding[i], i));
    conv.output.push_back(output);
  }
  return conv;
}

MacClass ClassOf(const ConvGeometry& conv) {
  return ClassOf(conv.kernel, conv.groups, conv.in_channels);
}

std::vector<OpDef> ConvolutionOps() {
  constexpr std::string_view kDoc =
      "Convolution. MACs: kernel elements x input channels of a group, for every output element; "
      "FLOPs: two a MAC, and one addition an output where there is a bias.";
  constexpr std::string_view kTransposedDoc =
      "Transposed convolution. MACs: kernel elements x output channels of a group, for every input "
      "element; FLOPs: two a MAC, and one addition an output where there is a bias.";
  std::vector<OpDef> defs;
  for (const std::string_view type :
       {"conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}) {
    defs.push_back({type,
                    "convolution",
                    type.starts_with(kTransposed) ? kTransposedDoc : kDoc,
                    {"input", "weight", "bias?"},
                    InferConvolution,
                    CostConvolution,
                    SavedByConvolution});
  }
  return defs;
}

}  // namespace latcast::ops
