// Where the elements of a tensor lie: its strides, followed through views from tensors that lie in
// the order of their dimensions.
//
// A capture says which tensors share memory; this says more, for two places where it is needed. A
// batched product takes matrices one after another, so an operand that cannot be seen that way is
// copied first. And attention kernels lay their result out as the query, so that bringing the heads
// back together copies nothing, whatever a capture without data saw.
#ifndef LATCAST_ANALYZER_MEMORY_LAYOUT_H_
#define LATCAST_ANALYZER_MEMORY_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "analyzer/graph/graph.h"
#include "base/checked.h"

namespace latcast::memory {

using Strides = absl::InlinedVector<int64_t, 6>;

// Of a tensor whose elements lie in the order of its dimensions.
Strides Contiguous(const graph::Shape& shape);

// The strides under another shape of as many elements; nullopt where that takes a copy. Strides of
// dimensions of size 1 say nothing: they are never stepped along.
std::optional<Strides> ViewAs(const graph::Shape& shape, const Strides& strides,
                              const graph::Shape& target);

class Layouts {
 public:
  // The graph must be sound (graph/verify.h) and outlive this.
  explicit Layouts(const graph::Graph& graph);

  const Strides& Of(graph::ValueId id) const { return strides_[static_cast<size_t>(id)]; }

  // Whether a `contiguous` or `reshape` of what attention made leaves the elements where they are.
  bool JoinsHeadsInPlace(const graph::Op& op) const;

  // Bytes of the copy a product makes of its input at `position` (0 or 1) before it multiplies; 0
  // for none. A linear layer takes its input as rows, a batched product both operands as matrices,
  // repeated where they are broadcast.
  Checked CopiedBytes(const graph::Op& op, size_t position) const;

 private:
  Strides OutputStrides(const graph::Op& op, graph::ValueId output) const;

  const graph::Graph& graph_;
  std::vector<Strides> strides_;
  std::vector<bool> of_attention_;  // by value: a view of what attention made
};

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_LAYOUT_H_
