// nns's printed frame of layers, and the line of the whole model.
#ifndef LATCAST_ANALYZER_CONVENTIONS_NNS_SUMMARY_H_
#define LATCAST_ANALYZER_CONVENTIONS_NNS_SUMMARY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "analyzer/conventions/convention.h"
#include "analyzer/graph/graph.h"

namespace latcast::conventions::nns {

enum Columns : size_t { kFlops, kParameters, kActivations };
enum Totals : size_t { kTotalFlops, kTotalParameters, kTotalActivations };

// The first dimension of the first input; 1 where there is none.
int64_t Batch(const graph::Graph& graph);

// The layers of one sample with a row TOTAL, whose parameters are the model's; beneath, the model
// in its phase and with its batch.
std::string Summary(const graph::Graph& graph, const Table& table, const PrintOptions& options);

}  // namespace latcast::conventions::nns

#endif  // LATCAST_ANALYZER_CONVENTIONS_NNS_SUMMARY_H_
