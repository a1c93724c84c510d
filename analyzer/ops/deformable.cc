// Convolution that samples its input where offsets say.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/convolution.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

// Of images and kernels, height and width.
struct Geometry {
  ConvGeometry conv;
  int64_t offset_groups = 1;
  bool use_mask = false;
};

absl::StatusOr<int64_t> ReadInt(const OpCall& call, const char* name, int64_t least) {
  ASSIGN_OR_RETURN(const int64_t value, graph::GetInt(call.op.attributes, name, 1));
  if (value >= least) return value;
  return Refuse(absl::StrCat("attribute ", name, ": ", value, ", at least ", least, " expected"));
}

absl::StatusOr<int64_t> OutputSize(const OpCall& call, const char* side, int64_t size,
                                   int64_t kernel) {
  ASSIGN_OR_RETURN(const int64_t stride, ReadInt(call, absl::StrCat("stride_", side).c_str(), 1));
  ASSIGN_OR_RETURN(const int64_t dilation,
                   ReadInt(call, absl::StrCat("dilation_", side).c_str(), 1));
  ASSIGN_OR_RETURN(const int64_t pad,
                   graph::GetInt(call.op.attributes, absl::StrCat("pad_", side), 0));
  if (pad < 0) return Refuse(absl::StrCat("attribute pad_", side, ": ", pad, " is negative"));
  const Checked room = Checked(size) + pad + pad - (Checked(kernel - 1) * dilation + 1);
  ASSIGN_OR_RETURN(const int64_t last, room.Value("padded input"));
  if (last >= 0) return last / stride + 1;
  return Refuse(absl::StrCat("a kernel of ", kernel, " with dilation ", dilation,
                             " does not fit in ", size, " padded by ", pad));
}

absl::Status CheckShape(const Value& value, const char* name, const Shape& expected) {
  if (value.shape == expected) return absl::OkStatus();
  return Refuse(
      absl::StrCat(name, " ", ToString(value.shape), ", ", ToString(expected), " expected"));
}

absl::StatusOr<Geometry> ReadDeformConv2d(const OpCall& call) {
  for (size_t i = 0; i < 5; ++i) RETURN_IF_ERROR(CheckSameType(*call.inputs[0], *call.inputs[i]));
  const Value& input = *call.inputs[0];
  const Value& weight = *call.inputs[1];
  RETURN_IF_ERROR(CheckRank(input, "input", 4, 4));
  RETURN_IF_ERROR(CheckRank(weight, "weight", 4, 4));
  Geometry geometry;
  ConvGeometry& conv = geometry.conv;
  conv.batch = input.shape[0];
  conv.in_channels = input.shape[1];
  conv.out_channels = weight.shape[0];
  conv.kernel = {weight.shape[2], weight.shape[3]};
  ASSIGN_OR_RETURN(conv.groups, ReadInt(call, "groups", 1));
  ASSIGN_OR_RETURN(geometry.offset_groups, ReadInt(call, "offset_groups", 1));
  ASSIGN_OR_RETURN(geometry.use_mask, graph::GetBool(call.op.attributes, "use_mask", false));
  if (conv.in_channels % conv.groups != 0 || conv.out_channels % conv.groups != 0 ||
      conv.in_channels % geometry.offset_groups != 0 ||
      weight.shape[1] != conv.in_channels / conv.groups) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " in ", conv.groups,
                               " groups, offsets in ", geometry.offset_groups, ", for ",
                               conv.in_channels, " input channels"));
  }
  if (conv.kernel[0] < 1 || conv.kernel[1] < 1) {
    return Refuse(absl::StrCat("weight ", ToString(weight.shape), " has no elements"));
  }
  conv.output.assign(2, 0);
  ASSIGN_OR_RETURN(conv.output[0], OutputSize(call, "h", input.shape[2], conv.kernel[0]));
  ASSIGN_OR_RETURN(conv.output[1], OutputSize(call, "w", input.shape[3], conv.kernel[1]));
  const Checked samples = Checked(conv.kernel[0]) * conv.kernel[1] * geometry.offset_groups;
  ASSIGN_OR_RETURN(const int64_t masks, samples.Value("samples"));
  ASSIGN_OR_RETURN(const int64_t offsets, (samples * 2).Value("offsets"));
  const auto field = [&](int64_t channels) {
    return Shape{conv.batch, channels, conv.output[0], conv.output[1]};
  };
  RETURN_IF_ERROR(CheckShape(*call.inputs[2], "offset", field(offsets)));
  if (geometry.use_mask) RETURN_IF_ERROR(CheckShape(*call.inputs[3], "mask", field(masks)));
  RETURN_IF_ERROR(CheckShape(*call.inputs[4], "bias", {conv.out_channels}));
  return geometry;
}

InferResult InferDeformConv2d(const OpCall& call) {
  ASSIGN_OR_RETURN(const Geometry geometry, ReadDeformConv2d(call));
  const ConvGeometry& conv = geometry.conv;
  return TensorTypes{
      {call.inputs[0]->dtype, {conv.batch, conv.out_channels, conv.output[0], conv.output[1]}}};
}

absl::StatusOr<OpCost> CostDeformConv2d(const OpCall& call) {
  ASSIGN_OR_RETURN(const Geometry geometry, ReadDeformConv2d(call));
  const ConvGeometry& conv = geometry.conv;
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked positions = Checked(conv.batch) * conv.output[0] * conv.output[1];
  const Checked window = Checked(conv.kernel[0]) * conv.kernel[1];
  const Checked macs = positions * conv.out_channels * window * (conv.in_channels / conv.groups);
  const Checked samples = positions * conv.in_channels * window;
  ASSIGN_OR_RETURN(cost.macs, macs.Value("MACs"));
  ASSIGN_OR_RETURN(
      cost.flops, (macs * 2 + positions * conv.out_channels + samples * (geometry.use_mask ? 8 : 7))
                      .Value("FLOPs"));
  cost.mac_class = ClassOf(conv);
  return cost;
}

}  // namespace

std::vector<OpDef> DeformableOps() {
  return {{"deform_conv2d",
           "deformable convolution",
           "Convolution whose kernel elements lie where offsets say, weighted by a mask where "
           "use_mask. MACs: as a convolution; FLOPs: two a MAC, one addition an output for the "
           "bias, and for each sample 7 between four elements, 1 more with the mask.",
           {"input", "weight", "offset", "mask", "bias"},
           InferDeformConv2d,
           CostDeformConv2d,
           SavesInputs}};
}

}  // namespace latcast::ops
