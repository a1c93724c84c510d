#include "tests/unit/insight/dependency_masks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "analyzer/graph/attributes.h"

namespace latcast::insight {
namespace {

using graph::Graph;
using graph::Op;
using graph::Shape;
using graph::ValueId;
using Index = std::vector<int64_t>;
using Ints = std::vector<int64_t>;

int64_t Count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  return count;
}

Index IndexOf(int64_t flat, const Shape& shape) {
  Index index(shape.size());
  for (size_t i = shape.size(); i-- > 0; flat /= shape[i]) index[i] = flat % shape[i];
  return index;
}

class Runner {
 public:
  explicit Runner(const Graph& graph) : graph_(graph), values_(graph.values.size()) {
    const ValueId input = graph.inputs[0];
    const Shape& shape = graph.value(input).shape;
    for (int64_t i = 0; i < Count(shape); ++i) {
      const Index index = IndexOf(i, shape);
      Of(input).push_back({uint64_t{1} << index[2], uint64_t{1} << index[3]});
    }
  }

  std::vector<Dependencies> Run() {
    for (const Op& op : graph_.ops) {
      op_ = &op;
      for (output_ = 0; output_ < op.outputs.size(); ++output_) Visit();
    }
    return std::move(values_);
  }

 private:
  Dependencies& Of(ValueId id) { return values_[static_cast<size_t>(id)]; }
  const Shape& In(size_t i) const { return graph_.value(op_->inputs[i]).shape; }
  const Shape& Out() const { return graph_.value(op_->outputs[output_]).shape; }

  int64_t Int(const char* name, int64_t fallback) const {
    return graph::GetInt(op_->attributes, name, fallback).value();
  }
  Ints Pair(const char* name, int64_t fallback) const {
    return graph::GetInts(op_->attributes, name, 2, fallback).value();
  }
  Ints List(const char* name) const {
    return std::get<Ints>(op_->attributes.find(std::string_view(name))->second);
  }

  // Adds what the element of input `i` at `index` depends on; nothing outside the shape.
  void Read(size_t i, const Index& index, Pixels& into) {
    const Shape& shape = In(i);
    int64_t flat = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (index[axis] < 0 || index[axis] >= shape[axis]) return;
      flat = flat * shape[axis] + index[axis];
    }
    const Dependencies& from = Of(op_->inputs[i]);
    if (from.empty()) return;  // a parameter
    into.rows |= from[static_cast<size_t>(flat)].rows;
    into.columns |= from[static_cast<size_t>(flat)].columns;
  }

  void ForEachOutput(const std::function<void(const Index&, Pixels&)>& element) {
    Dependencies& out = Of(op_->outputs[output_]);
    for (int64_t i = 0; i < Count(Out()); ++i) {
      out.emplace_back();
      element(IndexOf(i, Out()), out.back());
    }
  }

  // All elements of input 0 that agree with `index` outside `axes`.
  void ReadAlong(Index index, const std::vector<size_t>& axes, size_t next, Pixels& into) {
    if (next == axes.size()) {
      Read(0, index, into);
      return;
    }
    for (index[axes[next]] = 0; index[axes[next]] < In(0)[axes[next]]; ++index[axes[next]]) {
      ReadAlong(index, axes, next + 1, into);
    }
  }

