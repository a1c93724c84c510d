// torchscan's counts of one layer. x and y are the elements of input and output, batch included:
//
//   class            FLOPs                          MACs              DMAs
//   Linear           N o (2i - 1) [+ y]             N o i             x + params + y
//   Conv             y (2gK - 1) [+ y]              y g K             Cin K y / groups + params + y
//   ConvTranspose    as Conv + 8 a dimension        + 4 a dimension   + 5 a dimension
//   BatchNorm        2C + 2x [+ 2x]                 x [+ x]           x + y + 2C + 1 [+ 2C] [+ 1]
//   MaxPool          y (k - 1)                      as FLOPs          K y + y
//   AvgPool          y (k - 1 + d)                  as FLOPs          K y + y
//   AdaptiveMaxPool  y (K - 1)                      as FLOPs          K y + y
//   AdaptiveAvgPool  y (K - 1 + d)                  as FLOPs          K y + y
//   ReLU, ReLU6      x, 2x                          0                 x [+ y]
//   LeakyReLU, ELU   4x, 6x                         0                 x + 1 [+ y]
//   Sigmoid, Tanh    4x, 6x                         0                 x + y, 2x + y
//   Dropout          x if p > 0                     0                 x + 1 [+ y]
//   Identity         0                              0                 x
//   Flatten          0                              0                 2x
//   anything else    0                              0                 0
//
// N, i, o: dimension 0 and 1 of the input, 1 of the output; g = Cin / groups, K the window's
// elements, k the same unless the window is given as one int, which k then is; d the spatial
// dimensions; of an adaptive pool K is the product over dimensions of in / out, or in mod out + 1
// where that leaves a rest. In brackets: bias, affine parameters, momentum, not in place.
//
// The window of a receptive field: r = dilation (kernel - 1) + 1, stride s and padding p of the
// first dimension; of a transposed convolution r = -kernel and s = 1 / stride; of an adaptive pool
// r = s = ceil(in / out) and p = (in - r s) / 2 of the last dimension; else 1, 1 and 0.
#ifndef LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_LAYERS_H_
#define LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_LAYERS_H_

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "base/checked.h"

namespace latcast::conventions::torchscan {

// One call with what the formulas read.
struct Layer {
  const graph::Graph& graph;
  const graph::ModuleCall& call;
  const graph::Value& in;
  const graph::Value& out;
};

struct Counts {
  Checked flops;
  Checked macs;
  Checked dmas;
};

struct Window {
  double field = 1.0;
  double stride = 1.0;
  double padding = 0.0;
};

// What the tool knows of some classes. Both functions are INVALID_ARGUMENT where an argument of the
// constructor is missing or of another type.
struct Rule {
  std::initializer_list<std::string_view> classes;
  size_t rank;  // of the input, the least that the formulas work with
  absl::StatusOr<Counts> (*count)(const Layer&);
  absl::StatusOr<Window> (*window)(const Layer&);
};

// nullptr for a class the tool does not know.
const Rule* FindRule(const graph::ModuleCall& call);

}  // namespace latcast::conventions::torchscan

#endif  // LATCAST_ANALYZER_CONVENTIONS_TORCHSCAN_LAYERS_H_
