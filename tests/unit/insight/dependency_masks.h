// Which pixels of the input each element of each value depends on, found by running the graph on
// sets of pixels instead of numbers: the definition, against which the rules are held.
#ifndef LATCAST_TESTS_UNIT_INSIGHT_DEPENDENCY_MASKS_H_
#define LATCAST_TESTS_UNIT_INSIGHT_DEPENDENCY_MASKS_H_

#include <cstdint>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::insight {

// The rows and the columns of the input an element depends on, one bit each; both at most 64.
struct Pixels {
  uint64_t rows = 0;
  uint64_t columns = 0;
};

// In the order of memory.
using Dependencies = std::vector<Pixels>;

// By value; the first input is N x C x H x W. Operators it has no code for fail the test.
std::vector<Dependencies> RunOnPixels(const graph::Graph& graph);

}  // namespace latcast::insight

#endif  // LATCAST_TESTS_UNIT_INSIGHT_DEPENDENCY_MASKS_H_
