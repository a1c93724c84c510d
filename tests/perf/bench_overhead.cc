// What the bench adds to what it measures: the time of an empty block beside the cost of reading
// the clock, and a network run by the executor beside the same network written by hand over
// LibTorch. A benchmark, not a test: run it by hand on a quiet machine.
//
//   build/ci/bin/bench_overhead
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/relu.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <optional>
#include <vector>

#include "analyzer/graph/builder.h"
#include "analyzer/import/load_model.h"
#include "base/status_macros.h"
#include "bench/backends/torch_cpu.h"
#include "bench/harness/clock.h"
#include "bench/harness/statistics.h"

namespace latcast::bench {
namespace {

// torchvision's resnet18 in inference, as its forward functions read.
class ResNet18 {
 public:
  at::Tensor Forward(at::Tensor x) const {
    x = stem_.Apply(x, 2, 3).relu_();
    x = at::max_pool2d(x, {3, 3}, {2, 2}, {1, 1});
    for (const Block& block : blocks_) x = block.Apply(x);
    x = at::adaptive_avg_pool2d(x, {1, 1}).flatten(1);
    return at::linear(x, weight_, bias_);
  }

 private:
  struct ConvNorm {
    ConvNorm(int64_t out, int64_t in, int64_t kernel)
        : weight(at::rand({out, in, kernel, kernel})),
          scale(at::rand({out})),
          shift(at::rand({out})),
          mean(at::rand({out})),
          variance(at::rand({out})) {}
    at::Tensor Apply(const at::Tensor& x, int64_t stride, int64_t padding) const {
      return at::batch_norm(at::conv2d(x, weight, {}, {stride, stride}, {padding, padding}), scale,
                            shift, mean, variance, false, 0.1, 1e-5, true);
    }
    at::Tensor weight, scale, shift, mean, variance;
  };
  struct Block {
    Block(int64_t in, int64_t out, int64_t by)
        : stride(by), first(out, in, 3), second(out, out, 3) {
      if (by != 1) shortcut.emplace(out, in, 1);
    }
    at::Tensor Apply(const at::Tensor& x) const {
      at::Tensor y = first.Apply(x, stride, 1).relu_();
      y = second.Apply(y, 1, 1);
      y += shortcut.has_value() ? shortcut->Apply(x, stride, 0) : x;
      return y.relu_();
    }
    int64_t stride;
    ConvNorm first, second;
    std::optional<ConvNorm> shortcut;
  };
  ConvNorm stem_{64, 3, 7};
  std::vector<Block> blocks_ = {{64, 64, 1},   {64, 64, 1},   {64, 128, 2},  {128, 128, 1},
                                {128, 256, 2}, {256, 256, 1}, {256, 512, 2}, {512, 512, 1}};
  at::Tensor weight_ = at::rand({1000, 512});
  at::Tensor bias_ = at::rand({1000});
};

void ReportClock(Backend& backend) {
  constexpr int kRuns = 100'000;
  std::vector<double> clock_us;
  for (int i = 0; i < kRuns; ++i) {
    const int64_t before = backend.clock().NowNs();
    clock_us.push_back(static_cast<double>(backend.clock().NowNs() - before) / 1e3);
  }
  graph::GraphBuilder builder("empty", "bench_overhead");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {1});
  const auto empty = backend.Prepare(std::move(builder).Finish({x}), Weights::kWarm);
  if (!empty.ok()) {
    std::printf("empty block: %s\n", std::string(empty.status().message()).c_str());
    return;
  }
  std::vector<double> empty_us;
  for (int i = 0; i < kRuns; ++i) empty_us.push_back((*empty)->MeasureOnce()->ms * 1e3);
  std::printf("clock read twice: %.3f us; empty block: %.3f us; above the clock: %.3f us\n",
              Median(clock_us), Median(empty_us), Median(empty_us) - Median(clock_us));
}

// CPU time of this thread: one thread does all the work, and other programs do not count.
double CpuMs(const std::function<void()>& run) {
  const auto now = [] {
    struct timespec time {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  const double start = now();
  run();
  return now() - start;
}

// The median over `pairs` of executor / hand, which take turns at being first.
double ExecutorOverHand(Runnable& executed, const ResNet18& network, const at::Tensor& input,
                        int pairs) {
  std::vector<double> ratios;
  for (int i = -5; i < pairs; ++i) {
    double ours = 0.0;
    double theirs = 0.0;
    for (const bool is_ours : {i % 2 == 0, i % 2 != 0}) {
      if (is_ours) {
        ours = CpuMs([&executed] { executed.MeasureOnce().status().IgnoreError(); });
      } else {
        theirs = CpuMs([&network, &input] { network.Forward(input); });
      }
    }
    if (i >= 0) ratios.push_back(ours / theirs);
  }
  return Median(ratios);
}

// Every repeat has tensors of its own: where they lie makes a difference, too.
absl::Status ReportExecutor(Backend& backend, int64_t size, int repeats, int pairs) {
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   import::LoadModel("resnet18", {.inputs = {{1, 3, size, size}}}));
  const c10::InferenceMode inference;
  std::vector<double> ratios;
  for (int i = 0; i < repeats; ++i) {
    ASSIGN_OR_RETURN(const auto executed, backend.Prepare(graph, Weights::kWarm));
    RETURN_IF_ERROR(executed->MeasureOnce().status());
    const ResNet18 network;
    ratios.push_back(ExecutorOverHand(*executed, network, at::rand({1, 3, size, size}), pairs));
  }
  const auto [least, most] = std::ranges::minmax(ratios);
  std::printf(
      "resnet18 at %ld x %ld, executor over hand, %d x %d pairs: %+.2f %% (median of the repeats' "
      "medians, %+.2f %% to %+.2f %%)\n",
      size, size, repeats, pairs, 100.0 * (Median(ratios) - 1.0), 100.0 * (least - 1.0),
      100.0 * (most - 1.0));
  return absl::OkStatus();
}

}  // namespace
}  // namespace latcast::bench

int main() {
  const auto backend = latcast::bench::MakeTorchCpuBackend({});
  if (!backend.ok()) {
    std::printf("%s\n", std::string(backend.status().message()).c_str());
    return 1;
  }
  latcast::bench::ReportClock(**backend);
  // At the smaller size a tenth of the work is left and all of the operators.
  for (const auto& [size, pairs] : {std::pair(224, 40), std::pair(32, 300)}) {
    const absl::Status status = latcast::bench::ReportExecutor(**backend, size, 7, pairs);
    if (!status.ok()) std::printf("%s\n", std::string(status.message()).c_str());
  }
  return 0;
}
