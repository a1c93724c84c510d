// Copies that move elements between channels and positions.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

TensorTypes Rearranged(const Value& input, Shape shape) {
  return {{input.dtype, std::move(shape)}};
}

absl::StatusOr<int64_t> ReadFactor(const OpCall& call, std::string_view name) {
  ASSIGN_OR_RETURN(const int64_t factor, graph::GetInt(call.op.attributes, name));
  if (factor >= 1) return factor;
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": ", factor, ", at least 1 expected"));
}

absl::Status CheckDivides(int64_t factor, int64_t size, std::string_view what) {
  if (size % factor == 0) return absl::OkStatus();
  return Refuse(absl::StrCat(size, " ", ToAbsl(what), " are no multiple of ", factor));
}

InferResult InferPixelShuffle(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t factor, ReadFactor(call, "upscale_factor"));
  ASSIGN_OR_RETURN(const int64_t square,
                   (Checked(factor) * factor).Value("upscale_factor squared"));
  Shape shape = input->shape;
  const size_t rank = shape.size();
  RETURN_IF_ERROR(CheckDivides(square, shape[rank - 3], "channels"));
  shape[rank - 3] /= square;
  for (const size_t i : {rank - 2, rank - 1}) {
    ASSIGN_OR_RETURN(shape[i], (Checked(shape[i]) * factor).Value("the larger image"));
  }
  return Rearranged(*input, std::move(shape));
}

InferResult InferPixelUnshuffle(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t factor, ReadFactor(call, "downscale_factor"));
  Shape shape = input->shape;
  const size_t rank = shape.size();
  for (const size_t i : {rank - 2, rank - 1}) {
    RETURN_IF_ERROR(CheckDivides(factor, shape[i], "rows or columns"));
    shape[i] /= factor;
  }
  ASSIGN_OR_RETURN(shape[rank - 3],
                   (Checked(shape[rank - 3]) * factor * factor).Value("the channels"));
  return Rearranged(*input, std::move(shape));
}

InferResult InferChannelShuffle(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, SIZE_MAX));
  ASSIGN_OR_RETURN(const int64_t groups, ReadFactor(call, "groups"));
  RETURN_IF_ERROR(CheckDivides(groups, input->shape[1], "channels"));
  return SameAsFirst(call);
}

// The windows of im2col and col2im.
struct Windows {
  int64_t count = 0;
  int64_t elements = 0;  // of one channel in a window
};

absl::StatusOr<int64_t> StartsOf(int64_t size, int64_t kernel, int64_t dilation, int64_t padding,
                                 int64_t stride) {
  const Checked room = Checked(size) + padding + padding - (Checked(kernel - 1) * dilation + 1);
  ASSIGN_OR_RETURN(const int64_t last, room.Value("padded input"));
  if (last >= 0) return last / stride + 1;
  return Refuse(absl::StrCat("a window of ", kernel, " with dilation ", dilation,
                             " does not fit in ", size, " padded by ", padding));
}

absl::StatusOr<Windows> ReadWindows(const OpCall& call, const Sizes& image) {
  const graph::Attributes& attributes = call.op.attributes;
  ASSIGN_OR_RETURN(const Sizes kernel, GetSizes(attributes, "kernel_size", 2, 1));
  ASSIGN_OR_RETURN(const Sizes dilation, GetSizes(attributes, "dilation", 2, 1, 1));
  ASSIGN_OR_RETURN(const Sizes padding, GetSizes(attributes, "padding", 2, 0, 0));
  ASSIGN_OR_RETURN(const Sizes stride, GetSizes(attributes, "stride", 2, 1, 1));
  Checked count = 1;
  for (size_t i = 0; i < 2; ++i) {
    ASSIGN_OR_RETURN(const int64_t starts,
                     StartsOf(image[i], kernel[i], dilation[i], padding[i], stride[i]));
    count *= starts;
  }
  Windows windows;
  ASSIGN_OR_RETURN(windows.count, count.Value("windows"));
  ASSIGN_OR_RETURN(windows.elements, Elements(kernel).Value("elements of a window"));
  return windows;
}

// Every dimension but the batch must have entries.
absl::Status CheckFilled(const Value& input, size_t batch_rank) {
  for (size_t i = input.shape.size() == batch_rank ? 1 : 0; i < input.shape.size(); ++i) {
    if (input.shape[i] == 0) {
      return Refuse(absl::StrCat("input ", ToString(input.shape), " is empty"));
    }
  }
  return absl::OkStatus();
}

InferResult InferIm2col(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 4));
  RETURN_IF_ERROR(CheckFilled(*input, 4));
  Shape shape = input->shape;
  const size_t channel = shape.size() - 3;
  ASSIGN_OR_RETURN(const Windows windows,
                   ReadWindows(call, {shape[channel + 1], shape[channel + 2]}));
  ASSIGN_OR_RETURN(shape[channel],
                   (Checked(shape[channel]) * windows.elements).Value("elements of a column"));
  shape[channel + 1] = windows.count;
  shape.pop_back();
  return Rearranged(*input, std::move(shape));
}

InferResult InferCol2im(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, 3));
  RETURN_IF_ERROR(CheckFilled(*input, 3));
  ASSIGN_OR_RETURN(const Sizes image, GetSizes(call.op.attributes, "output_size", 2, 1));
  ASSIGN_OR_RETURN(const Windows windows, ReadWindows(call, image));
  Shape shape = input->shape;
  const size_t channel = shape.size() - 2;
  RETURN_IF_ERROR(CheckDivides(windows.elements, shape[channel], "elements of a column"));
  if (shape[channel + 1] != windows.count) {
    return Refuse(absl::StrCat(shape[channel + 1], " columns, an image of ", ToString(image),
                               " has ", windows.count, " windows"));
  }
  shape[channel] /= windows.elements;
  shape.pop_back();
  shape.insert(shape.end(), image.begin(), image.end());
  return Rearranged(*input, std::move(shape));
}

absl::StatusOr<OpCost> CostCol2im(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.flops, Elements(input->shape).Value("FLOPs"));
  return cost;
}

}  // namespace

std::vector<OpDef> RearrangementOps() {
  constexpr std::string_view kFamily = "rearrangement";
  struct Row {
    std::string_view type;
    std::string_view doc;
    InferFn infer;
    CostFn cost = MoveCost;
  };
  constexpr Row kRows[] = {
      {"pixel_shuffle",
       "Channels become pixels: upscale_factor squared of them a larger image. A copy; no FLOPs.",
       InferPixelShuffle},
      {"pixel_unshuffle",
       "Pixels become channels: downscale_factor squared times as many. A copy; no FLOPs.",
       InferPixelUnshuffle},
      {"channel_shuffle", "The channels of `groups` groups in turn. A copy; no FLOPs.",
       InferChannelShuffle},
      {"im2col", "The elements of every sliding window as a column. A copy; no FLOPs.",
       InferIm2col},
      {"col2im",
       "Columns added up where their windows lie in an image. FLOPs: one addition an input "
       "element.",
       InferCol2im, CostCol2im},
  };
  std::vector<OpDef> defs;
  for (const Row& row : kRows) {
    defs.push_back({row.type, kFamily, row.doc, {"input"}, row.infer, row.cost, SavesNothing});
  }
  return defs;
}

}  // namespace latcast::ops
