// The operators that nearly every convolutional network is made of.
#include <optional>
#include <utility>

#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Attribute;
using graph::Op;
using graph::Shape;
using graph::ValueId;
using Ints = std::vector<int64_t>;

bool Hardtanh(const Context&, Op& op) {
  if (!IsNumber(op, "min_val", 0) || !IsNumber(op, "max_val", 6)) return true;
  op.type = "relu6";
  op.attributes.erase("min_val");
  op.attributes.erase("max_val");
  return true;
}

bool IdentityDropout(const Context&, Op& op) { return Is(op, "train", false); }

bool SwapAxes(const Context&, Op& op) {
  Rename(op, "axis0", "dim0");
  Rename(op, "axis1", "dim1");
  return true;
}

bool MatrixTranspose(const Context& context, Op& op) {
  op.attributes.emplace("dim0", int64_t{0});
  op.attributes.emplace("dim1", int64_t{1});
  return context.HasRank(op, 0, 2);
}

// The matrix whose transpose this value is.
std::optional<ValueId> TransposedFrom(const Context& context, ValueId id) {
  const Op* op = context.producer[static_cast<size_t>(id)];
  if (op == nullptr || !context.HasRank(*op, 0, 2)) return std::nullopt;
  const bool swaps = op->type == "transpose"
                         ? Is(*op, "dim0", int64_t{0}) && Is(*op, "dim1", int64_t{1})
                         : op->type == "permute" && Is(*op, "dims", Ints{1, 0});
  if (!swaps) return std::nullopt;
  return op->inputs[0];
}

// x W^T + b is linear(x, W, b).
bool AffineProduct(const Context& context, Op& op) {
  if (!IsNumber(op, "alpha", 1) || !IsNumber(op, "beta", 1)) return false;
  if (!context.HasRank(op, 0, 1) || op.inputs.size() != 3) return false;
  const std::optional<ValueId> weight = TransposedFrom(context, op.inputs[2]);
  if (!weight.has_value()) return false;
  op.inputs = {op.inputs[1], *weight, op.inputs[0]};
  op.attributes.erase("alpha");
  op.attributes.erase("beta");
  return true;
}

// x W^T is linear(x, W) for a parameter W.
bool Product(const Context& context, Op& op) {
  if (op.inputs.size() != 2 || op.inputs[1] == graph::kNone) return false;
  const std::optional<ValueId> weight = TransposedFrom(context, op.inputs[1]);
  if (weight.has_value() && context.graph.value(*weight).kind == graph::ValueKind::kParameter) {
    op.type = "linear";
    op.inputs[1] = *weight;
  }
  return true;
}

constexpr Rule kRules[] = {
    {"relu", "relu"},
    {"relu6", "relu6"},
    {"sigmoid", "sigmoid"},
    {"silu", "silu"},
    {"hardswish", "hardswish"},
    {"hardsigmoid", "hardsigmoid"},
    {"tanh", "tanh"},
    {"hardtanh", "hardtanh", {"min_val", "max_val"}, {}, Hardtanh},
    {"gelu", "gelu", {"approximate"}},
    {"leaky_relu", "leaky_relu", {"negative_slope"}},
    {"prelu", "prelu"},
    {"_prelu_kernel", "prelu"},
    {"add", "add", {"other", "alpha"}},
    {"sub", "sub", {"other", "alpha"}},
    {"mul", "mul", {"other"}},
    {"div", "div", {"other", "rounding_mode"}},
    {"linear", "linear"},
    {"addmm", "linear", {}, {}, AffineProduct},
    {"mm", "matmul", {}, {}, Product},
    {"bmm", "matmul"},
    {"matmul", "matmul", {}, {}, Product},
    {"flatten", "flatten", {"start_dim", "end_dim"}},
    {"view", "view", {"size", "dtype"}},
    {"_unsafe_view", "view", {"size"}},
    {"_reshape_alias", "view", {"size"}, {"stride"}},
    {"reshape", "reshape", {"shape"}},
    {"permute", "permute", {"dims"}},
    {"transpose", "transpose", {"dim0", "dim1"}},
    {"swapaxes", "transpose", {"dim0", "dim1"}, {}, SwapAxes},
    {"swapdims", "transpose", {"dim0", "dim1"}},
    {"t", "transpose", {"dim0", "dim1"}, {}, MatrixTranspose},
    {"contiguous", "contiguous", {}, {"memory_format"}},
    {"clone", "clone", {}, {"memory_format"}},
    {"dropout", "dropout", {"p", "train"}},
    {"feature_dropout", "dropout", {"p", "train"}, {}, IdentityDropout},
    {"alpha_dropout", "dropout", {"p", "train"}, {}, IdentityDropout},
    {"cat", "cat", {"dim"}},
    {"concat", "cat", {"dim"}},
    {"concatenate", "cat", {"dim"}},
};

}  // namespace

std::span<const Rule> CoreRules() { return kRules; }

}  // namespace latcast::import
