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

using graph::Shape;
using graph::Value;

constexpr size_t kMask = 3;

struct Attention {
  Shape scores;  // batch, heads, ..., queries, keys
  int64_t depth = 0;
  int64_t value_depth = 0;
};

Shape BatchOf(const Value& value) { return Shape(value.shape.begin(), value.shape.end() - 2); }

// Grouped queries: a key serves as many heads of the query as it takes.
absl::StatusOr<Shape> GroupedBatch(const Value& query, const Value& other, std::string_view name) {
  Shape batch = BatchOf(other);
  if (query.shape.size() < 3 || batch.empty()) {
    return Refuse("enable_gqa: heads are needed, a third dimension from the end");
  }
  const int64_t heads = query.shape[query.shape.size() - 3];
  if (batch.back() < 1 || heads % batch.back() != 0) {
    return Refuse(absl::StrCat("enable_gqa: ", batch.back(), " heads of the ", ToAbsl(name),
                               " do not divide ", heads, " of the query"));
  }
  batch.back() = heads;
  return batch;
}

absl::Status CheckMask(const Value& mask, const Value& query, const Shape& scores) {
  if (mask.dtype != graph::DType::kBool) RETURN_IF_ERROR(CheckSameType(query, mask));
  ASSIGN_OR_RETURN(const Shape masked, Broadcast(scores, mask.shape));
  if (masked == scores) return absl::OkStatus();
  return Refuse(
      absl::StrCat("attn_mask ", ToString(mask.shape), " does not fit scores ", ToString(scores)));
}

absl::StatusOr<Attention> ReadAttention(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* query, call.Input(0));
  ASSIGN_OR_RETURN(const Value* key, call.Input(1));
  ASSIGN_OR_RETURN(const Value* value, call.Input(2));
  RETURN_IF_ERROR(CheckRank(*query, "query", 2, SIZE_MAX));
  RETURN_IF_ERROR(CheckRank(*key, "key", 2, SIZE_MAX));
  RETURN_IF_ERROR(CheckRank(*value, "value", 2, SIZE_MAX));
  RETURN_IF_ERROR(CheckSameType(*query, *key));
  RETURN_IF_ERROR(CheckSameType(*query, *value));
  Attention attention;
  attention.depth = query->shape.back();
  attention.value_depth = value->shape.back();
  if (key->shape.back() != attention.depth) {
    return Refuse(absl::StrCat("query ", ToString(query->shape), " and key ", ToString(key->shape),
                               ": depths ", attention.depth, " and ", key->shape.back(),
                               " differ"));
  }
  const int64_t keys = key->shape[key->shape.size() - 2];
  if (value->shape[value->shape.size() - 2] != keys) {
    return Refuse(absl::StrCat("value ", ToString(value->shape), ", ", keys,
                               " positions expected, one a key"));
  }
  ASSIGN_OR_RETURN(const bool grouped, graph::GetBool(call.op.attributes, "enable_gqa", false));
  Shape key_batch = BatchOf(*key);
  Shape value_batch = BatchOf(*value);
  if (grouped) {
    ASSIGN_OR_RETURN(key_batch, GroupedBatch(*query, *key, "key"));
    ASSIGN_OR_RETURN(value_batch, GroupedBatch(*query, *value, "value"));
  }
  ASSIGN_OR_RETURN(attention.scores, Broadcast(BatchOf(*query), key_batch));
  ASSIGN_OR_RETURN(attention.scores, Broadcast(attention.scores, value_batch));
  attention.scores.push_back(query->shape[query->shape.size() - 2]);
  attention.scores.push_back(keys);
  if (const Value* mask = Optional(call, kMask); mask != nullptr) {
    RETURN_IF_ERROR(CheckMask(*mask, *query, attention.scores));
  }
  return attention;
}

InferResult InferAttention(const OpCall& call) {
  ASSIGN_OR_RETURN(const Attention attention, ReadAttention(call));
  Shape shape = attention.scores;
  shape.back() = attention.value_depth;
  return TensorTypes{{call.inputs[0]->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> CostAttention(const OpCall& call) {
  ASSIGN_OR_RETURN(const Attention attention, ReadAttention(call));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked scores = Elements(attention.scores);
  const Checked macs = scores * (Checked(attention.depth) + attention.value_depth);
  ASSIGN_OR_RETURN(cost.macs, macs.Value("MACs"));
  const int64_t score_flops = 6 + (Optional(call, kMask) != nullptr ? 1 : 0);
  ASSIGN_OR_RETURN(cost.flops, (macs * 2 + scores * score_flops).Value("FLOPs"));
  cost.mac_class = MacClass::kMatmul;
  return cost;
}

// Operands and output, and the logarithm of every row's sum; not the scores.
absl::StatusOr<Saved> SavedByAttention(const OpCall& call) {
  ASSIGN_OR_RETURN(const Attention attention, ReadAttention(call));
  ASSIGN_OR_RETURN(Saved saved, SavesInputsAndOutput(call));
  const Checked rows = Elements(Shape(attention.scores.begin(), attention.scores.end() - 1));
  ASSIGN_OR_RETURN(saved.extra_bytes, StatisticsBytes(*call.inputs[0], rows));
  return saved;
}

}  // namespace

std::vector<OpDef> AttentionOps() {
  return {{"scaled_dot_product_attention",
           "attention",
           "softmax(query key^T scale + attn_mask) value in one kernel that keeps no scores. MACs: "
           "depth of the keys + depth of the values, for every score, not halved where is_causal; "
           "FLOPs: two a MAC, 6 a score (scale and softmax), 1 more for a mask.",
           {"query", "key", "value", "attn_mask?"},
           InferAttention,
           CostAttention,
           SavedByAttention}};
}

}  // namespace latcast::ops
