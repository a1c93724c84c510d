#include "analyzer/graph/verify.h"

#include <string>
#include <string_view>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/verify_sizes.h"
#include "base/checked.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::graph {
namespace {

class Verifier {
 public:
  Verifier(const Graph& graph, const GraphLimits& limits) : graph_(graph), limits_(limits) {}

  absl::Status Run() {
    RETURN_IF_ERROR(CheckSizes());
    RETURN_IF_ERROR(CheckValues());
    RETURN_IF_ERROR(CheckCalls());
    RETURN_IF_ERROR(CheckInputs());
    RETURN_IF_ERROR(CheckOps());
    for (const ValueId id : graph_.outputs) RETURN_IF_ERROR(CheckReadable(id, "graph output"));
    return VerifySizes(graph_, limits_);
  }

 private:
  static absl::Status Bad(std::string_view what) {
    return absl::InvalidArgumentError(ToAbsl(what));
  }

  absl::Status CheckSizes() const {
    const auto check = [](size_t size, size_t limit, std::string_view what) -> absl::Status {
      if (size <= limit) return absl::OkStatus();
      return absl::ResourceExhaustedError(
          absl::StrCat(size, " ", ToAbsl(what), ", at most ", limit, " are accepted"));
    };
    RETURN_IF_ERROR(check(graph_.ops.size(), limits_.max_ops, "operators"));
    RETURN_IF_ERROR(check(graph_.values.size(), limits_.max_values, "values"));
    return check(graph_.calls.size(), limits_.max_calls, "module calls");
  }

  bool Exists(ValueId id) const {
    return id >= 0 && static_cast<size_t>(id) < graph_.values.size();
  }

  absl::Status CheckValues() {
    std::unordered_set<std::string_view> names;
    ready_.assign(graph_.values.size(), false);
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      const std::string where = absl::StrCat("value ", i, " '", value.name, "'");
      if (value.name.empty()) return Bad(absl::StrCat(where, ": no name"));
      if (!names.insert(value.name).second) return Bad(absl::StrCat(where, ": name repeats"));
      if (value.storage < 0) return Bad(absl::StrCat(where, ": no storage"));
      if (static_cast<size_t>(value.storage) >= graph_.values.size()) {
        return Bad(absl::StrCat(where, ": storage ", value.storage, " of ", graph_.values.size(),
                                " values"));
      }
      if (value.shape.size() > limits_.max_rank) {
        return absl::ResourceExhaustedError(
            absl::StrCat(where, ": rank ", value.shape.size(), ", at most ", limits_.max_rank));
      }
      Checked bytes = ByteSize(value.dtype);
      for (const int64_t dim : value.shape) {
        if (dim < 0) return Bad(absl::StrCat(where, ": negative dimension ", dim));
        bytes *= dim;
      }
      RETURN_IF_ERROR(bytes.Value(absl::StrCat(where, ": size in bytes")).status());
      ready_[i] = value.kind == ValueKind::kParameter || value.kind == ValueKind::kBuffer ||
                  value.kind == ValueKind::kConstant;
    }
    return absl::OkStatus();
  }

  absl::Status CheckCalls() const {
    if (graph_.calls.empty()) return Bad("no module call: call 0 must be the network itself");
    for (size_t i = 0; i < graph_.calls.size(); ++i) {
      const ModuleCall& call = graph_.calls[i];
      const std::string where = absl::StrCat("module call ", i, " '", call.path, "'");
      const bool is_root = i == 0;
      if (is_root != (call.parent == kNone)) {
        return Bad(absl::StrCat(where, is_root ? ": the first call has a parent" : ": no parent"));
      }
      if (!is_root && (call.parent < 0 || static_cast<size_t>(call.parent) >= i)) {
        return Bad(absl::StrCat(where, ": parent ", call.parent, " does not precede it"));
      }
      for (const std::vector<ValueId>* ids : {&call.inputs, &call.outputs, &call.parameters}) {
        for (const ValueId id : *ids) {
          if (!Exists(id)) return Bad(absl::StrCat(where, ": no value ", id));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckInputs() {
    for (const ValueId id : graph_.inputs) {
      if (!Exists(id)) return Bad(absl::StrCat("graph input: no value ", id));
      if (graph_.value(id).kind != ValueKind::kInput) {
        return Bad(absl::StrCat("graph input '", graph_.value(id).name, "' is not an input value"));
      }
      if (ready_[static_cast<size_t>(id)]) {
        return Bad(absl::StrCat("graph input '", graph_.value(id).name, "' is listed twice"));
      }
      ready_[static_cast<size_t>(id)] = true;
    }
    return absl::OkStatus();
  }

  absl::Status CheckReadable(ValueId id, std::string_view where) const {
    if (!Exists(id)) return Bad(absl::StrCat(ToAbsl(where), ": no value ", id));
    if (!ready_[static_cast<size_t>(id)]) {
      return Bad(absl::StrCat(ToAbsl(where), ": value '", graph_.value(id).name,
                              "' is read before it is written"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckOps() {
    std::unordered_set<std::string_view> names;
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      const Op& op = graph_.ops[i];
      const std::string where = absl::StrCat("operator ", i, " '", op.name, "' (", op.type, ")");
      if (op.type.empty()) return Bad(absl::StrCat(where, ": no type"));
      if (op.name.empty()) return Bad(absl::StrCat(where, ": no name"));
      if (!names.insert(op.name).second) return Bad(absl::StrCat(where, ": name repeats"));
      if (op.outputs.empty()) return Bad(absl::StrCat(where, ": no output"));
      if (op.attributes.size() > limits_.max_attributes_per_op) {
        return absl::ResourceExhaustedError(
            absl::StrCat(where, ": more than ", limits_.max_attributes_per_op, " attributes"));
      }
      if (op.call < 0 || static_cast<size_t>(op.call) >= graph_.calls.size()) {
        return Bad(absl::StrCat(where, ": no module call ", op.call));
      }
      for (const ValueId id : op.inputs) {
        if (id != kNone) RETURN_IF_ERROR(CheckReadable(id, where));
      }
      for (const ValueId id : op.outputs) {
        if (!Exists(id)) return Bad(absl::StrCat(where, ": no value ", id));
        if (graph_.value(id).kind != ValueKind::kActivation) {
          return Bad(absl::StrCat(where, ": writes '", graph_.value(id).name,
                                  "', which is no activation"));
        }
        if (ready_[static_cast<size_t>(id)]) {
          return Bad(absl::StrCat(where, ": value '", graph_.value(id).name, "' is written twice"));
        }
        ready_[static_cast<size_t>(id)] = true;
      }
    }
    return absl::OkStatus();
  }

  const Graph& graph_;
  const GraphLimits& limits_;
  std::vector<bool> ready_;
};

}  // namespace

absl::Status Verify(const Graph& graph, const GraphLimits& limits) {
  return Annotate(Verifier(graph, limits).Run(), absl::StrCat("graph '", graph.name, "'"));
}

}  // namespace latcast::graph
