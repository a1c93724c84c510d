// Rows of a table, looked up by their indices.
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
using graph::Value;

enum BagMode : int64_t { kSum, kMean, kMax };

absl::Status CheckIndices(const Value& value, std::string_view name) {
  if (value.dtype == DType::kInt64 || value.dtype == DType::kInt32) return absl::OkStatus();
  return Refuse(
      absl::StrCat(ToAbsl(name), " are ", ToAbsl(Name(value.dtype)), ", int64 or int32 expected"));
}

// MoveCost, but of the table only as many rows as there are indices, at most all of them.
absl::StatusOr<OpCost> LookupCost(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* table, call.Input(0));
  ASSIGN_OR_RETURN(const Value* indices, call.Input(1));
  ASSIGN_OR_RETURN(const int64_t lookups, Elements(indices->shape).Value("lookups"));
  Value rows = *table;
  rows.shape[0] = std::min(rows.shape[0], lookups);
  OpCall read = call;
  read.inputs[0] = &rows;
  return MoveCost(read);
}

InferResult InferEmbedding(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* table, call.Input(0));
  ASSIGN_OR_RETURN(const Value* indices, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*table, "weight", 2, 2));
  RETURN_IF_ERROR(CheckIndices(*indices, "indices"));
  graph::Shape shape = indices->shape;
  shape.push_back(table->shape[1]);
  return TensorTypes{{table->dtype, std::move(shape)}};
}

absl::StatusOr<Saved> SavedByEmbedding(const OpCall&) { return Saved{.inputs = 0b10}; }

absl::StatusOr<int64_t> Bags(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* offsets, call.Input(2));
  ASSIGN_OR_RETURN(const bool last,
                   graph::GetBool(call.op.attributes, "include_last_offset", false));
  if (last && offsets->shape[0] < 1) return Refuse("the last offset is missing");
  return offsets->shape[0] - (last ? 1 : 0);
}

absl::StatusOr<int64_t> GetMode(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t mode, graph::GetInt(call.op.attributes, "mode", kSum));
  if (mode >= kSum && mode <= kMax) return mode;
  return Refuse(absl::StrCat("attribute mode: ", mode, ", 0 (sum), 1 (mean) or 2 (max) expected"));
}

const Value* Weights(const OpCall& call) {
  return call.inputs.size() > 3 ? call.inputs[3] : nullptr;
}

InferResult InferEmbeddingBag(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* table, call.Input(0));
  ASSIGN_OR_RETURN(const Value* indices, call.Input(1));
  ASSIGN_OR_RETURN(const Value* offsets, call.Input(2));
  RETURN_IF_ERROR(CheckRank(*table, "weight", 2, 2));
  RETURN_IF_ERROR(CheckRank(*indices, "indices", 1, 1));
  RETURN_IF_ERROR(CheckRank(*offsets, "offsets", 1, 1));
  RETURN_IF_ERROR(CheckIndices(*indices, "indices"));
  RETURN_IF_ERROR(CheckIndices(*offsets, "offsets"));
  ASSIGN_OR_RETURN(const int64_t mode, GetMode(call));
  if (Weights(call) != nullptr) {
    if (mode != kSum) return Refuse("weights of samples go with mode 0 (sum) only");
    if (Weights(call)->shape != indices->shape) {
      return Refuse(absl::StrCat("per_sample_weights ", ToString(Weights(call)->shape), ", ",
                                 ToString(indices->shape), " expected"));
    }
  }
  ASSIGN_OR_RETURN(const int64_t bags, Bags(call));
  return TensorTypes{{table->dtype, {bags, table->shape[1]}}};
}

absl::StatusOr<OpCost> CostEmbeddingBag(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, LookupCost(call));
  ASSIGN_OR_RETURN(const int64_t mode, GetMode(call));
  Checked flops = Elements(call.inputs[1]->shape) * call.inputs[0]->shape[1];
  if (Weights(call) != nullptr) flops *= 2;
  if (mode == kMean) flops += cost.output_elements;
  ASSIGN_OR_RETURN(cost.flops, flops.Value("FLOPs"));
  return cost;
}

// Indices and offsets; in their type the size of every bag, the places of the maxima (one a bag
// where none are taken), and but for sums the bag of every index and one more.
absl::StatusOr<Saved> SavedByEmbeddingBag(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* table, call.Input(0));
  ASSIGN_OR_RETURN(const Value* indices, call.Input(1));
  ASSIGN_OR_RETURN(const Value* offsets, call.Input(2));
  ASSIGN_OR_RETURN(const int64_t mode, GetMode(call));
  ASSIGN_OR_RETURN(const int64_t bags, Bags(call));
  Checked extra = Elements(offsets->shape) + Checked(bags) * (mode == kMax ? table->shape[1] : 1);
  if (mode != kSum) extra += Elements(indices->shape) + 1;
  Saved saved{.inputs = 0b110};
  if (Weights(call) != nullptr) saved.inputs |= 0b1001;
  ASSIGN_OR_RETURN(saved.extra_bytes, (extra * ByteSize(indices->dtype)).Value("bytes saved"));
  return saved;
}

InferResult InferOneHot(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  if (input->dtype != DType::kInt64) return Refuse("classes are expected in int64");
  ASSIGN_OR_RETURN(const int64_t classes, graph::GetInt(call.op.attributes, "num_classes", -1));
  if (classes < 1) return Refuse("the number of classes must be given");
  graph::Shape shape = input->shape;
  shape.push_back(classes);
  return TensorTypes{{DType::kInt64, std::move(shape)}};
}

}  // namespace

std::vector<OpDef> EmbeddingOps() {
  constexpr std::string_view kFamily = "embedding";
  return {
      {"embedding",
       kFamily,
       "A row of the table for every index. Reads as many rows as there are indices, at most all; "
       "no FLOPs.",
       {"weight", "indices"},
       InferEmbedding,
       LookupCost,
       SavedByEmbedding},
      {"embedding_bag",
       kFamily,
       "Sum, mean or maximum of the rows of every bag of indices. FLOPs: 1 an element looked up, 2 "
       "with weights of samples, for a mean 1 an output element more.",
       {"weight", "indices", "offsets", "per_sample_weights?"},
       InferEmbeddingBag,
       CostEmbeddingBag,
       SavedByEmbeddingBag},
      {"one_hot",
       kFamily,
       "A 1 in the place of every class, 0 elsewhere. No FLOPs.",
       {"input"},
       InferOneHot,
       MoveCost,
       SavesNothing},
  };
}

}  // namespace latcast::ops
