#include "analyzer/ops/recurrent.h"

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

// A sigmoid takes 4 FLOPs, a tanh 5.
//   LSTM: three sigmoids and a tanh; f c + i g; o tanh(c): 17 + 3 + 6. Kept: the gates, tanh(c).
//   GRU: two sigmoids; tanh of a sum with r times the state's part; n + z (h - n): 8 + 6 + 3. Kept:
//   the gates, the state's three parts of them but where the sum overwrites it, h - n.
constexpr RecurrentKind kKinds[] = {
    {"lstm", 4, 2, 26, 5, true},
    {"gru", 3, 1, 17, 6, true},
    {"rnn_tanh", 1, 1, 5, 1, false},
    {"rnn_relu", 1, 1, 1, 1, false},
};

absl::Status CheckShape(const OpCall& call, size_t input, std::string_view name,
                        const Shape& expected) {
  ASSIGN_OR_RETURN(const Value* value, call.Input(input));
  ASSIGN_OR_RETURN(const Value* sequence, call.Input(0));
  RETURN_IF_ERROR(CheckSameType(*sequence, *value));
  if (value->shape == expected) return absl::OkStatus();
  return Refuse(absl::StrCat("input ", input, " (", ToAbsl(name), ") is ", ToString(value->shape),
                             ", ", ToString(expected), " expected"));
}

absl::Status CheckStates(const OpCall& call, const Recurrent& r) {
  const int64_t layers = r.layers * r.directions;
  RETURN_IF_ERROR(CheckShape(call, 1, "hx", {layers, r.batch, r.output}));
  if (r.kind->states == 1) return absl::OkStatus();
  return CheckShape(call, 2, "cx", {layers, r.batch, r.hidden});
}

// Of every layer and direction: input and state weights, their biases, the projection.
absl::Status CheckParameters(const OpCall& call, const Recurrent& r) {
  const int64_t rows = r.kind->gates * r.hidden;
  auto input = static_cast<size_t>(1 + r.kind->states);
  const int64_t count = r.layers * r.directions * (2 + (r.biases ? 2 : 0) + (r.projects ? 1 : 0));
  if (call.inputs.size() != input + static_cast<size_t>(count)) {
    return Refuse(absl::StrCat(call.inputs.size() - input, " parameters, ", count, " expected"));
  }
  for (int64_t layer = 0; layer < r.layers; ++layer) {
    for (int64_t direction = 0; direction < r.directions; ++direction) {
      RETURN_IF_ERROR(CheckShape(call, input++, "weight_ih", {rows, r.FeaturesOf(layer)}));
      RETURN_IF_ERROR(CheckShape(call, input++, "weight_hh", {rows, r.output}));
      if (r.biases) {
        RETURN_IF_ERROR(CheckShape(call, input++, "bias_ih", {rows}));
        RETURN_IF_ERROR(CheckShape(call, input++, "bias_hh", {rows}));
      }
      if (r.projects) {
        RETURN_IF_ERROR(CheckShape(call, input++, "weight_hr", {r.output, r.hidden}));
      }
    }
  }
  return absl::OkStatus();
}

InferResult Infer(const OpCall& call) {
  ASSIGN_OR_RETURN(const Recurrent r, ReadRecurrent(call));
  const graph::DType dtype = call.inputs[0]->dtype;
  const int64_t width = r.output * r.directions;
  TensorTypes types;
  types.push_back(
      {dtype, r.batch_first ? Shape{r.batch, r.steps, width} : Shape{r.steps, r.batch, width}});
  for (int64_t i = 1; i <= r.kind->states; ++i) {
    types.push_back({dtype, call.inputs[static_cast<size_t>(i)]->shape});
  }
  return types;
}

// The products of all gates with the input and the last state, and the projection.
Checked Macs(const Recurrent& r) {
  Checked macs;
  for (int64_t layer = 0; layer < r.layers; ++layer) {
    Checked step = Checked(r.kind->gates) * r.hidden * (Checked(r.FeaturesOf(layer)) + r.output);
    if (r.projects) step += Checked(r.output) * r.hidden;
    macs += r.Positions() * r.directions * step;
  }
  return macs;
}

