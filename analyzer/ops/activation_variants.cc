// Activations beyond those that most networks use.
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

absl::StatusOr<int64_t> InputBytes(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  return (Elements(input->shape) * ByteSize(input->dtype)).Value("bytes of the input");
}

// Beside the input, or the output in place, a buffer of its size.
absl::StatusOr<Saved> SavesABuffer(const OpCall& call) {
  ASSIGN_OR_RETURN(Saved saved, SavesWhatRemains(call));
  ASSIGN_OR_RETURN(const int64_t buffer, InputBytes(call));
  saved.extra_bytes += buffer;
  return saved;
}

InferResult InferGlu(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const int64_t dim, graph::GetInt(call.op.attributes, "dim", -1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 1, SIZE_MAX));
  ASSIGN_OR_RETURN(const size_t index, WrapDim(dim, input->shape.size()));
  graph::Shape shape = input->shape;
  if (shape[index] % 2 != 0) {
    return Refuse(absl::StrCat("dimension ", index, " of ", ToString(shape), " is odd"));
  }
  shape[index] /= 2;
  return TensorTypes{{input->dtype, std::move(shape)}};
}

OpDef Row(std::string_view type, std::string_view doc, CostFn cost, SavedFn saved,
          InferFn infer = SameAsFirst) {
  return {type, "activation", doc, {"input"}, infer, cost, saved};
}

}  // namespace

std::vector<OpDef> ActivationVariantOps() {
  return {
      Row("elu",
          "scale x, or scale alpha (exp(input_scale x) - 1) below 0. FLOPs: 4 an element "
          "(comparison, exponential, subtraction, multiplication).",
          Flops<4>, SavesWhatRemains),
      Row("celu",
          "x, or alpha (exp(x / alpha) - 1) below 0. FLOPs: 5 an element (comparison, division, "
          "exponential, subtraction, multiplication).",
          Flops<5>, SavesWhatRemains),
      Row("selu",
          "elu with a scale that keeps the variance. FLOPs: 5 an element (those of elu and the "
          "scale).",
          Flops<5>, SavesWhatRemains),
      Row("softplus",
          "log(1 + exp(beta x)) / beta, or x above the threshold. FLOPs: 5 an element (comparison, "
          "multiplication, exponential, logarithm, division).",
          Flops<5>, SavesInput),
      Row("mish",
          "x tanh(log(1 + exp(x))). FLOPs: 8 an element (exponential, logarithm, 5 of tanh, "
          "multiplication).",
          Flops<8>, SavesInput),
      Row("log_sigmoid",
          "min(x, 0) - log(1 + exp(-|x|)). FLOPs: 6 an element, exponential and logarithm being "
          "one each.",
          Flops<6>, SavesABuffer),
      Row("hardshrink", "0 between -lambd and lambd, else x. FLOPs: 2 an element (comparisons).",
          Flops<2>, SavesInput),
      Row("softshrink",
          "0 between -lambd and lambd, else x moved by lambd towards 0. FLOPs: 3 an element (two "
          "comparisons, one addition).",
          Flops<3>, SavesInput),
      Row("threshold", "x above the threshold, else value. FLOPs: 1 an element.", Flops<1>,
          SavesInput),
      Row("rrelu",
          "x, or a slope between lower and upper times x below 0: their mean, a random one in "
          "training. FLOPs: 2 an element (comparison, multiplication), random numbers not counted.",
          Flops<2>, SavesABuffer),
      Row("glu",
          "One half of dimension dim times the sigmoid of the other. FLOPs: 5 an output element, "
          "the exponential being one.",
          Flops<5>, SavesInput, InferGlu),
  };
}

}  // namespace latcast::ops
