// What the elements of one value see of one axis of the network's input, and how operators that
// rearrange, join or reduce values change that. Axes of the value are counted from 0, outermost
// first; a set of axes is a bit mask.
//
// A field is a union of terms. An exact term knows along which axis of the value its position
// advances, and how (a FieldMap); an exact term without an axis is the same for all elements. An
// inexact term only knows on which axes its position may lie: that is what remains where an
// operator folds positions into windows or tokens.
//
// Along uneven axes (the channels of a concatenation) elements may differ in what they see. The
// field of a value is that of all of them together; a part of them sees at most that.
#ifndef LATCAST_ANALYZER_INSIGHT_VALUE_FIELD_H_
#define LATCAST_ANALYZER_INSIGHT_VALUE_FIELD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/graph/graph.h"
#include "analyzer/insight/field_map.h"

namespace latcast::insight {

using AxisSet = uint64_t;

inline AxisSet Bit(size_t axis) { return AxisSet{1} << axis; }
inline AxisSet AllAxes(size_t rank) { return rank >= 64 ? ~AxisSet{0} : Bit(rank) - 1; }

struct FieldTerm {
  AxisSet axes = 0;
  std::shared_ptr<const FieldMap> map;  // exact: `axes` is one axis, or none
  bool at_most = false;                 // elements may see less than the map says
  // What all elements see of the input together, at least.
  Interval reach;
  bool reach_exact = true;  // and no more than that
  // The same of the elements at any one place of the uneven axes: a part of them sees no less.
  Interval part_reach;

  friend bool operator==(const FieldTerm& a, const FieldTerm& b);
};

class ValueField {
 public:
  // Sees nothing of the input.
  ValueField() = default;
  // The input itself, along this axis of this length.
  static ValueField OfInput(size_t axis, int64_t length);
  // Nobody can say what the elements of a value of this rank see.
  static ValueField Unknown(size_t rank);

  bool none() const { return !whole_ && terms_.empty(); }
  // Every element sees the whole axis.
  bool whole() const { return whole_; }
  // The only term, where that is exact; else nullptr.
  const FieldTerm* Exact() const;
  // Whether positions advance, as far as that is known exactly, along this axis.
  bool LiesOn(size_t axis) const;
  // Whether they may.
  bool MayLieOn(AxisSet axes) const;

  // Joins what the elements of another value of the same shape see.
  void Add(const ValueField& other);

  // Every element now sees what all elements along these axes saw: sums, norms, softmax, attention.
  // `input_length` is that of the input's axis: who sees all of it sees the whole.
  void Collapse(AxisSet axes, int64_t input_length);
  // Axis i becomes axis to[i]; nothing where it is gone: collapsed before, or of length 1.
  void MoveAxes(const std::vector<std::optional<size_t>>& to);
  // The only position on this axis is repeated, or the axis goes away.
  void Repeat(size_t axis);
  // The same elements, in the order of memory, under another shape.
  void Reshape(const graph::Shape& from, const graph::Shape& to);
  // The positions along `axis` see what `change` makes of what they saw; its new length.
  void Remap(size_t axis, int64_t length,
             const std::function<std::optional<FieldMap>(const FieldMap&)>& change);
  // The positions along `axis` change places, all remain.
  void Shuffle(size_t axis);

  // What stands side by side along an axis of the result, the fields being those of values of the
  // result's rank.
  static ValueField SideBySide(const std::vector<ValueField>& parts, size_t axis);
  // Elements side by side along `axis` see different positions.
  void MarkUneven(size_t axis);
  // Only some of the elements along `axis` remain. `rank` is the value's.
  void TakePart(size_t axis, size_t rank);

  friend bool operator==(const ValueField&, const ValueField&) = default;

 private:
  void AddTerm(FieldTerm term);
  void SetTerms(std::vector<FieldTerm> terms);

  bool whole_ = false;
  AxisSet uneven_ = 0;
  std::vector<FieldTerm> terms_;  // at most one exact and one inexact a set of axes
};

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_VALUE_FIELD_H_
