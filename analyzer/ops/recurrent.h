// The geometry of recurrent layers (lstm, gru, rnn_tanh, rnn_relu), read and checked once.
#ifndef LATCAST_ANALYZER_OPS_RECURRENT_H_
#define LATCAST_ANALYZER_OPS_RECURRENT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"

namespace latcast::ops {

// What distinguishes the kinds. A step of one sample multiplies the input and the last state by
// `gates` matrices of hidden rows; the rest is counted by hidden unit.
struct RecurrentKind {
  std::string_view type;  // "lstm"; its cell is "lstm_cell"
  int64_t gates = 1;
  int64_t states = 1;
  int64_t unit_flops = 0;    // activations of the gates and the new state
  int64_t unit_saved = 0;    // elements that autograd keeps of the step
  bool keeps_states = true;  // and of every step but the last its states: else they are among those
};

// The kind of a layer or, where `cell` says so, of a cell. nullptr for any other operator.
const RecurrentKind* FindRecurrentKind(std::string_view type, bool cell = false);
// Whether it is a recurrent layer or cell.
bool IsRecurrent(std::string_view type);

struct Recurrent {
  const RecurrentKind* kind = nullptr;
  int64_t steps = 0;
  int64_t batch = 0;
  int64_t features = 0;  // of the input
  int64_t hidden = 0;
  int64_t output = 0;  // of the state that is handed on: hidden, or what it is projected to
  int64_t layers = 1;
  int64_t directions = 1;
  bool biases = true;
  bool projects = false;
  bool batch_first = false;

  // What layer `layer` reads: the input's features, or the outputs of all directions.
  int64_t FeaturesOf(int64_t layer) const { return layer == 0 ? features : output * directions; }
  // Steps of samples in one layer and direction.
  Checked Positions() const { return Checked(steps) * batch; }
  // What all layers but the last hand on.
  Checked InnerElements() const {
    return Positions() * output * directions * (Checked(layers) - 1);
  }
};

// INVALID_ARGUMENT where a state or a weight does not fit.
absl::StatusOr<Recurrent> ReadRecurrent(const OpCall& call);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_RECURRENT_H_
