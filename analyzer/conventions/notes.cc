#include "analyzer/conventions/notes.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/ops/op_def.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::conventions {
namespace {

std::string Calls(int64_t calls) { return absl::StrCat(calls, calls == 1 ? " call" : " calls"); }

struct Missed {
  int64_t calls = 0;
  Checked macs;
  bool known = true;
};

}  // namespace

bool HasWord(std::string_view words, std::string_view word) {
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return words == kAny;
}

absl::Status NoteMissed(const graph::Graph& graph, Table& table, size_t column) {
  std::vector<bool> counted(graph.ops.size(), false);
  std::vector<bool> counted_call(graph.calls.size(), false);
  for (const Row& row : table.rows) {
    if (row.values[column].value_or(0) == 0) continue;
    if (row.op != graph::kNone) {
      counted[static_cast<size_t>(row.op)] = true;
    } else if (row.call != graph::kNone) {
      counted_call[static_cast<size_t>(row.call)] = true;
    }
  }
  std::map<std::string_view, Missed> by_type;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    if (counted[i] || (op.call != graph::kNone && counted_call[static_cast<size_t>(op.call)])) {
      continue;
    }
    const ops::OpDef* def = ops::FindOp(op.type);
    Checked macs;
    if (def != nullptr) {
      ASSIGN_OR_RETURN(const ops::OpCost cost, Annotate(ops::CostOp(*def, ops::MakeCall(graph, op)),
                                                        [&] { return ops::Place(i, op); }));
      if (cost.macs == 0) continue;
      macs = cost.macs;
    }
    Missed& missed = by_type[op.type];
    ++missed.calls;
    missed.macs += macs;
    missed.known = def != nullptr;
  }
  for (const auto& [type, missed] : by_type) {
    ASSIGN_OR_RETURN(const int64_t macs, missed.macs.Value("MACs"));
    table.notes.push_back(
        missed.known
            ? absl::StrCat(ToAbsl(type), ": ", macs, " MACs in ", Calls(missed.calls),
                           " are missed")
            : absl::StrCat(ToAbsl(type), ", unknown here: ", Calls(missed.calls), " left out"));
  }
  return absl::OkStatus();
}

}  // namespace latcast::conventions
