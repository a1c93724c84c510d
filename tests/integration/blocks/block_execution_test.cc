// Every block against LibTorch: what the graph says is what the framework computes.
#include <gtest/gtest.h>

#include "analyzer/blocks/block_library.h"
#include "base/status_matchers.h"
#include "bench/executor/executor.h"

namespace latcast {
namespace {

// Every family at its defaults and every classic block runs, and its output has the inferred shape.
TEST(BlockExecutionTest, OutputsHaveTheInferredShapes) {
  std::vector<std::string> specs;
  for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
    specs.push_back(std::string(family.name) + "?batch=2");
  }
  for (const blocks::BlockPreset& preset : blocks::ClassicBlocks()) {
    specs.push_back("classic/" + std::string(preset.name));
  }
  for (const std::string& spec : specs) {
    SCOPED_TRACE(spec);
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, blocks::BuildBlock(spec));
    ASSERT_OK_AND_ASSIGN(const auto executor, bench::Executor::Create(g));
    ASSERT_OK(executor->Run());
    ASSERT_OK_AND_ASSIGN(const bench::HostTensor output, executor->Read(g.outputs[0]));
    EXPECT_EQ(output.shape, g.value(g.outputs[0]).shape);
  }
}

}  // namespace
}  // namespace latcast
