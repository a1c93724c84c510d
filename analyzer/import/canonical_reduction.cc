// What reduces dimensions to one number each, and what runs along one.
#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Op;

bool MaximumOfTwo(const Context&, Op& op) {
  if (op.inputs.size() == 2) op.type = "maximum";
  return true;
}

bool MinimumOfTwo(const Context&, Op& op) {
  if (op.inputs.size() == 2) op.type = "minimum";
  return true;
}

// unbiased is a correction by one observation.
bool Correction(const Context&, Op& op) {
  const auto unbiased = op.attributes.find("unbiased");
  if (unbiased == op.attributes.end()) return true;
  const bool* by_one = std::get_if<bool>(&unbiased->second);
  if (by_one == nullptr) return false;
  op.attributes["correction"] = int64_t{*by_one ? 1 : 0};
  op.attributes.erase("unbiased");
  return true;
}

bool NormOrder(const Context&, Op& op) {
  Rename(op, "p", "ord");
  return true;
}

// The norm of a vector, or without an order that of all elements; with one, two dimensions are a
// matrix, which has another norm.
bool VectorNorm(const Context& context, Op& op) {
  const auto order = op.attributes.find("ord");
  if (order == op.attributes.end()) return true;
  if (std::holds_alternative<std::string>(order->second)) return false;
  const auto dim = op.attributes.find("dim");
  if (dim == op.attributes.end()) return context.HasRank(op, 0, 1);
  const auto* dims = std::get_if<std::vector<int64_t>>(&dim->second);
  return dims == nullptr || dims->size() == 1;
}

constexpr Rule kRules[] = {
    {"sum", "sum", {"dim", "keepdim", "dtype"}},
    {"nansum", "nansum", {"dim", "keepdim", "dtype"}},
    {"prod", "prod", {"dim", "keepdim", "dtype"}},
    {"mean", "mean", {"dim", "keepdim", "dtype"}},
    {"any", "any", {"dim", "keepdim"}},
    {"all", "all", {"dim", "keepdim"}},
    {"count_nonzero", "count_nonzero", {"dim"}},
    {"max", "max", {"dim", "keepdim"}, {}, MaximumOfTwo},
    {"min", "min", {"dim", "keepdim"}, {}, MinimumOfTwo},
    {"amax", "amax", {"dim", "keepdim"}},
    {"amin", "amin", {"dim", "keepdim"}},
    {"aminmax", "aminmax", {"dim", "keepdim"}},
    {"argmax", "argmax", {"dim", "keepdim"}},
    {"argmin", "argmin", {"dim", "keepdim"}},
    {"var", "var", {"dim", "correction", "keepdim"}, {}, Correction},
    {"std", "std", {"dim", "correction", "keepdim"}, {}, Correction},
    {"var_mean", "var_mean", {"dim", "correction", "keepdim"}, {}, Correction},
    {"std_mean", "std_mean", {"dim", "correction", "keepdim"}, {}, Correction},
    {"linalg_vector_norm", "linalg_vector_norm", {"ord", "dim", "keepdim", "dtype"}},
    {"norm", "linalg_vector_norm", {"ord", "dim", "keepdim", "dtype"}, {}, NormOrder},
    {"linalg_norm", "linalg_vector_norm", {"ord", "dim", "keepdim", "dtype"}, {}, VectorNorm},
    {"frobenius_norm", "linalg_vector_norm", {"dim", "keepdim"}},
    {"logsumexp", "logsumexp", {"dim", "keepdim"}},
    {"special_logsumexp", "logsumexp", {"dim", "keepdim"}},
    {"cumsum", "cumsum", {"dim", "dtype"}},
    {"cumprod", "cumprod", {"dim", "dtype"}},
    {"cummax", "cummax", {"dim"}},
    {"cummin", "cummin", {"dim"}},
    {"logcumsumexp", "logcumsumexp", {"dim"}},
};

}  // namespace

std::span<const Rule> ReductionRules() { return kRules; }

}  // namespace latcast::import
