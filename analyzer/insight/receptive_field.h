// What each value of a network sees of the network's input: receptive field, effective stride and
// padding, along every spatial axis, followed operator by operator through branches.
//
// The field of an element is the smallest interval of input positions that can change it, on an
// endless grid (border positions see padding where the network pads), over all channels. Where
// branches join, it is the union of theirs. Operators that mix all positions (global pooling, norms
// over space, attention, a linear layer behind a flatten) see the whole input. Where positions
// cannot be followed (windows cut out by a reshape, an operator without a rule) the field is
// unknown.
//
//   resnet50, layer4: 427 of the input's elements a side, every 32
#ifndef LATCAST_ANALYZER_INSIGHT_RECEPTIVE_FIELD_H_
#define LATCAST_ANALYZER_INSIGHT_RECEPTIVE_FIELD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"
#include "analyzer/insight/field_map.h"

namespace latcast::insight {

enum class FieldKind : uint8_t {
  kNone,     // does not depend on the input
  kLocal,    // `size`, `stride` and `padding` tell
  kWhole,    // every element sees the whole axis
  kUnknown,  // cannot be followed
};

// Input positions from one element to the next: a fraction behind upsampling, an average behind
// windows of several sizes.
struct Stride {
  int64_t positions = 1;
  int64_t elements = 1;
  friend bool operator==(const Stride&, const Stride&) = default;
};

// Along one spatial axis of the input.
struct AxisField {
  FieldKind kind = FieldKind::kUnknown;
  int64_t size = 0;      // of the largest field, kLocal
  Stride stride;         // kLocal; 0 where all elements see the same part
  int64_t padding = 0;   // how far the first element's field begins before the input, kLocal
  bool at_most = false;  // `size` is a bound: part of the channels of a concatenation
  std::shared_ptr<const FieldMap> map;  // the field of every position, kLocal
};

// One a spatial axis.
using Field = std::vector<AxisField>;

struct ReceptiveFields {
  std::string input;          // the input they speak of; empty where there is none
  std::vector<size_t> axes;   // its spatial axes: those that windows slide along
  std::vector<Field> values;  // by graph::ValueId
};

// The graph must be verified, with known shapes. The input is the first one with a spatial axis;
// where no operator slides a window along an input, there are no axes and no fields.
ReceptiveFields ComputeReceptiveFields(const graph::Graph& graph);

std::string_view Name(FieldKind kind);  // "none", "local", "whole", "unknown"

// "427" where all axes agree, "427x211", "whole", "<= 63"; "?" where it is unknown, "-" for none.
std::string SizeText(const Field& field);
// "32", "1/2", "32x16"; empty where the size is not a number.
std::string StrideText(const Field& field);
std::string PaddingText(const Field& field);

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_RECEPTIVE_FIELD_H_
