#include "analyzer/insight/field_map.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace latcast::insight {
namespace {

// Numbers of a window that keep every product below 64 bits.
constexpr int64_t kMaxWindow = int64_t{1} << 24;

bool Fits(const Window& window) {
  return window.taps >= 1 && window.stride >= 1 && window.dilation >= 1 &&
         window.taps <= kMaxWindow / window.dilation && window.stride <= kMaxWindow &&
         window.padding <= kMaxWindow && window.padding >= -kMaxWindow;
}

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Calls `visit` with the taps that can bound the field. Taps `period` apart are in the same phase,
// and fields of one phase never move backwards: the first and the last taps of every phase will do.
template <typename Visit>
void VisitTaps(int64_t taps, int64_t period, Visit visit) {
  for (int64_t t = 0; t < std::min(taps, period); ++t) visit(t);
  for (int64_t t = std::max(period, taps - period); t < taps; ++t) visit(t);
}

}  // namespace

Interval Hull(const Interval& a, const Interval& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

Interval Overlap(const Interval& a, const Interval& b) {
  return {std::max(a.lo, b.lo), std::min(a.hi, b.hi)};
}

FieldMap FieldMap::Identity() { return FieldMap({{0, 0}}, 1); }

FieldMap FieldMap::Fixed(Interval field) { return FieldMap({field}, 0); }

Interval FieldMap::At(int64_t position) const {
  const int64_t turns = FloorDivide(position, period());
  Interval field = fields_[static_cast<size_t>(position - turns * period())];
  if (field.empty()) return field;
  field.lo += turns * shift_;
  field.hi += turns * shift_;
  return field;
}

Interval FieldMap::Reach(int64_t length, const Interval& within) const {
  Interval reach;
  if (within.empty()) return reach;
  for (int64_t phase = 0; phase < std::min(length, period()); ++phase) {
    const Interval& field = fields_[static_cast<size_t>(phase)];
    if (field.empty()) continue;
    // The turns of this phase that see something in there: they begin where fields begin to end
    // behind its start, and end where fields begin behind its end.
    int64_t first = 0;
    int64_t last = (std::min(length, kMaxPosition) - 1 - phase) / period();
    if (shift_ > 0) {
      first = std::max(first, -FloorDivide(field.hi - within.lo, shift_));
      last = std::min(last, FloorDivide(within.hi - field.lo, shift_));
    }
    if (first > last) continue;
    reach = Hull(reach, Overlap(At(phase + first * period()), within));
    reach = Hull(reach, Overlap(At(phase + last * period()), within));
  }
  return reach;
}

std::optional<FieldMap> FieldMap::Make(std::vector<Interval> fields, int64_t shift) {
  if (shift > kMaxPosition) return std::nullopt;
  for (const Interval& field : fields) {
    if (!field.empty() && (field.lo < -kMaxPosition || field.hi > kMaxPosition)) {
      return std::nullopt;
    }
  }
  FieldMap map(std::move(fields), shift);
  const int64_t period = map.period();
  for (int64_t shorter = 1; shorter < period; ++shorter) {
    if (period % shorter != 0 || shift % (period / shorter) != 0) continue;
    FieldMap candidate({map.fields_.begin(), map.fields_.begin() + shorter},
                       shift / (period / shorter));
    bool repeats = true;
    for (int64_t i = shorter; repeats && i < period; ++i) repeats = candidate.At(i) == map.At(i);
    if (repeats) return candidate;
  }
  return map;
}

std::optional<FieldMap> FieldMap::Slide(const Window& window) const {
  if (!Fits(window)) return std::nullopt;
  const int64_t steps = period() / std::gcd(period(), window.stride);
  std::vector<Interval> fields(static_cast<size_t>(steps));
  for (int64_t o = 0; o < steps; ++o) {
    Interval& field = fields[static_cast<size_t>(o)];
    VisitTaps(window.taps, period(), [&](int64_t t) {
      field = Hull(field, At(o * window.stride - window.padding + t * window.dilation));
    });
  }
  return Make(std::move(fields), shift_ * (window.stride * steps / period()));
}

std::optional<FieldMap> FieldMap::SlideBack(const Window& window) const {
  if (!Fits(window) || window.stride > kMaxPeriod / period()) return std::nullopt;
  const int64_t steps = window.stride * period();
  std::vector<Interval> fields(static_cast<size_t>(steps));
  for (int64_t o = 0; o < steps; ++o) {
    Interval& field = fields[static_cast<size_t>(o)];
    VisitTaps(window.taps, steps, [&](int64_t t) {
      const int64_t scaled = o + window.padding - t * window.dilation;
      if (scaled % window.stride == 0) field = Hull(field, At(scaled / window.stride));
    });
  }
  return Make(std::move(fields), shift_);
}

std::optional<FieldMap> FieldMap::Resample(int64_t out_period, int64_t in_shift,
                                           const std::function<Interval(int64_t)>& source) const {
  if (out_period < 1 || in_shift < 0 || in_shift > kMaxWindow) return std::nullopt;
  const int64_t turns = period() / std::gcd(period(), std::max<int64_t>(in_shift, 1));
  if (out_period > kMaxPeriod / turns) return std::nullopt;
  const int64_t steps = out_period * turns;
  std::vector<Interval> fields(static_cast<size_t>(steps));
  for (int64_t o = 0; o < steps; ++o) {
    const Interval taps = source(o);
    if (taps.lo < -kMaxWindow || taps.hi > kMaxWindow) return std::nullopt;
    Interval& field = fields[static_cast<size_t>(o)];
    VisitTaps(taps.size(), period(), [&](int64_t t) { field = Hull(field, At(taps.lo + t)); });
  }
  return Make(std::move(fields), shift_ * (in_shift * turns / period()));
}

std::optional<FieldMap> FieldMap::Union(const FieldMap& a, const FieldMap& b) {
  const int64_t steps = std::lcm(a.period(), b.period());
  if (a.shift_ * b.period() != b.shift_ * a.period() || steps > kMaxPeriod) return std::nullopt;
  std::vector<Interval> fields(static_cast<size_t>(steps));
  for (int64_t i = 0; i < steps; ++i) {
    fields[static_cast<size_t>(i)] = Hull(a.At(i), b.At(i));
  }
  return Make(std::move(fields), a.shift_ * (steps / a.period()));
}

}  // namespace latcast::insight
