#include "bench/plan/memory_estimate.h"

#include <limits>

#include "analyzer/graph/builder.h"

namespace latcast::bench {
namespace {

using graph::DType;
using graph::GraphBuilder;
using graph::ValueId;

// x (400 B) -> a -> b -> c: at b's operator a and b are alive, and are touched once more.
TEST(MemoryEstimateTest, ChainKeepsTwoValues) {
  GraphBuilder builder("chain", "test");
  ValueId value = builder.AddInput("x", DType::kFloat32, {100});
  for (int i = 0; i < 3; ++i) {
    const ValueId next = builder.AddActivation(DType::kFloat32, {100});
    builder.AddOp("relu", {value}, {next});
    value = next;
  }
  EXPECT_EQ(EstimatePeakBytes(std::move(builder).Finish({value})), 400 + 2 * 400 + 2 * 400);
}

// In place there is no second value: one storage, touched as input and as output.
TEST(MemoryEstimateTest, InplaceSharesStorage) {
  GraphBuilder builder("inplace", "test");
  const ValueId x = builder.AddInput("x", DType::kFloat32, {100});
  const ValueId a = builder.AddActivation(DType::kFloat32, {100});
  const ValueId b = builder.AddActivation(DType::kFloat32, {100}, a);
  builder.AddOp("tanh", {x}, {a});
  builder.AddOp("relu", {a}, {b}, {{"inplace", true}});
  EXPECT_EQ(EstimatePeakBytes(std::move(builder).Finish({b})), 400 + 400 + 2 * 400);
}

// A shortcut stays alive until it is added.
TEST(MemoryEstimateTest, ShortcutStaysAlive) {
  GraphBuilder builder("residual", "test");
  const ValueId x = builder.AddInput("x", DType::kFloat32, {1});
  const ValueId shortcut = builder.AddActivation(DType::kFloat32, {1000});
  const ValueId a = builder.AddActivation(DType::kFloat32, {1000});
  const ValueId b = builder.AddActivation(DType::kFloat32, {1000});
  const ValueId sum = builder.AddActivation(DType::kFloat32, {1000});
  builder.AddOp("linear", {x}, {shortcut});
  builder.AddOp("relu", {shortcut}, {a});
  builder.AddOp("relu", {a}, {b});
  builder.AddOp("add", {b, shortcut}, {sum});
  EXPECT_EQ(EstimatePeakBytes(std::move(builder).Finish({sum})), 4 + 3 * 4000 + 3 * 4000);
}

// Sizes beyond 64 bits are the largest number, never a wrapped one.
TEST(MemoryEstimateTest, Saturates) {
  GraphBuilder builder("huge", "test");
  const int64_t half = int64_t{1} << 60;
  const ValueId x = builder.AddInput("x", DType::kFloat32, {half});
  const ValueId y = builder.AddActivation(DType::kFloat32, {half});
  builder.AddOp("relu", {x}, {y});
  EXPECT_EQ(EstimatePeakBytes(std::move(builder).Finish({y})), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace latcast::bench
