// Layers of convolutional networks, put into a graph as PyTorch puts them: one module call each
// with its class, attributes and parameters, and free-standing functions beside them. Families are
// then straight lists of layers:
//
//   Layers net("ConvNet");
//   ValueId y = net.Image(arguments);
//   y = net.Conv("conv1", y, {.out = 64, .kernel = 3});
//   y = net.BatchNorm("bn1", y);
//   y = net.Activation("relu", y, Act::kRelu);
//   return std::move(net).Finish(y);
//
// The first layer that does not fit stops the building: later layers do nothing, and Finish returns
// its error, which names the layer.
#ifndef LATCAST_ANALYZER_BLOCKS_LAYERS_H_
#define LATCAST_ANALYZER_BLOCKS_LAYERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/graph/builder.h"

namespace latcast::blocks {

using graph::ValueId;

enum class Act : int64_t { kNone, kRelu, kRelu6, kSilu, kHardswish };

// The form of a squeeze-and-excitation gate.
enum class Gate { kSigmoid, kHardsigmoid };

struct ConvOptions {
  int64_t out = 1;  // output channels
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = kSame;
  int64_t groups = 1;
  bool bias = false;

  // (kernel - 1) / 2: keeps the size of the image at stride 1 and odd kernels.
  static constexpr int64_t kSame = -1;
};

class Layers {
 public:
  // `class_name`: of the block's own module call.
  explicit Layers(std::string_view class_name);

  // The input x: batch x cin x h x w of the arguments.
  ValueId Image(const BlockArguments& arguments);
  ValueId Input(graph::Shape shape);

  // Modules. Groups that do not divide both channel counts are INVALID_ARGUMENT.
  ValueId Conv(std::string_view name, ValueId x, const ConvOptions& options);
  ValueId BatchNorm(std::string_view name, ValueId x, double eps = 1e-5);
  ValueId Activation(std::string_view name, ValueId x, Act act);  // in place; kNone: x itself
  ValueId Sigmoid(std::string_view name, ValueId x);
  ValueId Gelu(std::string_view name, ValueId x);
  ValueId Permute(std::string_view name, ValueId x, std::vector<int64_t> dims);
  ValueId LayerNorm(std::string_view name, ValueId x, double eps);  // over the last dimension
  ValueId MaxPool(std::string_view name, ValueId x, int64_t kernel, int64_t stride,
                  int64_t padding = 0, bool ceil_mode = false);
  ValueId AvgPool(std::string_view name, ValueId x, int64_t kernel, int64_t stride,
                  int64_t padding = 0, bool count_include_pad = true);
  ValueId AdaptiveAvgPool(std::string_view name, ValueId x, int64_t output_size);
  ValueId Linear(std::string_view name, ValueId x, int64_t out);  // over the last dimension
  ValueId Dropout(std::string_view name, ValueId x, double p);

  // A module of one operator, described by its attributes.
  ValueId Module(std::string_view name, std::string_view class_name, graph::Attributes description,
                 ValueId x, std::string_view type, graph::Attributes attributes);

  // torchvision's composites: convolution, normalisation and activation as children 0, 1, 2; and
  // the squeeze-and-excitation gate, without the product with x where `multiply` is false.
  ValueId ConvNormAct(std::string_view name, ValueId x, const ConvOptions& options, Act act);
  ValueId SqueezeExcitation(std::string_view name, ValueId x, int64_t squeeze, Act act,
                            bool multiply, Gate gate = Gate::kSigmoid);

  // The unit of the Inception networks: convolution, normalisation, ReLU as a function.
  ValueId BasicConv(std::string_view name, ValueId x, const ConvOptions& options, bool relu = true);

  // Functions, in the module call that is open.
  ValueId Relu(ValueId x);  // in place
  ValueId Add(ValueId a, ValueId b, bool inplace);
  ValueId Mul(ValueId a, ValueId b);
  ValueId Cat(std::vector<ValueId> inputs);  // along channels
  ValueId Flatten(ValueId x);                // all but the batch
  ValueId Function(std::string_view type, std::vector<ValueId> inputs,
                   graph::Attributes attributes = {});
  // Of an operator with several outputs. As many as asked for, also once the building has stopped.
  std::vector<ValueId> Functions(std::string_view type, ValueId x, graph::Attributes attributes,
                                 size_t outputs);
  // A parameter of the module call that is open.
  ValueId Parameter(std::string_view name, graph::Shape shape);

  // A module call around what is added until Leave.
  void Enter(std::string_view name, std::string_view class_name, ValueId x);
  ValueId Leave(ValueId y);  // returns y

  // Stops the building with `status` unless it is OK.
  void Check(absl::Status status);
  // Dimension `index` of a value; 0 once the building has stopped.
  int64_t Dim(ValueId x, size_t index) const;
  int64_t Channels(ValueId x) const { return Dim(x, 1); }
  int64_t LastDim(ValueId x) const;

  absl::StatusOr<graph::Graph> Finish(ValueId y) &&;

 private:
  std::vector<ValueId> AddOp(std::string_view type, std::vector<ValueId> inputs,
                             graph::Attributes attributes);

  graph::GraphBuilder builder_;
  absl::Status status_;
};

}  // namespace latcast::blocks

#endif  // LATCAST_ANALYZER_BLOCKS_LAYERS_H_
