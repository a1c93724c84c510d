// One step of a recurrent layer.
#include "absl/strings/str_cat.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/recurrent.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

struct Cell {
  const RecurrentKind* kind = nullptr;
  int64_t batch = 0;
  int64_t features = 0;
  int64_t hidden = 0;
  size_t weights = 0;  // the position of the first one
  bool biases = false;
};

absl::Status CheckShape(const OpCall& call, size_t input, const Shape& expected) {
  ASSIGN_OR_RETURN(const Value* value, call.Input(input));
  RETURN_IF_ERROR(CheckSameType(*call.inputs[0], *value));
  if (value->shape == expected) return absl::OkStatus();
  return Refuse(absl::StrCat("input ", input, " is ", ToString(value->shape), ", ",
                             ToString(expected), " expected"));
}

absl::StatusOr<Cell> ReadCell(const OpCall& call) {
  Cell cell;
  cell.kind = FindRecurrentKind(call.op.type, /*cell=*/true);
  if (cell.kind == nullptr) return Refuse("a recurrent cell is expected");
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* state, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 2, 2));
  RETURN_IF_ERROR(CheckRank(*state, "hx", 2, 2));
  cell.batch = input->shape[0];
  cell.features = input->shape[1];
  cell.hidden = state->shape[1];
  if (cell.hidden > INT64_MAX / 4) {
    return absl::OutOfRangeError("the size of the state does not fit 64 bits");
  }
  const auto states = static_cast<size_t>(cell.kind->states);
  for (size_t i = 1; i <= states; ++i) {
    RETURN_IF_ERROR(CheckShape(call, i, {cell.batch, cell.hidden}));
  }
  cell.weights = 1 + states;
  const int64_t rows = cell.kind->gates * cell.hidden;
  RETURN_IF_ERROR(CheckShape(call, cell.weights, {rows, cell.features}));
  RETURN_IF_ERROR(CheckShape(call, cell.weights + 1, {rows, cell.hidden}));
  cell.biases = Optional(call, cell.weights + 2) != nullptr;
  if (cell.biases != (Optional(call, cell.weights + 3) != nullptr)) {
    return Refuse("one bias without the other");
  }
  if (!cell.biases) return cell;
  RETURN_IF_ERROR(CheckShape(call, cell.weights + 2, {rows}));
  RETURN_IF_ERROR(CheckShape(call, cell.weights + 3, {rows}));
  return cell;
}

InferResult Infer(const OpCall& call) {
  ASSIGN_OR_RETURN(const Cell cell, ReadCell(call));
  const TensorType state = {call.inputs[0]->dtype, {cell.batch, cell.hidden}};
  return TensorTypes(static_cast<size_t>(cell.kind->states), state);
}

absl::StatusOr<OpCost> Cost(const OpCall& call) {
  ASSIGN_OR_RETURN(const Cell cell, ReadCell(call));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Checked units = Checked(cell.batch) * cell.hidden;
  const Checked macs = units * cell.kind->gates * (Checked(cell.features) + cell.hidden);
  ASSIGN_OR_RETURN(cost.macs, macs.Value("MACs"));
  cost.mac_class = MacClass::kMatmul;
  const int64_t additions = cell.kind->gates * (cell.biases ? 3 : 1);
  ASSIGN_OR_RETURN(cost.flops,
                   (macs * 2 + units * (additions + cell.kind->unit_flops)).Value("FLOPs"));
  return cost;
}

// All factors, and what the step keeps: of a plain cell the new state, which is the output.
absl::StatusOr<Saved> SavedBy(const OpCall& call) {
  ASSIGN_OR_RETURN(const Cell cell, ReadCell(call));
  Saved saved{.inputs = (uint64_t{1} << (cell.weights + 2)) - 1};
  if (!cell.kind->keeps_states) {
    saved.outputs = 1;
    return saved;
  }
  const Checked elements = Checked(cell.batch) * cell.hidden * cell.kind->unit_saved;
  ASSIGN_OR_RETURN(saved.extra_bytes,
                   (elements * ByteSize(call.inputs[0]->dtype)).Value("bytes saved"));
  return saved;
}

OpDef Row(std::string_view type, std::string_view doc, bool cell_state) {
  std::vector<std::string_view> inputs = {"input", "hx", "w_ih", "w_hh", "b_ih?", "b_hh?"};
  if (cell_state) inputs.insert(inputs.begin() + 2, "cx");
  return {type, "recurrent", doc, std::move(inputs), Infer, Cost, SavedBy};
}

}  // namespace

std::vector<OpDef> RecurrentCellOps() {
  return {
      Row("lstm_cell",
          "One step of lstm for a batch, its new state and cell. MACs and FLOPs as there.", true),
      Row("gru_cell", "One step of gru for a batch. MACs and FLOPs as there.", false),
      Row("rnn_tanh_cell", "One step of rnn_tanh for a batch. MACs and FLOPs as there.", false),
      Row("rnn_relu_cell", "One step of rnn_relu for a batch. MACs and FLOPs as there.", false),
  };
}

}  // namespace latcast::ops
