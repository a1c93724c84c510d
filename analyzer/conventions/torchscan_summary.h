// torchscan's printed summary: the tree of modules, and the totals beneath.
#ifndef LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_SUMMARY_H_
#define LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_SUMMARY_H_

#include <cstddef>
#include <string>

#include "analyzer/conventions/convention.h"
#include "analyzer/graph/graph.h"

namespace latcast::conventions::torchscan {

// The columns of a row.
enum Columns : size_t { kElements, kFlops, kMacs, kDmas, kField, kStride, kPadding };

// The last part of the path; for the network itself its class in small letters.
std::string Name(const graph::ModuleCall& call);

// Below `max_depth` rows are added to the last row of that depth, which takes over the receptive
// field of its last one; a depth no module has prints them all. What the tool measures of the
// running process (framework and CUDA overhead, RAM in use) is left out.
std::string Summary(const graph::Graph& graph, const Table& table, const PrintOptions& options);

}  // namespace latcast::conventions::torchscan

#endif  // LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_SUMMARY_H_
