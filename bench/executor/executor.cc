#include "bench/executor/executor.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <map>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/graph/verify.h"
#include "base/status_macros.h"
#include "bench/executor/op_kernels.h"
#include "bench/executor/random_tensor.h"

namespace latcast::bench {
namespace {

// The status of the exception being handled. Only the first line: LibTorch appends a stack trace.
absl::Status CurrentException(std::string_view where) {
  std::string message;
  bool out_of_memory = false;
  bool device_lost = false;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    message = "out of memory";
    out_of_memory = true;
  } catch (const c10::Error& e) {
    message = e.what_without_backtrace();
    message.resize(std::min(message.size(), message.find('\n')));
    out_of_memory = absl::StrContains(message, "DefaultCPUAllocator") ||
                    absl::StrContains(message, "out of memory");
    // Sticky: every later call of the process says the same.
    device_lost = !out_of_memory && absl::StrContains(message, "CUDA error");
  } catch (const std::exception& e) {
    message = e.what();
  }
  const absl::Status status = out_of_memory ? absl::ResourceExhaustedError(message)
                              : device_lost ? absl::UnavailableError(message)
                                            : absl::InvalidArgumentError(message);
  return Annotate(status, where);
}

at::Tensor Place(const at::Tensor& tensor, const Placement& placement) {
  at::TensorOptions options = tensor.options();
  if (placement.cuda_device >= 0) {
    options = options.device(at::kCUDA, static_cast<c10::DeviceIndex>(placement.cuda_device));
  }
  if (tensor.scalar_type() == at::kFloat && placement.precision != Precision::kFloat32) {
    options = options.dtype(placement.precision == Precision::kFloat16 ? at::kHalf : at::kBFloat16);
  }
  const at::Tensor placed = tensor.to(options);
  const bool is_image = placement.channels_last && tensor.dim() == 4;
  return is_image ? placed.contiguous(at::MemoryFormat::ChannelsLast) : placed;
}

struct Step {
  Kernel kernel;
  std::vector<size_t> release;  // values nobody reads after this step
};

}  // namespace

struct Executor::Impl {
  std::vector<at::Tensor> values;  // by ValueId; undefined where nothing is held
  std::vector<Step> steps;
  std::vector<size_t> outputs;        // of the graph, where a step makes them
  std::vector<std::string> op_names;  // by step, for errors
  std::vector<bool> is_activation;    // by ValueId

  std::vector<size_t> parameters;             // and buffers and constants, by ValueId
  std::vector<std::vector<at::Tensor>> sets;  // in each one tensor for each of `parameters`
  size_t current_set = 0;

  void MakeHeldValues(const graph::Graph& graph, const ExecutorOptions& options);
  void UseCurrentSet();
  absl::Status Resolve(const graph::Graph& graph);
  void PlanReleases(const graph::Graph& graph);
  void DropActivations();
  // Calls run(step, index) for every step.
  absl::Status RunSteps(const auto& run);
};

void Executor::Impl::MakeHeldValues(const graph::Graph& graph, const ExecutorOptions& options) {
  const std::vector<TensorRole> roles = TensorRoles(graph);
  const RandomTensors random(options.seed);
  values.resize(graph.values.size());
  is_activation.resize(graph.values.size());
  int64_t bytes = 0;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const graph::Value& value = graph.values[i];
    is_activation[i] = value.kind == graph::ValueKind::kActivation;
    if (is_activation[i]) continue;
    values[i] = Place(random.Make(value, roles[i], i), options.placement);
    if (value.kind == graph::ValueKind::kInput) continue;
    parameters.push_back(i);
    bytes += static_cast<int64_t>(values[i].nbytes());
  }
  const int64_t fitting = options.parameter_bytes / std::max<int64_t>(bytes, 1);
  sets.resize(static_cast<size_t>(std::clamp(fitting, int64_t{1}, kMaxParameterSets)));
  for (size_t k = 0; k < sets.size(); ++k) {
    std::map<std::pair<int32_t, graph::Shape>, at::Tensor> by_storage;  // tied ones are one tensor
    for (const size_t i : parameters) {
      at::Tensor& tensor = by_storage[{graph.values[i].storage, graph.values[i].shape}];
      if (!tensor.defined()) tensor = k == 0 ? values[i] : values[i].clone();
      sets[k].push_back(tensor);
    }
  }
  UseCurrentSet();
}

void Executor::Impl::UseCurrentSet() {
  const std::vector<at::Tensor>& set = sets[current_set];
  for (size_t j = 0; j < set.size(); ++j) values[parameters[j]] = set[j];
}

