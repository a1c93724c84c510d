#include "analyzer/report/parts.h"

#include <algorithm>

namespace latcast::report {

std::vector<Part> CutIntoParts(const graph::Graph& graph, const features::GraphFeatures& features,
                               int depth) {
  // The call each call belongs to once those deeper than `depth` are folded into their parents.
  std::vector<int> depths(graph.calls.size(), 0);
  std::vector<graph::CallId> folded(graph.calls.size(), 0);
  std::vector<bool> open(graph.calls.size(), false);  // has children that are parts of their own
  for (size_t i = 1; i < graph.calls.size(); ++i) {
    const auto parent = static_cast<size_t>(std::max(graph.calls[i].parent, 0));
    depths[i] = depths[parent] + 1;
    folded[i] = depths[i] <= depth ? static_cast<graph::CallId>(i) : folded[parent];
    if (depths[i] <= depth) open[parent] = true;
  }

  std::vector<Part> parts;
  graph::CallId current = graph::kNone;  // the call of the last part, if that may still grow
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const graph::Op& op = graph.ops[i];
    const graph::CallId call = folded[static_cast<size_t>(std::max(op.call, 0))];
    const bool single = call == 0 || open[static_cast<size_t>(call)];
    if (single || call != current) {
      const graph::ModuleCall& module = graph.calls[static_cast<size_t>(call)];
      parts.push_back({module.path, single ? op.type : module.class_name, features.ops[i]});
      current = single ? graph::kNone : call;
    } else {
      parts.back().features += features.ops[i];
    }
  }
  return parts;
}

}  // namespace latcast::report
