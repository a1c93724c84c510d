// A capture writes the batch it saw into attributes: x.view(x.size(0), -1) becomes view(8, -1), and
// a class token widened to the batch becomes expand(8, -1, -1). This brings such an attribute to
// another batch; any other target is left to the shape rule, which refuses what does not fit. For
// graphs that say nothing of sizes (graph/sizes.h): built ones, and captures of older versions.
#ifndef LATCAST_ANALYZER_OPS_FOLLOW_BATCH_H_
#define LATCAST_ANALYZER_OPS_FOLLOW_BATCH_H_

#include "analyzer/graph/graph.h"

namespace latcast::ops {

struct BatchChange {
  int64_t from = 0;
  int64_t to = 0;
};

// `before` is the graph as captured; `input` is the shape of the first input, which there is, now.
// What follows the batch:
// - view, reshape, and unflatten of the first dimension, whose target no longer fits: a first entry
//   equal to the old batch;
// - expand: an entry equal to the old batch where the input's dimension followed it;
// - expand, repeat and tile of what does not depend on the batch (input as it was): a first entry
//   equal to the old batch where the input has no such dimension or one of 1. With an old batch of
//   1 that may also be a plain 1: it follows only where the whole call changes nothing, and was
//   written for the batch alone.
// Returns whether an attribute was changed.
bool FollowBatch(const graph::Graph& before, const graph::Shape& input, BatchChange batch,
                 graph::Op& op);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_FOLLOW_BATCH_H_
