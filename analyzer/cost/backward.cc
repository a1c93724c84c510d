#include "analyzer/cost/backward.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/recurrent.h"
#include "analyzer/ops/rule.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::cost {
namespace {

using graph::Graph;
using graph::Op;
using graph::ValueKind;

// The positions of the two factors an operator multiplies.
struct Factors {
  std::string_view type;
  size_t first;
  size_t second;
};

constexpr Factors kFactors[] = {
    {"conv1d", 0, 1},
    {"conv2d", 0, 1},
    {"conv3d", 0, 1},
    {"conv_transpose1d", 0, 1},
    {"conv_transpose2d", 0, 1},
    {"conv_transpose3d", 0, 1},
    {"linear", 0, 1},
    {"matmul", 0, 1},
    {"bmm", 0, 1},
    {"addmm", 1, 2},
    {"baddbmm", 1, 2},
};

constexpr std::string_view kAttention = "scaled_dot_product_attention";

const Factors* FactorsOf(std::string_view type) {
  const auto* it = std::find_if(std::begin(kFactors), std::end(kFactors),
                                [type](const Factors& factors) { return factors.type == type; });
  return it == std::end(kFactors) ? nullptr : it;
}

// MACs of Q K^T and of the product with V. Query B x ... x Sq x D, value ... x Sk x Dv: they share
// the forward's MACs in the proportion D : Dv.
std::pair<int64_t, int64_t> SplitAttention(const Graph& graph, const Op& op, int64_t macs) {
  const int64_t query = graph.value(op.inputs[0]).shape.back();
  const int64_t value = graph.value(op.inputs[2]).shape.back();
  if (query + value == 0) return {0, 0};
  const int64_t scores = macs / (query + value) * query;  // divides: macs = n (query + value)
  return {scores, macs - scores};
}

// Backward MACs of one operator, product by product.
class Products {
 public:
  Products(const Graph& graph, const Op& op, const GradientNeed& need)
      : graph_(graph), op_(op), need_(need) {}

  bool Wants(size_t position) const { return need_.Wants(position); }
  // The product for the gradient of the input at `position`, if it is wanted.
  void Add(size_t position, int64_t macs) {
    if (!Wants(position)) return;
    const bool is_parameter = graph_.value(op_.inputs[position]).kind == ValueKind::kParameter;
    (is_parameter ? sum_.weight_macs : sum_.activation_macs) += macs;
  }
  // A product for gradients on the way to several inputs.
  void AddShared(int64_t macs) { sum_.activation_macs += macs; }

  const BackwardSum& sum() const { return sum_; }

