// Which operators of two networks correspond, so that their costs can be compared side by side.
//
// First those of the same name: module path, call, operator type, and place among the operators of
// that type in that call. Then, among the others, a longest common subsequence over module class,
// operator type and output shapes, which finds layers that were renamed or moved with what is
// around them.
#ifndef LATCAST_ANALYZER_INSIGHT_DIFF_H_
#define LATCAST_ANALYZER_INSIGHT_DIFF_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::insight {

enum class Change : uint8_t {
  kSame,     // name, operator, attributes, types and shapes
  kRenamed,  // all but the name
  kChanged,  // the name, but not the rest
  kAdded,
  kRemoved,
};
std::string_view Name(Change change);  // "same", "renamed", ...

// Indices of operators; one of them is absent where the operator is added or removed.
struct LayerPair {
  Change change = Change::kSame;
  std::optional<size_t> before;
  std::optional<size_t> after;
};

// Every operator of both graphs once: in the order of `after`, removed ones where they stood.
// Where more than kMaxAlignedCells pairs of operators would have to be looked at for the common
// subsequence, operators without a namesake count as added and removed.
inline constexpr size_t kMaxAlignedCells = size_t{1} << 26;
std::vector<LayerPair> AlignLayers(const graph::Graph& before, const graph::Graph& after);

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_DIFF_H_