absl::StatusOr<bool> Drops(const OpCall& call) {
  ASSIGN_OR_RETURN(const double dropout, graph::GetDouble(call.op.attributes, "dropout", 0.0));
  return dropout > 0.0;
}

absl::StatusOr<OpCost> Cost(const OpCall& call) {
  ASSIGN_OR_RETURN(const Recurrent r, ReadRecurrent(call));
  ASSIGN_OR_RETURN(const bool train, graph::GetBool(call.op.attributes, "train", false));
  ASSIGN_OR_RETURN(const bool drops, Drops(call));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.macs, Macs(r).Value("MACs"));
  cost.mac_class = MacClass::kMatmul;
  const int64_t additions = r.kind->gates * (r.biases ? 3 : 1);
  const Checked units = r.Positions() * r.directions * r.layers * r.hidden;
  Checked flops = Checked(cost.macs) * 2 + units * (additions + r.kind->unit_flops);
  if (train && drops) flops += r.InnerElements() * 2;
  ASSIGN_OR_RETURN(cost.flops, flops.Value("FLOPs"));
  const Checked inner_bytes = r.InnerElements() * ByteSize(call.inputs[0]->dtype);
  ASSIGN_OR_RETURN(cost.input_elements,
                   (Checked(cost.input_elements) + r.InnerElements()).Value("input elements"));
  ASSIGN_OR_RETURN(cost.output_elements,
                   (Checked(cost.output_elements) + r.InnerElements()).Value("output elements"));
  ASSIGN_OR_RETURN(cost.bytes_read, (Checked(cost.bytes_read) + inner_bytes).Value("bytes read"));
  ASSIGN_OR_RETURN(cost.bytes_written,
                   (Checked(cost.bytes_written) + inner_bytes).Value("bytes written"));
  cost.kernels = r.layers * r.directions;
  return cost;
}

// All factors, what every step keeps, what the layers hand on, masks of a byte an element.
absl::StatusOr<Saved> SavedBy(const OpCall& call) {
  ASSIGN_OR_RETURN(const Recurrent r, ReadRecurrent(call));
  ASSIGN_OR_RETURN(const bool drops, Drops(call));
  Saved saved;
  const auto first = static_cast<size_t>(1 + r.kind->states);
  const size_t stride = 2 + (r.biases ? 2 : 0) + (r.projects ? 1 : 0);
  for (size_t i = 0; i < call.inputs.size() && i < 64; ++i) {
    const bool is_bias = r.biases && i >= first && ((i - first) % stride) / 2 == 1;
    if (!is_bias) saved.inputs |= uint64_t{1} << i;
  }
  Checked step = Checked(r.kind->unit_saved) * r.hidden;
  if (r.projects) step += r.hidden;  // the state before it is projected
  Checked states = r.output;
  if (r.kind->states == 2) states += r.hidden;
  Checked kept = r.Positions() * step;
  if (r.kind->keeps_states) kept += (Checked(r.steps) - 1) * r.batch * states;
  const Checked elements = kept * r.directions * r.layers + r.InnerElements();
  const Checked masks = drops ? r.InnerElements() : Checked(0);
  ASSIGN_OR_RETURN(saved.extra_bytes,
                   (elements * ByteSize(call.inputs[0]->dtype) + masks).Value("bytes saved"));
  return saved;
}

}  // namespace

const RecurrentKind* FindRecurrentKind(std::string_view type, bool cell) {
  constexpr std::string_view kCell = "_cell";
  if (cell && !type.ends_with(kCell)) return nullptr;
  if (cell) type.remove_suffix(kCell.size());
  for (const RecurrentKind& kind : kKinds) {
    if (kind.type == type) return &kind;
  }
  return nullptr;
}

bool IsRecurrent(std::string_view type) {
  return FindRecurrentKind(type) != nullptr || FindRecurrentKind(type, /*cell=*/true) != nullptr;
}

