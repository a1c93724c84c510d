#include "analyzer/memory/estimates.h"

#include "analyzer/memory/memory.h"
#include "tests/support/resnet18.h"
#include "tests/support/tiny_graph.h"

namespace latcast::memory {
namespace {

std::vector<std::string> Names(const std::vector<Component>& parts) {
  std::vector<std::string> names;
  for (const Component& part : parts) {
    if (part.estimate) names.emplace_back(part.name);
  }
  return names;
}

// Workspaces stand there where the graph needs them; that of cuDNN is unknown unless it is limited.
TEST(CudaEstimatesTest, WhatTheGraphNeeds) {
  TinyGraph b;
  const graph::Graph plain = b.Finish({b.Add("relu", {b.Input({4})})});
  EXPECT_THAT(Names(CudaEstimates(plain, {}, 100, 60)),
              ::testing::ElementsAre("allocator reserve", "CUDA context"));
  const auto parts = CudaEstimates(ResNet18Builder::Build(), {}, 100, 60);
  EXPECT_THAT(Names(parts), ::testing::ElementsAre("allocator reserve", "cuBLAS workspace",
                                                   "cuDNN workspace", "CUDA context"));
  EXPECT_EQ(parts[0].bytes, 40);
  EXPECT_EQ(parts[1].bytes, 8'519'680);
  EXPECT_EQ(parts[2].bytes, std::nullopt);
  const auto limited =
      CudaEstimates(ResNet18Builder::Build(), {.cudnn_workspace_bytes = 7}, 100, 60);
  EXPECT_EQ(limited[2].bytes, 7);
}

// Estimates stand beside the exact parts and change no sum; on the CPU there are none.
TEST(CudaEstimatesTest, BesideTheExactParts) {
  const graph::Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const MemoryReport cuda, AnalyzeMemory(graph));
  ASSERT_OK_AND_ASSIGN(const MemoryReport cpu, AnalyzeMemory(graph, {.device = Device::kCpu}));
  EXPECT_EQ(Names(cuda.training_parts).size(), 4U);
  EXPECT_EQ(Names(cuda.evaluation_parts).size(), 4U);
  EXPECT_TRUE(Names(cpu.training_parts).empty());
  EXPECT_EQ(ExactBytes(cuda.training_parts), ExactBytes(cpu.training_parts));
  EXPECT_EQ(ExactBytes(cuda.evaluation_parts), ExactBytes(cpu.evaluation_parts));
}

// What the allocator reserves is at least what the tensors take, and for ResNet-18 not twice that.
TEST(CudaEstimatesTest, ReserveOfResNet18) {
  ASSERT_OK_AND_ASSIGN(const MemoryReport report, AnalyzeMemory(ResNet18Builder::Build()));
  for (const auto* parts : {&report.evaluation_parts, &report.training_parts}) {
    for (const Component& part : *parts) {
      if (part.name != "allocator reserve") continue;
      EXPECT_GT(*part.bytes, 0);
      EXPECT_LT(*part.bytes, ExactBytes(*parts));
    }
  }
}

}  // namespace
}  // namespace latcast::memory
