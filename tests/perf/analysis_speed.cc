// How long the analysis of a loaded graph takes on one core, part by part: the shipped networks,
// and chains of 1000 to 100000 operators that show how cost grows. `memory` is that of an
// evaluation; `training`, which is not in the sum, adds a training step and a device's allocator. A
// benchmark, not a test: run it by hand on a quiet machine.
//
//   build/ci/bin/analysis_speed
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "analyzer/cost/graph_cost.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/graph/builder.h"
#include "analyzer/import/load_model.h"
#include "analyzer/memory/memory.h"
#include "analyzer/ops/infer.h"

namespace latcast {
namespace {

using Clock = std::chrono::steady_clock;

// Median over repetitions that take about half a second in all [us].
double Microseconds(const std::function<bool()>& run) {
  std::vector<double> taken;
  const auto start = Clock::now();
  while (taken.size() < 5 || Clock::now() - start < std::chrono::milliseconds(300)) {
    const auto before = Clock::now();
    if (!run()) return -1.0;
    taken.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
  }
  std::nth_element(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(taken.size() / 2),
                   taken.end());
  return taken[taken.size() / 2];
}

void Report(const std::string& name, graph::Graph graph) {
  const double shapes = Microseconds([&graph] { return ops::InferShapes(graph).ok(); });
  const double costs = Microseconds(
      [&graph] { return cost::ComputeCost(graph, {.shapes_are_inferred = true}).ok(); });
  const cost::GraphCost cost = *cost::ComputeCost(graph);
  const double features =
      Microseconds([&graph, &cost] { return features::ComputeFeatures(graph, cost).ok(); });
  const double memory = Microseconds([&graph] { return memory::AnalyzeEvaluation(graph).ok(); });
  const double training = Microseconds([&graph] { return memory::AnalyzeMemory(graph).ok(); });
  const double sum = shapes + costs + features + memory;
  std::printf("%-14s %8zu %9.1f %9.1f %9.1f %9.1f %10.1f %8.3f %10.1f\n", name.c_str(),
              graph.ops.size(), shapes, costs, features, memory, sum,
              sum / static_cast<double>(graph.ops.size()), training);
}

// Convolutions and rectifiers in turn, 16 channels on 32 x 32.
graph::Graph Chain(size_t ops) {
  graph::GraphBuilder builder("chain", "analysis_speed");
  graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1, 16, 32, 32});
  for (size_t i = 0; i < ops; ++i) {
    if (i % 2 == 0) {
      const graph::ValueId weight = builder.AddParameter("weight" + std::to_string(i),
                                                         graph::DType::kFloat32, {16, 16, 3, 3});
      x = ops::AddInferred(builder, "conv2d", {x, weight}, {{"padding", int64_t{1}}})->front();
    } else {
      x = ops::AddInferred(builder, "relu", {x})->front();
    }
  }
  return std::move(builder).Finish({x});
}

int Main() {
  std::printf("%-14s %8s %9s %9s %9s %9s %10s %8s %10s\n", "us", "ops", "shapes", "costs",
              "features", "memory", "sum", "per op", "training");
  for (const char* name : {"alexnet", "resnet18", "resnet50", "mobilenet_v2", "vgg16"}) {
    Report(name, *import::LoadModel(name));
  }
  for (const size_t ops : {1'000, 2'000, 10'000, 100'000}) {
    Report("chain", Chain(ops));
  }
  return 0;
}

}  // namespace
}  // namespace latcast

int main() { return latcast::Main(); }