 private:
  const Graph& graph_;
  const Op& op_;
  const GradientNeed& need_;
  BackwardSum sum_;
};

void AddAttention(const Graph& graph, const Op& op, int64_t macs, Products& products) {
  const auto [scores, weighted] = SplitAttention(graph, op, macs);
  products.Add(0, scores);
  products.Add(1, scores);
  products.Add(2, weighted);
  if (products.Wants(0) || products.Wants(1)) products.AddShared(weighted);
}

// The gradients of input, offsets and mask go through that of the sampled columns.
void AddDeformable(int64_t macs, Products& products) {
  products.Add(1, macs);
  if (products.Wants(0) || products.Wants(2) || products.Wants(3)) products.AddShared(macs);
}

// Every matrix is multiplied once a step, sample and direction: forward, into its gradient, and
// into the gradient of what it was multiplied with, which is wanted for all but the input of the
// first layer.
void AddRecurrent(const Graph& graph, const Op& op, const ops::RecurrentKind& kind, int64_t macs,
                  Products& products) {
  const auto is_matrix = [&](size_t i) {
    return op.inputs[i] != graph::kNone && graph.value(op.inputs[i]).shape.size() == 2;
  };
  const auto elements = [&](size_t i) {
    const graph::Shape& shape = graph.value(op.inputs[i]).shape;
    return shape[0] * shape[1];
  };
  const auto first = static_cast<size_t>(1 + kind.states);
  int64_t all = 0;
  for (size_t i = first; i < op.inputs.size(); ++i) all += is_matrix(i) ? elements(i) : 0;
  if (all == 0) return;
  const int64_t positions = macs / all;  // divides
  for (size_t i = first; i < op.inputs.size(); ++i) {
    if (is_matrix(i)) products.Add(i, positions * elements(i));
  }
  products.AddShared(macs);
  if (products.Wants(0)) return;
  const absl::StatusOr<bool> both = graph::GetBool(op.attributes, "bidirectional", false);
  const int64_t directions = both.ok() && *both ? 2 : 1;
  products.AddShared(-positions * elements(first) * directions);
}

// nullopt where nobody wrote down a rule.
std::optional<BackwardSum> Backward(const Graph& graph, const Op& op, const GradientNeed& need,
                                    int64_t macs) {
  Products products(graph, op, need);
  if (!need.any || macs == 0) return products.sum();
  const ops::RecurrentKind* layer = ops::FindRecurrentKind(op.type);
  const ops::RecurrentKind* recurrent =
      layer != nullptr ? layer : ops::FindRecurrentKind(op.type, /*cell=*/true);
  if (op.type == kAttention) {
    AddAttention(graph, op, macs, products);
  } else if (op.type == "deform_conv2d") {
    AddDeformable(macs, products);
  } else if (recurrent != nullptr) {
    AddRecurrent(graph, op, *recurrent, macs, products);
  } else if (const Factors* factors = FactorsOf(op.type); factors != nullptr) {
    products.Add(factors->first, macs);
    products.Add(factors->second, macs);
  } else {
    return std::nullopt;
  }
  return products.sum();
}

absl::Status Accumulate(const BackwardSum& part, BackwardSum& sum) {
  const Checked activation = Checked(sum.activation_macs) + part.activation_macs;
  const Checked weight = Checked(sum.weight_macs) + part.weight_macs;
  RETURN_IF_ERROR((activation + weight).Value("the sum of backward MACs").status());
  sum.activation_macs += part.activation_macs;
  sum.weight_macs += part.weight_macs;
  if (part.completeness == Completeness::kPartial) sum.completeness = Completeness::kPartial;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BackwardCost> ComputeBackward(const Graph& graph, const GraphCost& forward) {
  const std::vector<GradientNeed> needs = GradientFlow(graph);
  BackwardCost result;
  result.ops.resize(graph.ops.size());
  result.calls.resize(graph.calls.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (forward.ops[i]) {
      const int64_t macs = forward.ops[i]->macs;
      RETURN_IF_ERROR(Annotate((Checked(macs) * 4).Value("backward MACs").status(),
                               [&] { return ops::Place(i, op); }));
      result.ops[i] = Backward(graph, op, needs[i], macs);
    } else if (!needs[i].any) {
      result.ops[i] = BackwardSum{};
    }
    const BackwardSum unknown{.completeness = Completeness::kPartial};
    RETURN_IF_ERROR(Annotate(
        Accumulate(result.ops[i].value_or(unknown), result.calls[static_cast<size_t>(op.call)]),
        [&] { return ops::Place(i, op); }));
  }
  // Parents come before children: from the back, every call is complete when it is added.
  for (size_t i = graph.calls.size(); i-- > 1;) {
    const auto parent = static_cast<size_t>(graph.calls[i].parent);
    RETURN_IF_ERROR(
        Annotate(Accumulate(result.calls[i], result.calls[parent]),
                 absl::StrCat("module call ", parent, " '", graph.calls[parent].path, "'")));
  }
  result.total = result.calls.front();
  return result;
}

absl::StatusOr<int64_t> TrainingMacs(const GraphCost& forward, const BackwardCost& backward,
                                     bool checkpointing) {
  const Checked passes = Checked(forward.total.macs) * (checkpointing ? 2 : 1);
  return (passes + backward.total.macs()).Value("MACs of a training step");
}

}  // namespace latcast::cost
