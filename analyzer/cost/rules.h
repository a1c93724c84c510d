// Costs that the user supplies: for operators nobody knows, and for modules whose operators should
// not be counted one by one. A rules file is JSON:
//
//   {
//     "schema_version": 1,
//     "ops": {
//       "mylib.deform_attn.default": {"macs": "out0.numel * in0.shape[-1] * attr.points"}
//     },
//     "modules": {
//       "SparseLinear": {"macs": "out0.numel * attr.nonzeros_a_row", "flops": "2 * params",
//                        "bytes_read": "in0.bytes + 4 * params", "kernels": "1"}
//     }
//   }
//
// The formulas are expressions (expression.h). `macs` is required; `flops` is two a MAC unless
// given; bytes are every tensor once unless given; one kernel unless given. A rule for an operator
// comes before the built-in one. A rule for a module class stands for everything that runs inside
// its calls: the first operator inside carries the cost, the others cost nothing; a call inside
// another ruled call is part of that one.
#ifndef LATCAST_ANALYZER_COST_RULES_H_
#define LATCAST_ANALYZER_COST_RULES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/cost/expression.h"
#include "analyzer/graph/graph.h"
#include "analyzer/ops/op_def.h"

namespace latcast::cost {

struct CostRule {
  Expression macs;
  std::optional<Expression> flops = {};
  std::optional<Expression> bytes_read = {};
  std::optional<Expression> bytes_written = {};
  std::optional<Expression> kernels = {};
};

struct Rules {
  std::map<std::string, CostRule, std::less<>> ops;      // by operator type
  std::map<std::string, CostRule, std::less<>> modules;  // by class name

  bool empty() const { return ops.empty() && modules.empty(); }
};

// INVALID_ARGUMENT naming the entry, the formula and the column; FAILED_PRECONDITION for a newer
// schema version.
absl::StatusOr<Rules> ParseRules(std::string_view json);

// The cost of an operator, or of a module call, by a rule. INVALID_ARGUMENT or OUT_OF_RANGE with
// the formula in front, also when a formula gives a negative number.
absl::StatusOr<ops::OpCost> CostByRule(const CostRule& rule, const graph::Graph& graph,
                                       const graph::Op& op);
absl::StatusOr<ops::OpCost> CostByRule(const CostRule& rule, const graph::Graph& graph,
                                       graph::CallId call);

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_RULES_H_