  void Visit() {
    const std::string& type = op_->type;
    if (type == "conv2d") {
      Convolve();
    } else if (type == "conv_transpose2d") {
      ConvolveBack();
    } else if (type == "interpolate") {
      Interpolate();
    } else if (type == "pad") {
      const Ints pad = List("pad");
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        Read(0, {o[0], o[1], o[2] - pad[2], o[3] - pad[0]}, pixels);
      });
    } else if (type == "slice" || type == "split") {
      const auto axis = static_cast<size_t>(Int("dim", 0));
      const int64_t step = Int("step", 1);
      int64_t start = Int("start", 0);
      if (type == "split") start = Int("split_size", 0) * static_cast<int64_t>(output_);
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        Index index = o;
        index[axis] = start + o[axis] * step;
        Read(0, index, pixels);
      });
    } else if (type == "pixel_shuffle") {
      const int64_t r = Int("upscale_factor", 0);
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        Read(0, {o[0], o[1] * r * r + o[2] % r * r + o[3] % r, o[2] / r, o[3] / r}, pixels);
      });
    } else if (type == "pixel_unshuffle") {
      const int64_t r = Int("downscale_factor", 0);
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        const int64_t at = o[1] % (r * r);
        Read(0, {o[0], o[1] / (r * r), o[2] * r + at / r, o[3] * r + at % r}, pixels);
      });
    } else if (type == "max_pool2d" || type == "avg_pool2d") {
      Pool();
    } else if (type == "adaptive_avg_pool2d") {
      AdaptivePool();
    } else if (type == "relu" || type == "add" || type == "mul") {
      Elementwise();
    } else if (type == "cat") {
      Concatenate();
    } else if (type == "permute") {
      const Ints dims = List("dims");
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        Index index(o.size());
        for (size_t i = 0; i < o.size(); ++i) index[static_cast<size_t>(dims[i])] = o[i];
        Read(0, index, pixels);
      });
    } else if (type == "flatten" || type == "reshape") {
      ForEachOutput([&](const Index& o, Pixels& pixels) {
        int64_t flat = 0;
        for (size_t i = 0; i < o.size(); ++i) flat = flat * Out()[i] + o[i];
        Read(0, IndexOf(flat, In(0)), pixels);
      });
    } else if (type == "mean") {  // keepdim
      std::vector<size_t> axes;
      for (const int64_t dim : List("dim")) axes.push_back(static_cast<size_t>(dim));
      ForEachOutput([&](const Index& o, Pixels& pixels) { ReadAlong(o, axes, 0, pixels); });
    } else if (type == "softmax") {
      const auto axis = static_cast<size_t>(Int("dim", 0));
      ForEachOutput([&](const Index& o, Pixels& pixels) { ReadAlong(o, {axis}, 0, pixels); });
    } else if (type == "linear") {
      ForEachOutput(
          [&](const Index& o, Pixels& pixels) { ReadAlong(o, {o.size() - 1}, 0, pixels); });
    } else {
      ADD_FAILURE() << "no code for " << type;
    }
  }

  void Convolve() {
    const Ints stride = Pair("stride", 1);
    const Ints padding = Pair("padding", 0);
    const Ints dilation = Pair("dilation", 1);
    const Shape& weight = In(1);
    const int64_t per_group = Out()[1] / Int("groups", 1);
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      const int64_t first = o[1] / per_group * weight[1];
      for (int64_t c = first; c < first + weight[1]; ++c) {
        for (int64_t y = 0; y < weight[2]; ++y) {
          for (int64_t x = 0; x < weight[3]; ++x) {
            Read(0,
                 {o[0], c, o[2] * stride[0] - padding[0] + y * dilation[0],
                  o[3] * stride[1] - padding[1] + x * dilation[1]},
                 pixels);
          }
        }
      }
    });
  }

  // Every input element adds its kernel to the output.
  void ConvolveBack() {
    const Ints stride = Pair("stride", 1);
    const Ints padding = Pair("padding", 0);
    const Ints dilation = Pair("dilation", 1);
    const Shape& weight = In(1);
    const Shape& out = Out();
    Dependencies& to = Of(op_->outputs[output_]);
    to.resize(static_cast<size_t>(Count(out)));
    for (int64_t i = 0; i < Count(In(0)); ++i) {
      const Index at = IndexOf(i, In(0));
      for (int64_t tap = 0; tap < weight[2] * weight[3]; ++tap) {
        const int64_t y = at[2] * stride[0] - padding[0] + tap / weight[3] * dilation[0];
        const int64_t x = at[3] * stride[1] - padding[1] + tap % weight[3] * dilation[1];
        if (y < 0 || x < 0 || y >= out[2] || x >= out[3]) continue;
        for (int64_t c = 0; c < out[1]; ++c) {
          Read(0, at, to[static_cast<size_t>((c * out[2] + y) * out[3] + x)]);
        }
      }
    }
  }

  // The elements of an axis that position `o` gives weight to.
  std::vector<int64_t> Sampled(int64_t o, size_t axis) const {
    const auto in = static_cast<double>(In(0)[axis]);
    const auto out = static_cast<double>(Out()[axis]);
    const std::string mode =
        std::get<std::string>(op_->attributes.find(std::string_view("mode"))->second);
    const auto place = static_cast<double>(o);
    constexpr double kTiny = 1e-9;
    if (mode == "nearest") return {static_cast<int64_t>(std::floor(place * in / out + kTiny))};
    const bool corners = graph::GetBool(op_->attributes, "align_corners", false).value();
    const double at = corners ? place * (in - 1) / (out - 1) : (place + 0.5) * in / out - 0.5;
    const double floor = std::floor(at + kTiny);
    const auto first = static_cast<int64_t>(floor);
    const int64_t last = In(0)[axis] - 1;
    if (at - floor < 1e-6) return {std::clamp<int64_t>(first, 0, last)};
    return {std::clamp<int64_t>(first, 0, last), std::clamp<int64_t>(first + 1, 0, last)};
  }

  void Interpolate() {
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      for (const int64_t y : Sampled(o[2], 2)) {
        for (const int64_t x : Sampled(o[3], 3)) Read(0, {o[0], o[1], y, x}, pixels);
      }
    });
  }

  void Pool() {
    const Ints kernel = Pair("kernel_size", 0);
    const Ints stride = Pair("stride", 0);
    const Ints padding = Pair("padding", 0);
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      for (int64_t y = 0; y < kernel[0]; ++y) {
        for (int64_t x = 0; x < kernel[1]; ++x) {
          Read(0,
               {o[0], o[1], o[2] * (stride[0] > 0 ? stride[0] : kernel[0]) - padding[0] + y,
                o[3] * (stride[1] > 0 ? stride[1] : kernel[1]) - padding[1] + x},
               pixels);
        }
      }
    });
  }

  void AdaptivePool() {
    const auto begin = [this](int64_t o, size_t axis) { return o * In(0)[axis] / Out()[axis]; };
    const auto end = [this](int64_t o, size_t axis) {
      return ((o + 1) * In(0)[axis] + Out()[axis] - 1) / Out()[axis];
    };
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      for (int64_t y = begin(o[2], 2); y < end(o[2], 2); ++y) {
        for (int64_t x = begin(o[3], 3); x < end(o[3], 3); ++x) {
          Read(0, {o[0], o[1], y, x}, pixels);
        }
      }
    });
  }

  void Elementwise() {
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      for (size_t i = 0; i < op_->inputs.size(); ++i) {
        Index index;
        for (size_t axis = 0; axis < o.size(); ++axis) {
          index.push_back(In(i)[axis] == 1 ? 0 : o[axis]);
        }
        Read(i, index, pixels);
      }
    });
  }

  void Concatenate() {
    const auto axis = static_cast<size_t>(Int("dim", 0));
    ForEachOutput([&](const Index& o, Pixels& pixels) {
      Index index = o;
      for (size_t i = 0; i < op_->inputs.size(); ++i) {
        if (index[axis] < In(i)[axis]) return Read(i, index, pixels);
        index[axis] -= In(i)[axis];
      }
    });
  }

  const Graph& graph_;
  std::vector<Dependencies> values_;
  const Op* op_ = nullptr;
  size_t output_ = 0;
};

}  // namespace

std::vector<Dependencies> RunOnPixels(const Graph& graph) { return Runner(graph).Run(); }

}  // namespace latcast::insight
