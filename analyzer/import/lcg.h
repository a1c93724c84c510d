// The captured graph file (.lcg): latcast.v1.Graph, serialised and gzipped.
#ifndef LATCAST_ANALYZER_IMPORT_LCG_H_
#define LATCAST_ANALYZER_IMPORT_LCG_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::v1 {
class Graph;
}

namespace latcast::import {

struct LcgLimits {
  int64_t max_bytes = int64_t{64} << 20;  // after decompression
  int64_t max_messages = 2'000'000;       // values, operators, module calls and their attributes
};

// Gzipped or plain bytes -> verified graph with canonical operator names. INVALID_ARGUMENT for
// bytes that are no graph or a truncated one, FAILED_PRECONDITION for a newer schema version,
// RESOURCE_EXHAUSTED beyond the limits.
absl::StatusOr<graph::Graph> ParseLcg(std::string_view bytes, const LcgLimits& limits = {});
absl::StatusOr<std::string> SerializeLcg(const graph::Graph& graph);

absl::StatusOr<graph::Graph> FromProto(const v1::Graph& proto);
v1::Graph ToProto(const graph::Graph& graph);

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_LCG_H_
