// A network cut into the parts people name when they ask where the time goes: its modules down to a
// depth. The features of the parts add up to those of the network, so forecasts of parts add up
// too.
#ifndef LATCAST_ANALYZER_REPORT_PARTS_H_
#define LATCAST_ANALYZER_REPORT_PARTS_H_

#include <string>
#include <vector>

#include "analyzer/features/graph_features.h"
#include "analyzer/graph/graph.h"
#include "base/features.h"

namespace latcast::report {

struct Part {
  std::string path;        // of the module call, or of the one the operator runs directly in
  std::string class_name;  // of the module call; for a single operator its type, "add"
  FeatureVector features;
};

// In execution order: every module call at `depth` (1: the network's direct children), every call
// without children above it, and every operator that runs directly in a module cut open.
std::vector<Part> CutIntoParts(const graph::Graph& graph, const features::GraphFeatures& features,
                               int depth);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_PARTS_H_
