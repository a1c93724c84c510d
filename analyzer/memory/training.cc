#include "analyzer/memory/training.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/memory/gradients.h"
#include "analyzer/memory/replay.h"
#include "base/text.h"

namespace latcast::memory {
namespace {

using graph::Graph;
using graph::OpId;

struct OptimizerInfo {
  Optimizer optimizer;
  std::string_view name;
  int64_t tensors;           // of the parameter's shape
  int64_t bytes_an_element;  // of one of them; 0: as the parameter has
};
constexpr OptimizerInfo kOptimizers[] = {{Optimizer::kSgd, "sgd", 0, 0},
                                         {Optimizer::kMomentum, "momentum", 1, 0},
                                         {Optimizer::kAdam, "adam", 2, 0},
                                         {Optimizer::kAdamW, "adamw", 2, 0},
                                         {Optimizer::kAdam8bit, "adam8bit", 2, 1}};

const OptimizerInfo& Info(Optimizer optimizer) {
  return kOptimizers[static_cast<size_t>(optimizer)];
}

// The activations of 2 n steps: forward 0 ... n-1, then back through operator n-1 ... 0.
std::vector<Interval> Activations(const Graph& graph, const Storages& storages,
                                  const std::vector<Lifetime>& lifetimes,
                                  const std::vector<int64_t>& kernel_bytes, const Saved& saved,
                                  const std::vector<cost::GradientNeed>& needs) {
  const size_t n = graph.ops.size();
  const auto back = [n](size_t op) { return 2 * n - 1 - op; };
  std::vector<Interval> alive;
  for (size_t i = 0; i < storages.all.size(); ++i) {
    const auto [first, last] = lifetimes[i];
    const OpId keeper = saved.first_keeper[i];
    if (storages.all[i].role == Role::kInput || (last < first && keeper == graph::kNone)) continue;
    auto end = static_cast<size_t>(std::max(first, last));
    if (keeper != graph::kNone) end = back(static_cast<size_t>(keeper));
    alive.push_back({static_cast<size_t>(first), end, storages.all[i].bytes});
  }
  for (size_t i = 0; i < n; ++i) {
    if (saved.extra_bytes[i] > 0) alive.push_back({i, back(i), saved.extra_bytes[i]});
    if (!needs[i].any && kernel_bytes[i] > 0) alive.push_back({i, i, kernel_bytes[i]});
  }
  return alive;
}

class Walk {
 public:
  explicit Walk(size_t ops) {
    walk_.forward_bytes.reserve(ops);
    walk_.backward_bytes.assign(ops, 0);
  }

  void Forward(OpId op, int64_t activations) {
    walk_.forward_bytes.push_back(activations);
    Sample(op, false, activations, {});
  }

  void Backward(OpId op, int64_t activations, const Gradients::Bytes& gradients) {
    int64_t& bytes = walk_.backward_bytes[static_cast<size_t>(op)];
    bytes = std::max(bytes, Sample(op, true, activations, gradients));
  }

  TrainingWalk Take() && { return std::move(walk_); }

 private:
  int64_t Sample(OpId op, bool backward, int64_t activations, const Gradients::Bytes& gradients) {
    const int64_t bytes = activations + gradients.activations + gradients.parameters;
    if (walk_.peak_op == graph::kNone || bytes > walk_.peak_bytes) {
      walk_.peak_bytes = bytes;
      walk_.peak_op = op;
      walk_.peak_in_backward = backward;
      walk_.peak_activations = activations;
      walk_.peak_activation_gradients = gradients.activations;
      walk_.peak_parameter_gradients = gradients.parameters;
    }
    return bytes;
  }

  TrainingWalk walk_;
};

}  // namespace

std::string_view Name(Optimizer optimizer) { return Info(optimizer).name; }

absl::StatusOr<Optimizer> ParseOptimizer(std::string_view name) {
  std::vector<std::string_view> names;
  for (const OptimizerInfo& info : kOptimizers) {
    if (info.name == name) return info.optimizer;
    names.push_back(info.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "optimizer '", ToAbsl(name), "', one of ",
      absl::StrJoin(names, ", ",
                    [](std::string* out, std::string_view text) { out->append(text); }),
      " expected"));
}

int64_t StateTensors(Optimizer optimizer) { return Info(optimizer).tensors; }

int64_t StateBytes(Optimizer optimizer, const graph::Value& parameter) {
  const int64_t one_byte_each = Bytes(parameter) / graph::ByteSize(parameter.dtype);
  const int64_t tensor = Info(optimizer).bytes_an_element == 0
                             ? Bytes(parameter)
                             : one_byte_each * Info(optimizer).bytes_an_element;
  return Info(optimizer).tensors * tensor;
}

TrainingWalk WalkTraining(const Graph& graph, const Storages& storages,
                          const std::vector<Lifetime>& lifetimes,
                          const std::vector<int64_t>& kernel_bytes, const Saved& saved,
                          const std::vector<cost::GradientNeed>& needs,
                          CachingAllocator& allocator) {
  Replay activations(Activations(graph, storages, lifetimes, kernel_bytes, saved, needs),
                     allocator);
  const size_t n = graph.ops.size();
  Walk walk(n);
  for (size_t i = 0; i < n; ++i) {
    activations.Begin(i);
    walk.Forward(static_cast<OpId>(i), activations.live_bytes());
    activations.End(i);
  }
  Gradients gradients(graph, needs, allocator);
  for (size_t step = n; step < 2 * n; ++step) {
    const auto op = static_cast<OpId>(2 * n - 1 - step);
    const Gradients::Alive alive = gradients.Step(op);
    walk.Backward(op, activations.live_bytes(), alive.running);
    activations.End(step);
    walk.Backward(op, activations.live_bytes(), alive.summing);
  }
  return std::move(walk).Take();
}

}  // namespace latcast::memory
