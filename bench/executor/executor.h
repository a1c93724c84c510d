// Runs a Graph operator by operator over LibTorch, as the framework's eager mode would: each
// operator is one ATen call, values are freed after their last use, in-place operators overwrite
// their input, and inference mode is on. Parameters and inputs are random; the results mean
// nothing, the time they take does.
//
//   ASSIGN_OR_RETURN(auto executor, Executor::Create(graph));
//   RETURN_IF_ERROR(executor->Run());
//
// What an operator needs is looked up once, in Create: a run is a loop over closures and allocates
// nothing but the tensors. LibTorch's exceptions end here, as statuses.
#ifndef LATCAST_BENCH_EXECUTOR_EXECUTOR_H_
#define LATCAST_BENCH_EXECUTOR_EXECUTOR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::bench {

// A tensor's content, whatever its data type.
struct HostTensor {
  graph::Shape shape;
  std::vector<float> values;
};

// Where and in which form parameters and inputs lie; operators run where their inputs are.
enum class Precision : uint8_t { kFloat32, kFloat16, kBFloat16 };
struct Placement {
  int cuda_device = -1;                       // the CPU where negative
  Precision precision = Precision::kFloat32;  // of float32 tensors
  bool channels_last = false;                 // tensors of rank 4 in NHWC order
};

struct ExecutorOptions {
  uint64_t seed = 1;
  Placement placement = {};
  // Parameter sets: as many copies as fit this size, at most kMaxParameterSets, at least one. A run
  // that takes another set than the run before finds its weights no warmer in the caches than they
  // are inside a network of this size.
  int64_t parameter_bytes = 0;
};
inline constexpr int64_t kMaxParameterSets = 128;

class Executor {
 public:
  // UNIMPLEMENTED naming the operator that cannot be run; INVALID_ARGUMENT for a graph that Verify
  // refuses, or naming the operator whose attributes or inputs are wrong; RESOURCE_EXHAUSTED when
  // the parameters do not fit the memory.
  static absl::StatusOr<std::unique_ptr<Executor>> Create(const graph::Graph& graph,
                                                          const ExecutorOptions& options = {});
  ~Executor();

  // RESOURCE_EXHAUSTED when memory runs out, INVALID_ARGUMENT naming the operator that LibTorch
  // refuses, UNAVAILABLE when the device itself fails. On a GPU it returns when the work is queued.
  absl::Status Run();
  // The same, and the wall time of each operator [ns]: `op_ns` has one element an operator. Reading
  // the clock twice an operator is part of none.
  absl::Status Run(std::span<int64_t> op_ns);

  // The next run takes the next set of parameters, the first after the last.
  void NextParameters();
  size_t parameter_sets() const;

  // The content of an input, parameter or buffer, or, after Run, of an output of the graph.
  // FAILED_PRECONDITION for a value that is not held.
  absl::StatusOr<HostTensor> Read(graph::ValueId value) const;

 private:
  struct Impl;
  explicit Executor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The operators Executor has kernels of its own for, by canonical name; it runs any other that
// LibTorch has under the same name and with the same arguments.
std::vector<std::string_view> ExecutableOps();

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_EXECUTOR_EXECUTOR_H_
