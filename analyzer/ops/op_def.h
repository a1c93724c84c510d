// What the program knows about one operator: its schema, its shape rule, its cost rule, what
// training keeps of it and its documentation, together in one declaration (one file an operator
// family, listed in registry.cc).
//
// A rule sees an OpCall: the operator and the values at its positional inputs (nullptr where an
// optional one is absent). Counts use Checked arithmetic: a result that does not fit 64 bits is
// OUT_OF_RANGE, never a wrap.
#ifndef LATCAST_ANALYZER_OPS_OP_DEF_H_
#define LATCAST_ANALYZER_OPS_OP_DEF_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

struct TensorType {
  graph::DType dtype = graph::DType::kFloat32;
  graph::Shape shape;
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

// Of one call's outputs, most of which have one.
using TensorTypes = absl::InlinedVector<TensorType, 1>;

struct OpCall {
  const graph::Op& op;
  absl::InlinedVector<const graph::Value*, 6> inputs;   // nullptr where absent
  absl::InlinedVector<const graph::Value*, 2> outputs;  // not to be read by shape rules

  // INVALID_ARGUMENT when input `index` is absent.
  absl::StatusOr<const graph::Value*> Input(size_t index) const;
};

OpCall MakeCall(const graph::Graph& graph, const graph::Op& op);

// "operator 3 'conv2d_1' (conv2d)": the place that errors name.
std::string Place(size_t index, const graph::Op& op);

enum class MacClass : uint8_t { kNone, kDense, kPointwise, kGrouped, kDepthwise, kMatmul };

// The cost of one call, true counting: MACs and FLOPs apart, batch included, bias included in
// FLOPs.
struct OpCost {
  int64_t macs = 0;
  MacClass mac_class = MacClass::kNone;
  int64_t flops = 0;            // 2 a MAC, 1 an addition, multiplication or comparison
  int64_t input_elements = 0;   // activations read
  int64_t output_elements = 0;  // activations written
  int64_t weight_elements = 0;  // parameters and buffers read
  int64_t bytes_read = 0;       // activations and weights, each once
  int64_t bytes_written = 0;
  int64_t kernels = 0;  // 1 where a kernel is launched, 0 for views and identities
};

// What autograd keeps of a call until the backward pass has used it, in a training step:
// normalization with the statistics of its batch, dropout that draws. Inputs and outputs may be
// views of one another: whoever adds them up counts every storage once and leaves parameters out.
struct Saved {
  uint64_t inputs = 0;      // bit i: the input at position i; never one that is absent
  uint64_t outputs = 0;     // bit i: the output at position i
  int64_t extra_bytes = 0;  // statistics, indices, masks, copies
};

// Inputs whose shapes an operator's attributes are bound to. The size of what nms keeps depends on
// its data: `count` holds what one run saw, and says nothing of other boxes. WithInputs refuses
// such an input with another shape.
struct Pinned {
  uint64_t inputs = 0;  // bit i: the input at position i
  std::string_view why = "";
};

using InferFn = absl::StatusOr<TensorTypes> (*)(const OpCall&);
using CostFn = absl::StatusOr<OpCost> (*)(const OpCall&);
using SavedFn = absl::StatusOr<Saved> (*)(const OpCall&);
using PinnedFn = Pinned (*)(const OpCall&);

struct OpDef {
  std::string_view type;    // canonical name, "conv2d"
  std::string_view family;  // "convolution", "activation", ...
  std::string_view doc;     // what it computes and how it is counted, one or two sentences
  // Names by position; a trailing '?' marks an optional one. A trailing '*' marks one that repeats,
  // at least once, and takes what the others leave; of "*?" there may be none, and any of them may
  // be absent.
  std::vector<std::string_view> inputs;
  InferFn infer = nullptr;
  CostFn cost = nullptr;
  SavedFn saved = nullptr;  // what a training step keeps for the backward pass
  // Every output aliases an input and no kernel runs, unless a capture saw a copy (the output has a
  // storage of its own), which costs one.
  bool is_view = false;
  PinnedFn pinned = nullptr;  // none where absent
};

// The input that an output of a view or of an in-place operator aliases: for a view of a list the
// one at its position, else the first.
size_t AliasedInput(const OpDef& def, size_t output);

// The outputs' types: the operator's own rule behind the checks all operators share.
// INVALID_ARGUMENT when a required input is absent, there are too many, an in-place result does not
// fit its first input, or the rule refuses; OUT_OF_RANGE when an output's bytes do not fit 64 bits.
// Errors name neither the operator nor its place: callers put Place() in front.
absl::StatusOr<TensorTypes> InferOp(const OpDef& def, const OpCall& call);

// The cost of the call. INVALID_ARGUMENT as InferOp, and when the recorded outputs are not those
// the shape rule gives.
absl::StatusOr<OpCost> CostOp(const OpDef& def, const OpCall& call);

// Every operator there is; the only list to extend. Order: by family.
std::span<const OpDef> BuiltinOps();
// nullptr for an operator nobody knows.
const OpDef* FindOp(std::string_view type);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_OP_DEF_H_
