// The shipped networks over LibTorch, and what the executor must know of the operators there are.
#include "analyzer/import/load_model.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/zoo/zoo.h"
#include "bench/executor/executor.h"

namespace latcast::bench {
namespace {

// Every network of the zoo runs, one also at another batch than it was captured with, and gives one
// row of class scores an image, all finite.
TEST(ZooExecutionTest, NetworksRun) {
  ASSERT_FALSE(zoo::ZooEntries().empty());
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) {
    for (int64_t batch = 1; batch <= (entry.name == "alexnet" ? 2 : 1); ++batch) {
      SCOPED_TRACE(std::string(entry.name));
      ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                           import::LoadModel(entry.name, {.batch = batch}));
      ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph));
      ASSERT_OK(executor->Run());
      ASSERT_OK_AND_ASSIGN(const HostTensor output, executor->Read(graph.outputs[0]));
      EXPECT_EQ(output.shape, (graph::Shape{batch, 1000}));
      float largest = 0.0F;
      for (const float value : output.values) {
        ASSERT_TRUE(std::isfinite(value));
        largest = std::max(largest, std::abs(value));
      }
      EXPECT_GT(largest, 0.0F);
    }
  }
}

// What can be run is known: a kernel for an operator without rules would measure what nobody counts.
TEST(ZooExecutionTest, EveryExecutableOperatorIsKnown) {
  for (const std::string_view type : ExecutableOps()) {
    EXPECT_NE(ops::FindOp(type), nullptr) << type;
  }
}

}  // namespace
}  // namespace latcast::bench
