#include <array>

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

// Over the channels, inputs 1 to 4 of batch and instance normalization, 1 and 2 of the others.
constexpr std::array<std::string_view, 5> kNames = {"input", "weight", "bias", "running_mean",
                                                    "running_var"};

absl::Status CheckScales(const OpCall& call, const Shape& expected) {
  for (size_t i = 1; i < kNames.size(); ++i) {
    const Value* value = Optional(call, i);
    if (value == nullptr || value->shape == expected) continue;
    return Refuse(absl::StrCat(ToAbsl(kNames[i]), " ", ToString(value->shape), ", shape ",
                               ToString(expected), " expected"));
  }
  return absl::OkStatus();
}

// The input, whose second dimension is the channels, with scales that fit it.
absl::StatusOr<const Value*> ReadChannels(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, SIZE_MAX));
  RETURN_IF_ERROR(CheckScales(call, {input->shape[1]}));
  return input;
}

bool HasRunningStatistics(const OpCall& call) {
  return Optional(call, 3) != nullptr && Optional(call, 4) != nullptr;
}

InferResult InferBatchNorm(const OpCall& call) {
  RETURN_IF_ERROR(ReadChannels(call).status());
  ASSIGN_OR_RETURN(const bool training, graph::GetBool(call.op.attributes, "training", false));
  if (!training && !HasRunningStatistics(call)) {
    return Refuse("running_mean and running_var are needed outside training");
  }
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostBatchNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const bool training, graph::GetBool(call.op.attributes, "training", false));
  return ElementwiseCost(call, training ? 6 : 2);
}

// The input, the weight, the running statistics, and mean and inverse deviation of every channel.
absl::StatusOr<Saved> SavedByBatchNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, ReadChannels(call));
  ASSIGN_OR_RETURN(const int64_t bytes, StatisticsBytes(*input, Checked(input->shape[1]) * 2));
  return Saved{.inputs = PresentInputs(call, 0, 1) | PresentInputs(call, 3, 4),
               .extra_bytes = bytes};
}

InferResult InferInstanceNorm(const OpCall& call) {
  RETURN_IF_ERROR(ReadChannels(call).status());
  ASSIGN_OR_RETURN(const bool own, graph::GetBool(call.op.attributes, "use_input_stats", true));
  if (!own && !HasRunningStatistics(call)) {
    return Refuse("running_mean and running_var are needed without use_input_stats");
  }
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostInstanceNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const bool own, graph::GetBool(call.op.attributes, "use_input_stats", true));
  return ElementwiseCost(call, own ? 6 : 2);
}

// It runs as a batch normalization of one image with the channels of all: mean and inverse
// deviation of each, and the weight and the running statistics repeated for each image.
absl::StatusOr<Saved> SavedByInstanceNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, ReadChannels(call));
  const int64_t vectors =
      2 + (Optional(call, 1) != nullptr ? 1 : 0) + (HasRunningStatistics(call) ? 2 : 0);
  const Checked channels = Checked(input->shape[0]) * input->shape[1];
  ASSIGN_OR_RETURN(const int64_t bytes, StatisticsBytes(*input, channels * vectors));
  return Saved{.inputs = 1, .extra_bytes = bytes};
}

InferResult InferGroupNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, ReadChannels(call));
  ASSIGN_OR_RETURN(const int64_t groups, graph::GetInt(call.op.attributes, "num_groups"));
  if (groups < 1 || input->shape[1] % groups != 0) {
    return Refuse(
        absl::StrCat("num_groups ", groups, " does not divide ", input->shape[1], " channels"));
  }
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostGroupNorm(const OpCall& call) { return ElementwiseCost(call, 6); }

// The input, the weight, and mean and inverse deviation of every group of every image.
absl::StatusOr<Saved> SavedByGroupNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, ReadChannels(call));
  ASSIGN_OR_RETURN(const int64_t groups, graph::GetInt(call.op.attributes, "num_groups"));
  ASSIGN_OR_RETURN(const int64_t bytes,
                   StatisticsBytes(*input, Checked(input->shape[0]) * groups * 2));
  return Saved{.inputs = PresentInputs(call, 0, 1), .extra_bytes = bytes};
}

