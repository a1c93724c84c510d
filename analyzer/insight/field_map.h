// Which positions of an input axis the positions along one axis of a value see, on an endless grid:
// padding counts as positions, so that the answer does not depend on how large the input is.
//
// The field of position i is an interval [lo(i), hi(i)] of input positions, its hull where dilation
// leaves gaps. Convolutions and pooling shift it by the same amount from each position to the next;
// upsampling makes it advance in turns. So it is stored as `period` intervals, the fields of the
// positions 0 to period - 1, and the `shift` after which they repeat:
//
//   field(i + period) = field(i) + shift
#ifndef LATCAST_ANALYZER_INSIGHT_FIELD_MAP_H_
#define LATCAST_ANALYZER_INSIGHT_FIELD_MAP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace latcast::insight {

// Positions lo to hi, both included; empty where lo > hi.
struct Interval {
  int64_t lo = 0;
  int64_t hi = -1;

  bool empty() const { return lo > hi; }
  int64_t size() const { return empty() ? 0 : hi - lo + 1; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

// The smallest interval that holds both.
Interval Hull(const Interval& a, const Interval& b);
// The positions both hold.
Interval Overlap(const Interval& a, const Interval& b);

// The positions one output position reads along an axis: `taps` of them, `dilation` apart, from
// position * stride - padding on.
struct Window {
  int64_t taps = 1;
  int64_t stride = 1;
  int64_t padding = 0;  // negative: cropped
  int64_t dilation = 1;
};

// Every operation gives nothing where the result would take more than kMaxPeriod intervals or
// positions beyond kMaxPosition.
class FieldMap {
 public:
  static constexpr int64_t kMaxPeriod = 1024;
  static constexpr int64_t kMaxPosition = int64_t{1} << 28;

  // Position i sees position i.
  static FieldMap Identity();
  // Every position sees the same.
  static FieldMap Fixed(Interval field);

  int64_t period() const { return static_cast<int64_t>(fields_.size()); }
  int64_t shift() const { return shift_; }
  Interval At(int64_t position) const;
  // What the positions 0 to `length` - 1 see together of some positions.
  Interval Reach(int64_t length, const Interval& within) const;

  // After a window slid along the axis: position o sees what its taps see.
  std::optional<FieldMap> Slide(const Window& window) const;
  // After the transpose of such a window: position o sees the positions i that have it among the
  // taps i * stride - padding + t * dilation.
  std::optional<FieldMap> SlideBack(const Window& window) const;
  // After a resampling: position o sees the positions `source(o)`, and
  // source(o + period) = source(o) + shift.
  std::optional<FieldMap> Resample(int64_t period, int64_t shift,
                                   const std::function<Interval(int64_t)>& source) const;
  // What either sees; nothing where they advance at different rates.
  static std::optional<FieldMap> Union(const FieldMap& a, const FieldMap& b);

  friend bool operator==(const FieldMap&, const FieldMap&) = default;

 private:
  FieldMap(std::vector<Interval> fields, int64_t shift)
      : fields_(std::move(fields)), shift_(shift) {}
  // Checks the limits and shortens the period where the intervals repeat sooner.
  static std::optional<FieldMap> Make(std::vector<Interval> fields, int64_t shift);

  std::vector<Interval> fields_;  // of the positions 0 to period - 1
  int64_t shift_ = 1;             // never negative
};

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_FIELD_MAP_H_
