#include "analyzer/memory/memory.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/cost/parameters.h"
#include "analyzer/memory/allocator.h"
#include "analyzer/memory/autocast.h"
#include "analyzer/memory/layout.h"
#include "analyzer/memory/replay.h"
#include "analyzer/memory/storages.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::memory {
namespace {

using graph::Graph;

// Every trainable parameter once.
template <typename Visit>
void VisitTrainable(const Graph& graph, Visit visit) {
  absl::flat_hash_set<int32_t> seen;
  for (const graph::Value& value : graph.values) {
    if (value.kind != graph::ValueKind::kParameter || !value.requires_grad) continue;
    if (seen.insert(value.storage).second) visit(value);
  }
}

absl::Status AddTrainable(const Graph& graph, Optimizer optimizer, MemoryReport& report) {
  Checked gradients;
  Checked states;
  VisitTrainable(graph, [&](const graph::Value& parameter) {
    gradients += Bytes(parameter);
    states += StateBytes(optimizer, parameter);
  });
  ASSIGN_OR_RETURN(report.gradient_bytes, gradients.Value("bytes of gradients"));
  ASSIGN_OR_RETURN(report.state_bytes, states.Value("bytes of optimizer states"));
  return absl::OkStatus();
}

// Weights, buffers and inputs are on the device before anything runs.
void TakeResident(const Storages& storages, CachingAllocator& allocator) {
  for (const Storage& storage : storages.all) {
    if (storage.role == Role::kWeight || storage.role == Role::kInput) {
      allocator.Allocate(storage.bytes);
    }
  }
}

void TakeStates(const Graph& graph, Optimizer optimizer, CachingAllocator& allocator) {
  VisitTrainable(graph, [&](const graph::Value& parameter) {
    const int64_t bytes = StateBytes(optimizer, parameter);
    const int64_t tensors = std::max<int64_t>(StateTensors(optimizer), 1);
    for (int64_t i = 0; i < tensors; ++i) allocator.Allocate(bytes / tensors);
  });
}

void ReplayEvaluation(const Storages& storages, const std::vector<Lifetime>& lifetimes,
                      const std::vector<int64_t>& kernel_bytes, CachingAllocator& allocator) {
  std::vector<Interval> alive;
  for (size_t i = 0; i < storages.all.size(); ++i) {
    if (lifetimes[i].last < lifetimes[i].first) continue;
    alive.push_back({static_cast<size_t>(lifetimes[i].first),
                     static_cast<size_t>(lifetimes[i].last), storages.all[i].bytes});
  }
  for (size_t i = 0; i < kernel_bytes.size(); ++i) {
    if (kernel_bytes[i] > 0) alive.push_back({i, i, kernel_bytes[i]});
  }
  Replay replay(std::move(alive), allocator);
  for (size_t i = 0; i < kernel_bytes.size(); ++i) {
    replay.Begin(i);
    replay.End(i);
  }
}

// Checks the sum of the exact parts, and adds the estimates.
absl::Status Finish(const Graph& graph, const MemoryOptions& options,
                    const CachingAllocator& allocator, std::vector<Component>& parts) {
  Checked sum;
  for (const Component& part : parts) sum += *part.bytes;
  ASSIGN_OR_RETURN(const int64_t bytes, sum.Value("the sum of the parts"));
  if (options.device != Device::kCuda) return absl::OkStatus();
  const auto estimates = CudaEstimates(graph, options.estimates, allocator.reserved_bytes(), bytes);
  parts.insert(parts.end(), estimates.begin(), estimates.end());
  return absl::OkStatus();
}

bool KnowsAll(const Graph& graph) {
  for (const graph::Op& op : graph.ops) {
    if (ops::FindOp(op.type) == nullptr) return false;
  }
  return true;
}

// The evaluation, and what it was found from, which training needs too.
struct Evaluation {
  explicit Evaluation(const Graph& graph) : layouts(graph) {}
  Layouts layouts;
  std::vector<int64_t> kernel_bytes;
  Storages storages;
  std::vector<Lifetime> eager;
  EvaluationMemory memory;
};

absl::StatusOr<Evaluation> Evaluate(const Graph& graph) {
  Evaluation found(graph);
  if (!KnowsAll(graph)) found.memory.status = cost::Completeness::kPartial;
  ASSIGN_OR_RETURN(found.kernel_bytes, KernelBytes(graph, found.layouts));
  RETURN_IF_ERROR(CheckSums(graph, found.kernel_bytes));
  found.storages = FindStorages(graph, found.layouts, Mode::kEvaluation);
  ASSIGN_OR_RETURN(const cost::ParameterCount parameters, cost::CountAllParameters(graph));
  found.memory.weights = parameters.parameter_bytes;
  found.memory.buffers = parameters.buffer_bytes;
  for (const Storage& storage : found.storages.all) {
    if (storage.role == Role::kInput) found.memory.inputs += storage.bytes;
  }
  found.eager = EagerLifetimes(graph, found.storages);
  found.memory.eager = MakeTimeline(graph, found.storages, found.eager, found.kernel_bytes);
  found.memory.planned = MakeTimeline(graph, found.storages,
                                      PlannedLifetimes(graph, found.storages), found.kernel_bytes);
  return found;
}

absl::StatusOr<MemoryReport> Analyze(const Graph& graph, const MemoryOptions& options) {
  MemoryReport report;
  report.options = options;
  ASSIGN_OR_RETURN(Evaluation evaluation, Evaluate(graph));
  report.status = evaluation.memory.status;
  const auto& [layouts, kernel_bytes, storages, eager, memory] = evaluation;
  RETURN_IF_ERROR(AddTrainable(graph, options.optimizer, report));
  const std::vector<Component> always = {
      {"weights", memory.weights}, {"buffers", memory.buffers}, {"inputs", memory.inputs}};
  report.evaluation_parts = always;
  report.evaluation_parts.push_back({"activations", memory.eager.peak_bytes});
  CachingAllocator evaluated;
  TakeResident(storages, evaluated);
  ReplayEvaluation(storages, eager, kernel_bytes, evaluated);
  RETURN_IF_ERROR(Finish(graph, options, evaluated, report.evaluation_parts));

  const Storages training = FindStorages(graph, layouts, Mode::kTraining);
  const std::vector<cost::GradientNeed> needs = cost::GradientFlow(graph);
  ASSIGN_OR_RETURN(report.saved, FindSaved(graph, layouts, training, needs, options.device));
  RETURN_IF_ERROR(CheckSums(graph, report.saved.extra_bytes));
  CachingAllocator trained;
  TakeResident(training, trained);
  TakeStates(graph, options.optimizer, trained);
  report.training = WalkTraining(graph, training, EagerLifetimes(graph, training), kernel_bytes,
                                 report.saved, needs, trained);
  report.training_parts = always;
  report.training_parts.insert(
      report.training_parts.end(),
      {{"optimizer states", report.state_bytes},
       {"activations", report.training.peak_activations},
       {"gradients of activations", report.training.peak_activation_gradients},
       {"gradients of weights", report.training.peak_parameter_gradients}});
  RETURN_IF_ERROR(Finish(graph, options, trained, report.training_parts));
  report.eager = std::move(evaluation.memory.eager);
  report.planned = std::move(evaluation.memory.planned);
  return report;
}

// The largest number of the operators that are there for an original one.
std::vector<int64_t> LargestOf(const std::vector<int64_t>& bytes, const Autocast& cast,
                               size_t ops) {
  std::vector<int64_t> largest(ops, 0);
  for (size_t i = 0; i < bytes.size(); ++i) {
    int64_t& known = largest[static_cast<size_t>(cast.origin[i])];
    known = std::max(known, bytes[i]);
  }
  return largest;
}

// From the operators of the graph with copies to the original ones: copies are their operator's.
void MapBack(const Autocast& cast, size_t ops, MemoryReport& report) {
  const auto origin = [&cast](graph::OpId& op) {
    if (op != graph::kNone) op = cast.origin[static_cast<size_t>(op)];
  };
  for (Timeline* timeline : {&report.eager, &report.planned}) {
    timeline->live_bytes = LargestOf(timeline->live_bytes, cast, ops);
    origin(timeline->peak_op);
    for (LiveValue& live : timeline->at_peak) {
      origin(live.op);
      if (static_cast<size_t>(live.value) >= cast.first_copy) live.value = graph::kNone;
    }
  }
  std::vector<std::optional<int64_t>> kept(ops, 0);
  std::vector<int64_t> extra(ops, 0);
  for (size_t i = 0; i < cast.origin.size(); ++i) {
    const auto op = static_cast<size_t>(cast.origin[i]);
    extra[op] += report.saved.extra_bytes[i];
    if (!report.saved.ops[i]) kept[op].reset();
    if (kept[op]) *kept[op] += *report.saved.ops[i];
  }
  report.saved.ops = std::move(kept);
  report.saved.extra_bytes = std::move(extra);
  for (graph::OpId& keeper : report.saved.first_keeper) origin(keeper);
  report.training.forward_bytes = LargestOf(report.training.forward_bytes, cast, ops);
  report.training.backward_bytes = LargestOf(report.training.backward_bytes, cast, ops);
  origin(report.training.peak_op);
}

}  // namespace

int64_t ExactBytes(const std::vector<Component>& parts) {
  int64_t sum = 0;
  for (const Component& part : parts) sum += part.estimate ? 0 : part.bytes.value_or(0);
  return sum;
}

absl::StatusOr<EvaluationMemory> AnalyzeEvaluation(const Graph& graph) {
  ASSIGN_OR_RETURN(Evaluation evaluation, Evaluate(graph));
  return std::move(evaluation.memory);
}

absl::StatusOr<MemoryReport> AnalyzeMemory(const Graph& graph, const MemoryOptions& options) {
  if (!options.autocast) return Analyze(graph, options);
  ASSIGN_OR_RETURN(const Autocast cast, WithAutocast(graph, *options.autocast, options.device));
  ASSIGN_OR_RETURN(MemoryReport report, Analyze(cast.graph, options));
  MapBack(cast, graph.ops.size(), report);
  return report;
}

}  // namespace latcast::memory