// The dimensions of layer and RMS normalization are the input's last.
absl::StatusOr<Shape> NormalizedShape(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(Shape shape, GetList(call.op.attributes, "normalized_shape"));
  const Shape& in = input->shape;
  if (shape.empty() || shape.size() > in.size() ||
      !std::equal(shape.begin(), shape.end(), in.end() - std::ssize(shape))) {
    return Refuse(absl::StrCat("input ", ToString(in), " does not end in normalized_shape ",
                               ToString(shape)));
  }
  return shape;
}

InferResult InferTrailingNorm(const OpCall& call) {
  ASSIGN_OR_RETURN(const Shape shape, NormalizedShape(call));
  RETURN_IF_ERROR(CheckScales(call, shape));
  return SameAsFirst(call);
}

int64_t ScaleFlops(const OpCall& call) {
  return (Optional(call, 1) != nullptr ? 1 : 0) + (Optional(call, 2) != nullptr ? 1 : 0);
}

absl::StatusOr<OpCost> CostLayerNorm(const OpCall& call) {
  return ElementwiseCost(call, 6 + ScaleFlops(call));
}

absl::StatusOr<OpCost> CostRmsNorm(const OpCall& call) {
  return ElementwiseCost(call, 3 + ScaleFlops(call));
}

// The input, weight and bias, and `vectors` statistics of every row that is normalized.
absl::StatusOr<Saved> SavedByRows(const OpCall& call, int64_t vectors) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Shape normalized, NormalizedShape(call));
  const Checked rows =
      Elements(Shape(input->shape.begin(), input->shape.end() - std::ssize(normalized)));
  ASSIGN_OR_RETURN(const int64_t bytes, StatisticsBytes(*input, rows * vectors));
  return Saved{.inputs = PresentInputs(call, 0, 2), .extra_bytes = bytes};
}

absl::StatusOr<Saved> SavedByLayerNorm(const OpCall& call) { return SavedByRows(call, 2); }
absl::StatusOr<Saved> SavedByRmsNorm(const OpCall& call) { return SavedByRows(call, 1); }

}  // namespace

std::vector<OpDef> NormalizationOps() {
  constexpr std::string_view kFamily = "normalization";
  return {
      {"batch_norm",
       kFamily,
       "Batch normalization over every dimension but the channels. FLOPs: 2 an element (scale "
       "and shift); in training 4 more for the statistics (a sum; a difference, a square and a "
       "sum). The update of the running statistics is not counted.",
       {"input", "weight?", "bias?", "running_mean?", "running_var?"},
       InferBatchNorm,
       CostBatchNorm,
       SavedByBatchNorm},
      {"instance_norm",
       kFamily,
       "Normalization of every channel of every image, with its own statistics or, without "
       "use_input_stats, running ones. FLOPs: 2 an element (scale and shift), 4 more for own "
       "statistics, as batch_norm.",
       {"input", "weight?", "bias?", "running_mean?", "running_var?"},
       InferInstanceNorm,
       CostInstanceNorm,
       SavedByInstanceNorm},
      {"group_norm",
       kFamily,
       "Normalization of num_groups groups of channels of every image. FLOPs: 6 an element: 4 for "
       "the statistics, 2 for scale and shift, as batch_norm in training.",
       {"input", "weight?", "bias?"},
       InferGroupNorm,
       CostGroupNorm,
       SavedByGroupNorm},
      {"layer_norm",
       kFamily,
       "Normalization over the last dimensions, normalized_shape. FLOPs: 6 an element (4 for the "
       "statistics, a difference, a scale), and 1 each for weight and bias.",
       {"input", "weight?", "bias?"},
       InferTrailingNorm,
       CostLayerNorm,
       SavedByLayerNorm},
      {"rms_norm",
       kFamily,
       "The input over its root mean square along the last dimensions, normalized_shape. FLOPs: 3 "
       "an element (a square, a sum, a scale), and 1 for the weight. Training keeps what the fused "
       "kernel keeps.",
       {"input", "weight?"},
       InferTrailingNorm,
       CostRmsNorm,
       SavedByRmsNorm},
  };
}

}  // namespace latcast::ops
