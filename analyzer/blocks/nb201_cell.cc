#include <array>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/nb201.h"

namespace latcast::blocks {

ValueId ReluConvBn(Layers& net, std::string_view name, ValueId x, const ConvOptions& options) {
  net.Enter(name, "ReLUConvBN", x);
  net.Enter("op", "Sequential", x);
  ValueId y = net.Module("0", "ReLU", {{"inplace", false}}, x, "relu", {});
  y = net.Conv("1", y, options);
  return net.Leave(net.Leave(net.BatchNorm("2", y)));
}

namespace {

enum Edge : int64_t { kNoEdge, kSkip, kConv1x1, kConv3x3, kAvgPool };

ValueId AddEdge(Layers& net, std::string_view name, ValueId x, int64_t edge) {
  const int64_t channels = net.Channels(x);
  switch (edge) {
    case kConv1x1:
      return ReluConvBn(net, name, x, {.out = channels});
    case kConv3x3:
      return ReluConvBn(net, name, x, {.out = channels, .kernel = 3});
    case kAvgPool:
      net.Enter(name, "POOLING", x);
      return net.Leave(net.AvgPool("op", x, 3, 1, 1, /*count_include_pad=*/false));
    case kNoEdge:
      return net.Module(name, "Zero", {}, x, "mul", {{"other", 0.0}});
    default:  // kSkip; the limits of the parameter let nothing else through
      return x;
  }
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("InferCell");
  constexpr size_t kNodes = 4;
  std::array<ValueId, kNodes> nodes = {net.Image(a)};
  int layer = 0;
  for (size_t to = 1; to < kNodes; ++to) {
    ValueId sum = graph::kNone;
    for (size_t from = 0; from < to; ++from) {
      const ValueId y = AddEdge(net, absl::StrCat("layers.", layer++), nodes[from],
                                a.at(absl::StrCat("e", to, from)));
      // Python's sum begins with the number 0.
      sum = from == 0 ? net.Function("add", {y}, {{"other", int64_t{0}}})
                      : net.Add(sum, y, /*inplace=*/false);
    }
    nodes[to] = sum;
  }
  return std::move(net).Finish(nodes.back());
}

}  // namespace

BlockFamily Nb201CellFamily() {
  return {"NB201Cell",
          "NAS-Bench-201: node 0 is the input, every further node the sum of what its edges make "
          "of the nodes before it, node 3 the output. Edges: 0 none (a product with zero, as the "
          "released networks have it), 1 skip, 2 ReLU + 1x1 convolution + normalisation, 3 the "
          "same with 3x3, 4 3x3 average pooling.",
          ImageParameters(16, 32, 32,
                          {{"e10", "edge from node 0 to node 1", 3, 0, 4},
                           {"e20", "edge from node 0 to node 2", 1, 0, 4},
                           {"e21", "edge from node 1 to node 2", 2, 0, 4},
                           {"e30", "edge from node 0 to node 3", 4, 0, 4},
                           {"e31", "edge from node 1 to node 3", 0, 0, 4},
                           {"e32", "edge from node 2 to node 3", 3, 0, 4}}),
          Build};
}

}  // namespace latcast::blocks
