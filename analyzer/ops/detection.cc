// Operators of detectors: boxes suppressed, and the features in boxes sampled.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::DType;
using graph::Shape;
using graph::Value;

// A value between four elements: their products with four weights, added up.
constexpr int64_t kFlopsOfASample = 7;
// Two boxes: the overlap's corners (4) and area (5), its share of the union (3), the threshold.
constexpr int64_t kFlopsOfAPair = 13;
constexpr int64_t kFlopsOfAnArea = 3;

absl::StatusOr<int64_t> ReadSize(const OpCall& call, std::string_view name) {
  ASSIGN_OR_RETURN(const int64_t size, graph::GetInt(call.op.attributes, name));
  if (size >= 1) return size;
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": ", size, ", at least 1 expected"));
}

// Boxes are rows of `columns` numbers.
absl::Status CheckBoxes(const Value& boxes, std::string_view name, int64_t columns) {
  if (boxes.shape.size() == 2 && boxes.shape[1] == columns) return absl::OkStatus();
  return Refuse(absl::StrCat(ToAbsl(name), " ", ToString(boxes.shape), ", boxes of ", columns,
                             " numbers expected"));
}

// One image of pooled_height x pooled_width for every box; of `parts` each element has channels of
// its own.
absl::StatusOr<Shape> PooledShape(const OpCall& call, bool parts) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* boxes, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 4, 4));
  RETURN_IF_ERROR(CheckBoxes(*boxes, "rois", 5));
  RETURN_IF_ERROR(CheckSameType(*input, *boxes));
  ASSIGN_OR_RETURN(const int64_t height, ReadSize(call, "pooled_height"));
  ASSIGN_OR_RETURN(const int64_t width, ReadSize(call, "pooled_width"));
  ASSIGN_OR_RETURN(const int64_t area, (Checked(height) * width).Value("elements of a box"));
  const int64_t channels = input->shape[1];
  if (parts && channels % area != 0) {
    return Refuse(absl::StrCat(channels, " channels for the ", area, " parts of a box"));
  }
  return Shape{boxes->shape[0], parts ? channels / area : channels, height, width};
}

InferResult InferRoiAlign(const OpCall& call) {
  ASSIGN_OR_RETURN(Shape shape, PooledShape(call, false));
  return TensorTypes{{call.inputs[0]->dtype, std::move(shape)}};
}

// The second result says where the first one came from.
template <bool kParts>
InferResult InferPositioned(const OpCall& call) {
  ASSIGN_OR_RETURN(Shape shape, PooledShape(call, kParts));
  return TensorTypes{{call.inputs[0]->dtype, shape}, {DType::kInt32, shape}};
}

// How many samples a bin takes where the boxes decide is unknown: one at least.
absl::StatusOr<OpCost> CostSampled(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t ratio, graph::GetInt(call.op.attributes, "sampling_ratio", -1));
  const int64_t side = std::max<int64_t>(ratio, 1);
  ASSIGN_OR_RETURN(const int64_t flops,
                   (Checked(side) * side * (kFlopsOfASample + 1)).Value("FLOPs of a bin"));
  return ElementwiseCost(call, flops);
}

absl::StatusOr<OpCost> CostPooled(const OpCall& call) { return ElementwiseCost(call, 1); }

InferResult InferNms(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* boxes, call.Input(0));
  ASSIGN_OR_RETURN(const Value* scores, call.Input(1));
  RETURN_IF_ERROR(CheckBoxes(*boxes, "dets", 4));
  if (scores->shape != Shape{boxes->shape[0]}) {
    return Refuse(
        absl::StrCat("scores ", ToString(scores->shape), " for ", boxes->shape[0], " boxes"));
  }
  ASSIGN_OR_RETURN(const int64_t count, GetCount(call, "count"));
  if (count > boxes->shape[0]) {
    return Refuse(absl::StrCat("attribute count: ", count, " of ", boxes->shape[0], " boxes"));
  }
  return TensorTypes{{DType::kInt64, {count}}};
}

absl::StatusOr<OpCost> CostNms(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* boxes, call.Input(0));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const int64_t n = boxes->shape[0];
  // One of n and n - 1 is even: halved first, so that only a product that does not fit overflows.
  const Checked pairs = n % 2 == 0 ? Checked(n / 2) * (n - 1) : Checked(n) * ((n - 1) / 2);
  ASSIGN_OR_RETURN(cost.flops,
                   (pairs * kFlopsOfAPair + Checked(n) * kFlopsOfAnArea).Value("FLOPs"));
  return cost;
}

Pinned PinsBoxes(const OpCall&) { return {3, kSizeDependsOnData}; }

absl::StatusOr<Saved> SavesBoxes(const OpCall&) { return Saved{.inputs = 2}; }
absl::StatusOr<Saved> SavesBoxesAndPositions(const OpCall&) {
  return Saved{.inputs = 2, .outputs = 2};
}

}  // namespace

std::vector<OpDef> DetectionOps() {
  constexpr std::string_view kFamily = "detection";
  struct Row {
    std::string_view type;
    std::string_view doc;
    std::vector<std::string_view> inputs;
    InferFn infer;
    CostFn cost;
    SavedFn saved;
    PinnedFn pinned = nullptr;
  };
  const Row rows[] = {
      {"roi_align",
       "Averages of sampled features in a grid over each box. FLOPs: 8 a sample (7 between four "
       "elements, 1 of the average), sampling_ratio squared of them an output element; one where "
       "the boxes decide, a lower bound.",
       {"input", "rois"},
       InferRoiAlign,
       CostSampled,
       SavesBoxes},
      {"ps_roi_align",
       "roi_align with channels of its own for every element of the grid. FLOPs: as roi_align.",
       {"input", "rois"},
       InferPositioned<true>,
       CostSampled,
       SavesBoxesAndPositions},
      {"roi_pool",
       "Maxima of the features in a grid over each box. FLOPs: 1 an output element, a lower bound: "
       "the boxes decide.",
       {"input", "rois"},
       InferPositioned<false>,
       CostPooled,
       SavesBoxesAndPositions},
      {"ps_roi_pool",
       "Averages of the features in a grid over each box, with channels of its own for every "
       "element. FLOPs: as roi_pool.",
       {"input", "rois"},
       InferPositioned<true>,
       CostPooled,
       SavesBoxesAndPositions},
      {"nms",
       "The `count` boxes that overlap no better one by more than iou_threshold. FLOPs: 3 a box "
       "and "
       "13 for every pair of boxes, an upper bound: suppressed ones are not compared again.",
       {"dets", "scores"},
       InferNms,
       CostNms,
       SavesNothing,
       PinsBoxes},
  };
  std::vector<OpDef> defs;
  for (const Row& row : rows) {
    defs.push_back({row.type, kFamily, row.doc, row.inputs, row.infer, row.cost, row.saved, false,
                    row.pinned});
  }
  return defs;
}

}  // namespace latcast::ops
