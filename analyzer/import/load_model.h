// MODEL, wherever one is asked for: a .lcg file, the name of a shipped zoo network, or a block
// spec.
#ifndef LATCAST_ANALYZER_IMPORT_LOAD_MODEL_H_
#define LATCAST_ANALYZER_IMPORT_LOAD_MODEL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "analyzer/ops/infer.h"

namespace latcast::import {

// The graph, re-inferred for `reshape` where it asks for anything. Errors name the model: NOT_FOUND
// for a name that is neither a file, a zoo network nor a block (with the nearest name), else as
// ParseLcg, ParseBlockSpec and WithInputs.
absl::StatusOr<graph::Graph> LoadModel(std::string_view model, const ops::Reshape& reshape = {});

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_LOAD_MODEL_H_
