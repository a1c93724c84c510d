// The framework's operators -> ours. A capture writes "aten.relu_.default"; every analysis reads
// "relu" with inplace=true.
#ifndef LATCAST_ANALYZER_IMPORT_CANONICAL_H_
#define LATCAST_ANALYZER_IMPORT_CANONICAL_H_

#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::import {

// Rewrites every operator of the namespaces "aten." and "torchvision.": its type, inputs, outputs
// and attributes. An operator that ours cannot express exactly (an unknown name, or an argument
// nobody accounts for) keeps the framework's name, so that it is listed and not guessed; in-place
// ones get inplace=true all the same. The graph must be verified, and stays so.
void Canonicalise(graph::Graph& graph);

// The framework's names that are known, without namespace and the in-place underscore; and ours.
struct Synonym {
  std::string_view framework;  // "_adaptive_avg_pool2d"
  std::string_view canonical;  // "adaptive_avg_pool2d"
};
std::vector<Synonym> Synonyms();

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_CANONICAL_H_