absl::StatusOr<Recurrent> ReadRecurrent(const OpCall& call) {
  const graph::Attributes& attributes = call.op.attributes;
  Recurrent r;
  r.kind = FindRecurrentKind(call.op.type);
  if (r.kind == nullptr) return Refuse("a recurrent layer is expected");
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* state, call.Input(1));
  ASSIGN_OR_RETURN(const Value* last, call.Input(static_cast<size_t>(r.kind->states)));
  RETURN_IF_ERROR(CheckRank(*input, "input", 3, 3));
  RETURN_IF_ERROR(CheckRank(*state, "hx", 3, 3));
  RETURN_IF_ERROR(CheckRank(*last, "cx", 3, 3));
  ASSIGN_OR_RETURN(r.layers, graph::GetInt(attributes, "num_layers", 1));
  ASSIGN_OR_RETURN(const bool bidirectional, graph::GetBool(attributes, "bidirectional", false));
  ASSIGN_OR_RETURN(r.biases, graph::GetBool(attributes, "has_biases", true));
  ASSIGN_OR_RETURN(r.batch_first, graph::GetBool(attributes, "batch_first", false));
  r.directions = bidirectional ? 2 : 1;
  // Every layer has parameters of its own.
  if (r.layers < 1 || r.layers > static_cast<int64_t>(call.inputs.size())) {
    return Refuse(
        absl::StrCat("attribute num_layers: ", r.layers, " with ", call.inputs.size(), " inputs"));
  }
  r.steps = input->shape[r.batch_first ? 1 : 0];
  r.batch = input->shape[r.batch_first ? 0 : 1];
  r.features = input->shape[2];
  r.output = state->shape[2];
  r.hidden = last->shape[2];
  r.projects = r.output != r.hidden;
  if (r.steps < 1) return Refuse("a sequence without steps");
  if (r.hidden > INT64_MAX / 4 || r.output > INT64_MAX / 4) {
    return absl::OutOfRangeError("the size of the state does not fit 64 bits");
  }
  RETURN_IF_ERROR(CheckStates(call, r));
  RETURN_IF_ERROR(CheckParameters(call, r));
  return r;
}

std::vector<OpDef> RecurrentOps() {
  constexpr std::string_view kFamily = "recurrent";
  const std::vector<std::string_view> inputs = {"input", "hx", "params*"};
  return {
      {"lstm",
       kFamily,
       "Long short-term memory over all steps, layers and directions, its state projected where hx "
       "is narrower than cx. MACs: the products of four gates with the input and the state, and of "
       "the projection; FLOPs: two a MAC, and a step and hidden unit 4 additions (12 with biases) "
       "and 26 for the gates, the cell and the state. A kernel a layer and direction.",
       {"input", "hx", "cx", "params*"},
       Infer,
       Cost,
       SavedBy},
      {"gru", kFamily,
       "Gated recurrent unit over all steps, layers and directions. MACs: the products of three "
       "gates with the input and the state; FLOPs: two a MAC, and a step and hidden unit 3 "
       "additions (9 with biases) and 17 for the gates and the state. A kernel a layer and "
       "direction.",
       inputs, Infer, Cost, SavedBy},
      {"rnn_tanh", kFamily,
       "tanh(W x + U h) over all steps, layers and directions. MACs: the two products; FLOPs: two "
       "a "
       "MAC, and a step and hidden unit 1 addition (3 with biases) and 5 for the tanh. A kernel a "
       "layer and direction.",
       inputs, Infer, Cost, SavedBy},
      {"rnn_relu", kFamily,
       "max(W x + U h, 0) over all steps, layers and directions. MACs: the two products; FLOPs: "
       "two "
       "a MAC, and a step and hidden unit 1 addition (3 with biases) and 1 comparison. A kernel a "
       "layer and direction.",
       inputs, Infer, Cost, SavedBy},
  };
}

}  // namespace latcast::ops
