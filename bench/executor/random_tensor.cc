#include "bench/executor/random_tensor.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace latcast::bench {
namespace {

constexpr size_t kTile = 16381;  // prime, so that rows of a matrix do not repeat

at::ScalarType ToScalarType(graph::DType dtype) {
  switch (dtype) {
    case graph::DType::kFloat32:
      return at::kFloat;
    case graph::DType::kFloat64:
      return at::kDouble;
    case graph::DType::kFloat16:
      return at::kHalf;
    case graph::DType::kBFloat16:
      return at::kBFloat16;
    case graph::DType::kInt64:
      return at::kLong;
    case graph::DType::kInt32:
      return at::kInt;
    case graph::DType::kInt16:
      return at::kShort;
    case graph::DType::kInt8:
      return at::kChar;
    case graph::DType::kUInt8:
      return at::kByte;
    case graph::DType::kBool:
      return at::kBool;
  }
  return at::kFloat;
}

struct Range {
  float center = 0.0F;
  float radius = 1.0F;
};

Range RangeOf(const graph::Value& value, TensorRole role, int64_t numel) {
  switch (role) {
    case TensorRole::kInput:
      return {0.0F, std::sqrt(3.0F)};
    case TensorRole::kWeight: {
      const int64_t rows = std::max<int64_t>(1, value.shape.front());
      const int64_t fan_in = std::max<int64_t>(1, numel / rows);
      return {0.0F, std::sqrt(6.0F / static_cast<float>(fan_in))};
    }
    case TensorRole::kPositive:
      return {1.0F, 0.5F};
    case TensorRole::kSmall:
      return {0.0F, 0.1F};
  }
  return {};
}

}  // namespace

std::vector<TensorRole> TensorRoles(const graph::Graph& graph) {
  std::vector<TensorRole> roles;
  for (const graph::Value& value : graph.values) {
    const bool is_input =
        value.kind == graph::ValueKind::kInput || value.kind == graph::ValueKind::kConstant;
    roles.push_back(is_input                  ? TensorRole::kInput
                    : value.shape.size() >= 2 ? TensorRole::kWeight
                                              : TensorRole::kSmall);
  }
  for (const graph::Op& op : graph.ops) {
    if (op.type != "batch_norm") continue;
    for (const size_t scale : {size_t{1}, size_t{4}}) {  // weight, running_var
      if (scale < op.inputs.size() && op.inputs[scale] != graph::kNone) {
        roles[static_cast<size_t>(op.inputs[scale])] = TensorRole::kPositive;
      }
    }
  }
  return roles;
}

RandomTensors::RandomTensors(uint64_t seed) {
  std::mt19937 engine(static_cast<uint32_t>(seed));
  tile_.reserve(kTile);
  for (size_t i = 0; i < kTile; ++i) {
    tile_.push_back(static_cast<float>(engine()) * (2.0F / 4294967296.0F) - 1.0F);
  }
}

at::Tensor RandomTensors::Make(const graph::Value& value, TensorRole role, size_t salt) const {
  const at::ScalarType type = ToScalarType(value.dtype);
  if (!at::isFloatingType(type)) return at::zeros(value.shape, type);
  at::Tensor tensor = at::empty(value.shape, at::kFloat);
  const Range range = RangeOf(value, role, tensor.numel());
  std::vector<float> tile(kTile);
  for (size_t i = 0; i < kTile; ++i) {
    tile[i] = range.center + range.radius * tile_[(i + 101 * salt) % kTile];
  }
  float* data = tensor.mutable_data_ptr<float>();
  for (size_t left = static_cast<size_t>(tensor.numel()); left > 0;) {
    const size_t part = std::min(left, kTile);
    data = std::copy_n(tile.data(), part, data);
    left -= part;
  }
  return type == at::kFloat ? tensor : tensor.to(type);
}

}  // namespace latcast::bench
