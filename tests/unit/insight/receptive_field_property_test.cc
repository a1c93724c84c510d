// Random small networks: what the rules say against what the pixels say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/builder.h"
#include "analyzer/insight/receptive_field.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"
#include "tests/unit/insight/dependency_masks.h"

namespace latcast::insight {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::Shape;
using graph::ValueId;
using Ints = std::vector<int64_t>;

constexpr int64_t kSide = 40;

// Picks operators that fit what is there: N x C x H x W values all along.
class RandomNetwork {
 public:
  explicit RandomNetwork(uint64_t seed) : random_(seed) {
    values_.push_back(builder_.AddInput("x", DType::kFloat32, {1, 2, kSide, kSide - 3}));
  }

  // Behind a crop, padding stands for positions of the input: fields near the border are smaller.
  bool cropped() const { return cropped_; }

  Graph Build(int operators) {
    for (int i = 0; i < operators; ++i) Step();
    return std::move(builder_).Finish({values_.back()});
  }

 private:
  int64_t Draw(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  const Shape& ShapeOf(ValueId id) const { return builder_.graph().value(id).shape; }

  ValueId Weight(Shape shape) {
    const std::string name = absl::StrCat("w", builder_.graph().values.size());
    return builder_.AddParameter(name, DType::kFloat32, std::move(shape));
  }

  // Adds nothing where the operator does not fit.
  bool Try(const std::string& type, std::vector<ValueId> inputs, Attributes attributes = {}) {
    auto outputs = ops::AddInferred(builder_, type, std::move(inputs), std::move(attributes));
    if (!outputs.ok()) return false;
    for (const ValueId id : *outputs) values_.push_back(id);
    return true;
  }

  void Step() {
    // Mostly the newest value, so that networks become deep.
    const auto last = static_cast<int64_t>(values_.size()) - 1;
    const ValueId x = values_[static_cast<size_t>(Draw(0, 2) > 0 ? last : Draw(0, last))];
    const Shape shape = ShapeOf(x);
    if (shape.size() != 4 || shape[2] < 2 || shape[3] < 2 || shape[2] > 90 || shape[3] > 90) return;
    switch (Draw(0, 17)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const bool grouped = shape[1] % 2 == 0 && Draw(0, 2) == 0;
        // As networks have it: no more padding than the kernel reaches, dilation instead of stride.
        const Ints kernel = {Draw(1, 5), Draw(1, 4)};
        const Ints stride = {Draw(1, 3), Draw(1, 2)};
        const Ints dilation = {stride[0] == 1 ? Draw(1, 2) : 1, stride[1] == 1 ? Draw(1, 3) : 1};
        const ValueId weight = Weight({4, grouped ? shape[1] / 2 : shape[1], kernel[0], kernel[1]});
        Try("conv2d", {x, weight},
            {{"stride", stride},
             {"padding", Ints{Draw(0, (kernel[0] - 1) * dilation[0] / 2),
                              Draw(0, (kernel[1] - 1) * dilation[1] / 2)}},
             {"dilation", dilation},
             {"groups", int64_t{grouped ? 2 : 1}}});
        break;
      }
      case 4:
        Try(Draw(0, 1) > 0 ? "max_pool2d" : "avg_pool2d", {x},
            {{"kernel_size", Ints{2, 3}},
             {"stride", Ints{Draw(1, 2), Draw(1, 3)}},
             {"padding", Ints{Draw(0, 1), 1}},
             {"ceil_mode", Draw(0, 1) > 0}});
        break;
      case 5:
        Try("relu", {x});
        break;
      case 6:
      case 7:
        for (const ValueId other : values_) {
          if (other != x && ShapeOf(other) == shape && Try("add", {x, other})) return;
        }
        break;
      case 8:
        for (const ValueId other : values_) {
          if (other != x && ShapeOf(other)[2] == shape[2] &&
              Try("cat", {x, other}, {{"dim", int64_t{1}}})) {
            return;
          }
        }
        break;
      case 9:
        if (Draw(0, 3) > 0) {
          Try("adaptive_avg_pool2d", {x},
              {{"output_size", Ints{Draw(1, shape[2]), Draw(1, shape[3])}}});
        } else if (Try("mean", {x}, {{"dim", Ints{2, 3}}, {"keepdim", true}})) {
          Try("mul", {x, values_.back()});
        }
        break;
      case 10:
        Try("softmax", {x}, {{"dim", Draw(0, 9) > 0 ? int64_t{1} : int64_t{3}}});
        break;
      case 12: {
        const Ints kernel = {Draw(1, 4), Draw(1, 4)};
        Try("conv_transpose2d", {x, Weight({shape[1], 2, kernel[0], kernel[1]})},
            {{"stride", Ints{Draw(1, 3), Draw(1, 2)}},
             {"padding", Ints{Draw(0, kernel[0] / 2), Draw(0, kernel[1] / 2)}},
             {"dilation", Ints{1, Draw(1, 2)}}});
        break;
      }
      case 13:
        Try("interpolate", {x},
            {{"mode", std::string(Draw(0, 1) > 0 ? "nearest" : "bilinear")},
             {"output_size", Ints{Draw(2, 2 * shape[2]), Draw(0, 1) > 0 ? 2 * shape[3] : shape[3]}},
             {"align_corners", Draw(0, 2) == 0}});
        break;
      case 14:
        Try("pad", {x}, {{"pad", Ints{Draw(0, 2), Draw(0, 2), Draw(0, 2), 1}}});
        break;
      case 15:  // a part of the channels, or a crop
        if (Draw(0, 4) > 0) {
          Try("split", {x}, {{"dim", int64_t{1}}, {"split_size", (shape[1] + 1) / 2}});
        } else if (Try("slice", {x},
                       {{"dim", int64_t{2}}, {"start", Draw(0, 3)}, {"step", Draw(1, 2)}})) {
          cropped_ = true;
        }
        break;
      case 16:
        if (shape[1] % 4 == 0) Try("pixel_shuffle", {x}, {{"upscale_factor", int64_t{2}}});
        break;
      case 17:
        if (shape[2] % 2 == 0 && shape[3] % 2 == 0) {
          Try("pixel_unshuffle", {x}, {{"downscale_factor", int64_t{2}}});
        }
        break;
      case 11: {  // a linear layer over channels, channels last
        std::vector<ValueId> others = values_;
        Try("permute", {x}, {{"dims", Ints{0, 2, 3, 1}}});
        Try("linear", {values_.back(), Weight({3, shape[1]})});
        Try("permute", {values_.back()}, {{"dims", Ints{0, 3, 1, 2}}});
        others.push_back(values_.back());
        values_ = std::move(others);
        break;
      }
    }
  }

