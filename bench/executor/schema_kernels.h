// Kernels for every operator that has no kernel of its own here: the call is made through
// LibTorch's dispatcher, by the operator's schema. Internal to the executor: includes ATen.
//
// An operator of the graph fits an overload when its tensors fill the overload's tensor arguments
// in order and every attribute is an argument of it; arguments without an attribute take the
// schema's default.
#ifndef LATCAST_BENCH_EXECUTOR_SCHEMA_KERNELS_H_
#define LATCAST_BENCH_EXECUTOR_SCHEMA_KERNELS_H_

#include "absl/status/statusor.h"
#include "bench/executor/kernel_call.h"

namespace latcast::bench {

// UNIMPLEMENTED when LibTorch has no operator of that name; INVALID_ARGUMENT when no overload fits.
absl::StatusOr<Kernel> ResolveBySchema(const Call& call);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_EXECUTOR_SCHEMA_KERNELS_H_
