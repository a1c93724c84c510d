#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"
#include "base/status_macros.h"

namespace latcast::blocks {
namespace {

using Ints = std::vector<int64_t>;

absl::Status Check(const BlockArguments& a) {
  RETURN_IF_ERROR(CheckOddKernel(a));
  const int64_t cin = a.at("cin");
  const int64_t cout = a.at("cout");
  if (cout % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cout ", cout, " is odd: two halves are needed"));
  }
  if (a.at("stride") == 1 && cin != cout) {
    return absl::InvalidArgumentError(
        absl::StrCat("cout ", cout, " differs from cin ", cin, ": only a stride allows that"));
  }
  return absl::OkStatus();
}

ValueId MainBranch(Layers& net, ValueId x, const BlockArguments& a) {
  const int64_t half = a.at("cout") / 2;
  net.Enter("branch2", "Sequential", x);
  ValueId y = net.Conv("0", x, {.out = half});
  y = net.BatchNorm("1", y);
  y = net.Activation("2", y, Act::kRelu);
  y = net.Conv("3", y,
               {.out = half, .kernel = a.at("kernel"), .stride = a.at("stride"), .groups = half});
  y = net.BatchNorm("4", y);
  y = net.Conv("5", y, {.out = half});
  y = net.BatchNorm("6", y);
  return net.Leave(net.Activation("7", y, Act::kRelu));
}

ValueId StridedBranch(Layers& net, ValueId x, const BlockArguments& a) {
  const int64_t cin = a.at("cin");
  net.Enter("branch1", "Sequential", x);
  ValueId y = net.Conv(
      "0", x, {.out = cin, .kernel = a.at("kernel"), .stride = a.at("stride"), .groups = cin});
  y = net.BatchNorm("1", y);
  y = net.Conv("2", y, {.out = a.at("cout") / 2});
  y = net.BatchNorm("3", y);
  return net.Leave(net.Activation("4", y, Act::kRelu));
}

// The channels of both halves in turn, as views and one copy.
ValueId Shuffle(Layers& net, ValueId x) {
  const Ints shape = {net.Dim(x, 0), net.Dim(x, 1), net.Dim(x, 2), net.Dim(x, 3)};
  ValueId y =
      net.Function("view", {x}, {{"shape", Ints{shape[0], 2, shape[1] / 2, shape[2], shape[3]}}});
  y = net.Function("transpose", {y}, {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}});
  y = net.Function("contiguous", {y});
  return net.Function("view", {y}, {{"shape", shape}});
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  RETURN_IF_ERROR(Check(a));
  Layers net("InvertedResidual");
  const ValueId x = net.Image(a);
  std::vector<ValueId> halves;
  if (a.at("stride") == 1) {
    halves = net.Functions("chunk", x, {{"chunks", int64_t{2}}, {"dim", int64_t{1}}}, 2);
    halves[1] = MainBranch(net, halves[1], a);
  } else {
    halves = {StridedBranch(net, x, a)};
    halves.push_back(MainBranch(net, x, a));
  }
  return std::move(net).Finish(Shuffle(net, net.Cat(std::move(halves))));
}

}  // namespace

BlockFamily ShuffleUnitFamily() {
  return {"ShuffleUnit",
          "ShuffleNetV2: half of the channels pass (at a stride: depthwise and 1x1), the other "
          "half goes through 1x1, depthwise, 1x1; concatenated and shuffled.",
          ImageParameters(116, 28, 28,
                          {{"cout", "output channels, even; cin at stride 1", 116, 2},
                           StrideParameter("of the depthwise convolutions", 1),
                           OddKernelParameter(3)}),
          Build};
}

}  // namespace latcast::blocks
