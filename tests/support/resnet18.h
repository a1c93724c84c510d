// ResNet-18, put together operator by operator: a network whose totals are known to everyone.
#ifndef LATCAST_TESTS_SUPPORT_RESNET18_H_
#define LATCAST_TESTS_SUPPORT_RESNET18_H_

#include <string>
#include <utility>

#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"

namespace latcast {

class ResNet18Builder {
 public:
  static graph::Graph Build(int64_t batch = 1) { return ResNet18Builder().Run(batch); }

 private:
  using Id = graph::ValueId;
  static constexpr graph::DType kFloat = graph::DType::kFloat32;

  Id Add(const std::string& type, std::vector<Id> inputs, graph::Attributes attributes = {}) {
    auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    EXPECT_OK(outputs);
    return outputs.ok() ? outputs->front() : graph::kNone;
  }

  Id ConvNorm(Id x, const std::string& suffix, int64_t in, int64_t out, int64_t kernel,
              int64_t stride) {
    builder_.EnterCall("conv" + suffix, "Conv2d", {x});
    const Id weight = builder_.AddParameter("weight", kFloat, {out, in, kernel, kernel});
    x = Add("conv2d", {x, weight}, {{"stride", stride}, {"padding", kernel / 2}});
    builder_.LeaveCall({x});
    builder_.EnterCall("bn" + suffix, "BatchNorm2d", {x});
    const Id scale = builder_.AddParameter("weight", kFloat, {out});
    const Id shift = builder_.AddParameter("bias", kFloat, {out});
    const Id mean = builder_.AddBuffer("running_mean", kFloat, {out});
    const Id var = builder_.AddBuffer("running_var", kFloat, {out});
    x = Add("batch_norm", {x, scale, shift, mean, var});
    builder_.LeaveCall({x});
    return x;
  }

  Id Relu(Id x) {
    builder_.EnterCall("relu", "ReLU", {x});
    x = Add("relu", {x}, {{"inplace", true}});
    builder_.LeaveCall({x});
    return x;
  }

  Id Block(Id x, const std::string& name, int64_t in, int64_t out, int64_t stride) {
    builder_.EnterCall(name, "BasicBlock", {x});
    const Id main = ConvNorm(Relu(ConvNorm(x, "1", in, out, 3, stride)), "2", out, out, 3, 1);
    const Id shortcut = in == out ? x : ConvNorm(x, "_down", in, out, 1, stride);
    x = Relu(Add("add", {main, shortcut}, {{"inplace", true}}));
    builder_.LeaveCall({x});
    return x;
  }

  graph::Graph Run(int64_t batch) {
    Id x = builder_.AddInput("x", kFloat, {batch, 3, 224, 224});
    x = Relu(ConvNorm(x, "1", 3, 64, 7, 2));
    x = Add("max_pool2d", {x},
            {{"kernel_size", int64_t{3}}, {"stride", int64_t{2}}, {"padding", int64_t{1}}});
    for (int64_t stage = 0, in = 64; stage < 4; ++stage) {
      const int64_t out = int64_t{64} << stage;
      builder_.EnterCall("layer" + std::to_string(stage + 1), "Sequential", {x});
      x = Block(x, "0", in, out, stage == 0 ? 1 : 2);
      x = Block(x, "1", out, out, 1);
      builder_.LeaveCall({x});
      in = out;
    }
    x = Add("adaptive_avg_pool2d", {x}, {{"output_size", int64_t{1}}});
    x = Add("flatten", {x}, {{"start_dim", int64_t{1}}});
    builder_.EnterCall("fc", "Linear", {x});
    const Id weight = builder_.AddParameter("weight", kFloat, {1000, 512});
    const Id bias = builder_.AddParameter("bias", kFloat, {1000});
    x = Add("linear", {x, weight, bias});
    builder_.LeaveCall({x});
    return std::move(builder_).Finish({x});
  }

  graph::GraphBuilder builder_{"resnet18", "test"};
};

}  // namespace latcast

#endif  // LATCAST_TESTS_SUPPORT_RESNET18_H_
