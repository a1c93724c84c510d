#include "analyzer/memory/memory.h"

#include "absl/container/flat_hash_set.h"
#include "analyzer/cost/gradient_flow.h"
#include "analyzer/cost/parameters.h"
#include "analyzer/memory/storages.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"
#include "base/status_macros.h"

namespace latcast::memory {
namespace {

using graph::Graph;

// What is there all the time.
struct Resident {
  int64_t weights = 0;
  int64_t buffers = 0;
  int64_t inputs = 0;
};

absl::StatusOr<Resident> FindResident(const Graph& graph, const Storages& storages) {
  ASSIGN_OR_RETURN(const auto parameters, cost::CountParameters(graph));
  Resident resident{parameters.front().parameter_bytes, parameters.front().buffer_bytes, 0};
  for (const Storage& storage : storages.all) {
    if (storage.role == Role::kInput) resident.inputs += storage.bytes;
  }
  return resident;
}

absl::Status AddTrainable(const Graph& graph, Optimizer optimizer, MemoryReport& report) {
  absl::flat_hash_set<int32_t> seen;
  Checked gradients;
  Checked states;
  for (const graph::Value& value : graph.values) {
    if (value.kind != graph::ValueKind::kParameter || !value.requires_grad) continue;
    if (!seen.insert(value.storage).second) continue;
    gradients += Bytes(value);
    states += StateBytes(optimizer, value);
  }
  ASSIGN_OR_RETURN(report.gradient_bytes, gradients.Value("bytes of gradients"));
  ASSIGN_OR_RETURN(report.state_bytes, states.Value("bytes of optimizer states"));
  return absl::OkStatus();
}

bool KnowsAll(const Graph& graph) {
  for (const graph::Op& op : graph.ops) {
    if (ops::FindOp(op.type) == nullptr) return false;
  }
  return true;
}

}  // namespace

int64_t ExactBytes(const std::vector<Component>& parts) {
  int64_t sum = 0;
  for (const Component& part : parts) sum += part.estimate ? 0 : part.bytes.value_or(0);
  return sum;
}

absl::StatusOr<MemoryReport> AnalyzeMemory(const Graph& graph, const MemoryOptions& options) {
  MemoryReport report;
  report.options = options;
  if (!KnowsAll(graph)) report.status = cost::Completeness::kPartial;
  const Layouts layouts(graph);
  ASSIGN_OR_RETURN(const std::vector<int64_t> kernel_bytes, KernelBytes(graph, layouts));
  RETURN_IF_ERROR(CheckSums(graph, kernel_bytes));
  const Storages storages = FindStorages(graph, layouts, Mode::kEvaluation);
  report.eager = MakeTimeline(graph, storages, EagerLifetimes(graph, storages), kernel_bytes);
  report.planned = MakeTimeline(graph, storages, PlannedLifetimes(graph, storages), kernel_bytes);

  const Storages training = FindStorages(graph, layouts, Mode::kTraining);
  const std::vector<cost::GradientNeed> needs = cost::GradientFlow(graph);
  ASSIGN_OR_RETURN(report.saved, FindSaved(graph, layouts, training, needs, options.device));
  RETURN_IF_ERROR(CheckSums(graph, report.saved.extra_bytes));
  report.training = WalkTraining(graph, training, EagerLifetimes(graph, training), kernel_bytes,
                                 report.saved, needs);
  RETURN_IF_ERROR(AddTrainable(graph, options.optimizer, report));

  ASSIGN_OR_RETURN(const Resident resident, FindResident(graph, storages));
  const std::vector<Component> always = {
      {"weights", resident.weights}, {"buffers", resident.buffers}, {"inputs", resident.inputs}};
  report.evaluation_parts = always;
  report.evaluation_parts.push_back({"activations", report.eager.peak_bytes});
  report.training_parts = always;
  report.training_parts.insert(
      report.training_parts.end(),
      {{"optimizer states", report.state_bytes},
       {"activations", report.training.peak_activations},
       {"gradients of activations", report.training.peak_activation_gradients},
       {"gradients of weights", report.training.peak_parameter_gradients}});
  for (const auto* parts : {&report.evaluation_parts, &report.training_parts}) {
    Checked sum;
    for (const Component& part : *parts) sum += *part.bytes;
    RETURN_IF_ERROR(sum.Value("the sum of the parts").status());
  }
  return report;
}

}  // namespace latcast::memory