  graph::GraphBuilder builder_{"random", "test"};
  std::mt19937_64 random_;
  std::vector<ValueId> values_;
  bool cropped_ = false;
};

struct Seen {
  int64_t lo = 0;
  int64_t hi = -1;
  int64_t size() const { return hi - lo + 1; }
};

Seen Bounds(uint64_t mask) {
  if (mask == 0) return {};
  return {std::countr_zero(mask), 63 - std::countl_zero(mask)};
}

// What the positions along one axis of a value see of the input's axis of the same number.
std::vector<uint64_t> ByPosition(const Dependencies& dependencies, const Shape& shape,
                                 size_t axis) {
  std::vector<uint64_t> masks(static_cast<size_t>(shape[axis]), 0);
  int64_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  for (size_t i = 0; i < dependencies.size(); ++i) {
    const auto position = static_cast<int64_t>(i) / inner % shape[axis];
    masks[static_cast<size_t>(position)] |=
        axis == 2 ? dependencies[i].rows : dependencies[i].columns;
  }
  return masks;
}

struct Tally {
  int local = 0;
  int interior = 0;
  int whole = 0;
  int unknown = 0;
};

// A value laid out N x C x H x W, along H or W.
void Compare(const AxisField& field, const std::vector<uint64_t>& masks, int64_t length, bool exact,
             Tally& tally) {
  const auto positions = static_cast<int64_t>(masks.size());
  for (int64_t i = 0; i < positions; ++i) {
    const Seen seen = Bounds(masks[static_cast<size_t>(i)]);
    if (seen.size() == 0) continue;  // padding alone, or a phase that nothing reaches
    if (field.kind == FieldKind::kWhole) {
      EXPECT_EQ(seen.lo, 0);
      EXPECT_EQ(seen.hi, length - 1);
      continue;
    }
    const Interval told = field.map->At(i);
    EXPECT_LE(told.size(), field.size);
    EXPECT_GE(seen.lo, told.lo) << "position " << i;
    EXPECT_LE(seen.hi, told.hi) << "position " << i;
    if (told.lo >= 0 && told.hi < length && exact && !field.at_most) {
      ++tally.interior;
      EXPECT_EQ(seen.lo, told.lo) << "position " << i;
      EXPECT_EQ(seen.hi, told.hi) << "position " << i;
    }
  }
}

// Every number the rules give is what the pixels say: no element sees more, elements away from the
// border see exactly that, and who is said to see everything does.
TEST(ReceptiveFieldPropertyTest, AgreesWithPixels) {
  Tally tally;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomNetwork network(seed);
    const Graph graph = network.Build(8);
    const ReceptiveFields fields = ComputeReceptiveFields(graph);
    if (fields.axes.empty()) continue;
    const std::vector<Dependencies> pixels = RunOnPixels(graph);
    for (const graph::Op& op : graph.ops) {
      const ValueId id = op.outputs.back();
      const Shape& shape = graph.value(id).shape;
      if (op.type == "linear" ||
          (op.type == "permute" && std::get<Ints>(op.attributes.at("dims"))[1] == 2)) {
        continue;  // channels last
      }
      for (size_t i = 0; i < fields.axes.size(); ++i) {
        SCOPED_TRACE(absl::StrCat(op.name, " axis ", fields.axes[i]));
        const AxisField& field = fields.values[static_cast<size_t>(id)][i];
        tally.local += field.kind == FieldKind::kLocal;
        tally.whole += field.kind == FieldKind::kWhole;
        tally.unknown += field.kind == FieldKind::kUnknown;
        if (field.kind == FieldKind::kUnknown) continue;
        Compare(field, ByPosition(pixels[static_cast<size_t>(id)], shape, fields.axes[i]),
                graph.value(graph.inputs[0]).shape[fields.axes[i]], !network.cropped(), tally);
      }
      if (HasFailure()) return;
    }
  }
  // It compares something of every kind, and gives up rarely.
  EXPECT_GT(tally.local, 1000);
  EXPECT_GT(tally.interior, 10000);
  EXPECT_GT(tally.whole, 50);
  EXPECT_LT(tally.unknown, tally.local / 10);
}

}  // namespace
}  // namespace latcast::insight
