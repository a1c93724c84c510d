// Recurrent layers and cells.
#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using Result = std::optional<ValueField>;

// An output sees the steps up to its own; behind two layers in both directions, all of them. The
// last states see all steps.
Result Layer(FieldCall& call) {
  if (call.in(0).size() != 3 || !call.ConstantFrom(1)) return std::nullopt;
  const size_t time = call.Flag("batch_first", false) ? 1 : 0;
  ValueField field = call.fields[0];
  field.Collapse(Bit(2), call.input_length);
  if (call.output > 0) {  // layers x batch x hidden
    field.Collapse(Bit(time), call.input_length);
    std::vector<std::optional<size_t>> to(3);
    to[1 - time] = 1;
    field.MoveAxes(to);
    return field;
  }
  if (call.Flag("bidirectional", false) && call.Int("num_layers").value_or(1) > 1) {
    field.Collapse(Bit(time), call.input_length);
    return field;
  }
  return IfAllSeeTheSame(field, Bit(time), call.input_length);
}

// A step sees all features of its input and of its state.
Result Cell(FieldCall& call) {
  const size_t states = call.op.type == "lstm_cell" ? 2 : 1;
  if (call.fields.size() <= states || !call.ConstantFrom(states + 1)) return std::nullopt;
  ValueField result;
  for (size_t i = 0; i <= states; ++i) {
    const size_t rank = call.in(i).size();
    if (rank < 1) return std::nullopt;
    // The cell is passed on unit by unit.
    ValueField field = call.fields[i];
    if (i < 2) field.Collapse(Bit(rank - 1), call.input_length);
    result.Add(field);
  }
  return result;
}

constexpr NamedFieldRule kRules[] = {
    {"lstm", Layer},     {"gru", Layer},     {"rnn_tanh", Layer},     {"rnn_relu", Layer},
    {"lstm_cell", Cell}, {"gru_cell", Cell}, {"rnn_tanh_cell", Cell}, {"rnn_relu_cell", Cell},
};

}  // namespace

std::span<const NamedFieldRule> RecurrentFieldRules() { return kRules; }

}  // namespace latcast::insight