absl::Status Executor::Impl::Resolve(const graph::Graph& graph) {
  for (const graph::Op& op : graph.ops) {
    ASSIGN_OR_RETURN(Kernel kernel, ResolveKernel(graph, op));
    steps.push_back({std::move(kernel), {}});
    op_names.push_back(absl::StrCat("operator '", op.name, "' (", op.type, ")"));
  }
  return absl::OkStatus();
}

void Executor::Impl::PlanReleases(const graph::Graph& graph) {
  constexpr size_t kNever = SIZE_MAX;
  std::vector<size_t> last_use(values.size(), kNever);
  for (size_t step = 0; step < graph.ops.size(); ++step) {
    for (const auto* ids : {&graph.ops[step].inputs, &graph.ops[step].outputs}) {
      for (const graph::ValueId id : *ids) {
        if (id != graph::kNone) last_use[static_cast<size_t>(id)] = step;
      }
    }
  }
  for (const graph::ValueId id : graph.outputs) {
    const size_t i = static_cast<size_t>(id);
    last_use[i] = kNever;
    if (is_activation[i]) outputs.push_back(i);
  }
  for (size_t i = 0; i < last_use.size(); ++i) {
    if (is_activation[i] && last_use[i] != kNever) steps[last_use[i]].release.push_back(i);
  }
}

void Executor::Impl::DropActivations() {
  for (size_t i = 0; i < values.size(); ++i) {
    if (is_activation[i]) values[i].reset();
  }
}

Executor::Executor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Executor::~Executor() = default;

absl::StatusOr<std::unique_ptr<Executor>> Executor::Create(const graph::Graph& graph,
                                                           const ExecutorOptions& options) {
  RETURN_IF_ERROR(graph::Verify(graph));
  auto impl = std::make_unique<Impl>();
  RETURN_IF_ERROR(impl->Resolve(graph));
  try {
    const c10::InferenceMode inference;
    impl->MakeHeldValues(graph, options);
  } catch (...) {
    return CurrentException("parameters and inputs");
  }
  impl->PlanReleases(graph);
  return std::unique_ptr<Executor>(new Executor(std::move(impl)));
}

void Executor::NextParameters() {
  if (impl_->sets.size() == 1) return;
  impl_->current_set = (impl_->current_set + 1) % impl_->sets.size();
  impl_->UseCurrentSet();
}

size_t Executor::parameter_sets() const { return impl_->sets.size(); }

absl::Status Executor::Impl::RunSteps(const auto& run) {
  size_t index = 0;
  try {
    const c10::InferenceMode inference;
    for (const size_t output : outputs) values[output].reset();
    for (; index < steps.size(); ++index) run(steps[index], index);
  } catch (...) {
    const absl::Status status = CurrentException(op_names[index]);
    DropActivations();
    return status;
  }
  return absl::OkStatus();
}

absl::Status Executor::Run() {
  at::Tensor* const values = impl_->values.data();
  return impl_->RunSteps([values](const Step& step, size_t) {
    step.kernel(values);
    for (const size_t value : step.release) values[value].reset();
  });
}

absl::Status Executor::Run(std::span<int64_t> op_ns) {
  using std::chrono::steady_clock;
  at::Tensor* const values = impl_->values.data();
  return impl_->RunSteps([values, op_ns](const Step& step, size_t index) {
    const auto start = steady_clock::now();
    step.kernel(values);
    for (const size_t value : step.release) values[value].reset();
    op_ns[index] = std::chrono::nanoseconds(steady_clock::now() - start).count();
  });
}

absl::StatusOr<HostTensor> Executor::Read(graph::ValueId value) const {
  if (value < 0 || static_cast<size_t>(value) >= impl_->values.size() ||
      !impl_->values[static_cast<size_t>(value)].defined()) {
    return absl::FailedPreconditionError(absl::StrCat("value ", value, " is not held"));
  }
  try {
    const c10::InferenceMode inference;
    const at::Tensor& tensor = impl_->values[static_cast<size_t>(value)];
    const at::Tensor copy = tensor.to(at::kFloat).contiguous();
    const float* data = copy.const_data_ptr<float>();
    return HostTensor{{tensor.sizes().begin(), tensor.sizes().end()}, {data, data + copy.numel()}};
  } catch (...) {
    return CurrentException(absl::StrCat("value ", value));
  }
}

std::vector<std::string_view> ExecutableOps() { return ResolvableOps(); }

}  // namespace latcast::bench
