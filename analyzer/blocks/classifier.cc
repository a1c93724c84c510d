#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  Layers net("Sequential");
  ValueId y = net.Input({a.at("batch"), a.at("in")});
  int child = 0;
  const auto next = [&child] { return std::to_string(child++); };
  const int64_t hidden = a.at("hidden");
  if (hidden == 0) y = net.Dropout(next(), y, 0.5);
  for (int64_t i = 0; hidden > 0 && i < a.at("hidden_layers"); ++i) {
    y = net.Linear(next(), y, hidden);
    y = net.Activation(next(), y, Act::kRelu);
    y = net.Dropout(next(), y, 0.5);
  }
  return std::move(net).Finish(net.Linear(next(), y, a.at("out")));
}

}  // namespace

BlockFamily ClassifierFamily() {
  return {"Classifier",
          "The linear layers at the end of VGG and AlexNet: hidden layers with ReLU and dropout, "
          "then the output layer. With hidden=0 dropout and one layer, as in MobileNetV2.",
          {BatchParameter(),
           {"in", "input features", 25088},
           {"hidden", "features of each hidden layer, 0: none", 4096, 0},
           {"hidden_layers", "number of hidden layers", 2, 1, 64},
           {"out", "output features (classes)", 1000}},
          Build};
}

}  // namespace latcast::blocks
