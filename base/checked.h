// 64-bit counts that never wrap. Formulas stay readable, and one question at the end tells whether
// any step overflowed:
//
//   const Checked macs = Checked(batch) * out_channels * height * width * kernel_elements;
//   ASSIGN_OR_RETURN(cost.macs, macs.Value("conv2d macs"));      // OUT_OF_RANGE, never a wrap
#ifndef LATCAST_BASE_CHECKED_H_
#define LATCAST_BASE_CHECKED_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace latcast {

class Checked {
 public:
  constexpr Checked() = default;
  constexpr Checked(int64_t value) : value_(value) {}  // NOLINT: a number is a Checked

  friend constexpr Checked operator+(Checked a, Checked b) {
    Checked r;
    r.overflow_ = __builtin_add_overflow(a.value_, b.value_, &r.value_) | a.overflow_ | b.overflow_;
    return r;
  }
  friend constexpr Checked operator-(Checked a, Checked b) {
    Checked r;
    r.overflow_ = __builtin_sub_overflow(a.value_, b.value_, &r.value_) | a.overflow_ | b.overflow_;
    return r;
  }
  friend constexpr Checked operator*(Checked a, Checked b) {
    Checked r;
    r.overflow_ = __builtin_mul_overflow(a.value_, b.value_, &r.value_) | a.overflow_ | b.overflow_;
    return r;
  }
  constexpr Checked& operator+=(Checked b) { return *this = *this + b; }
  constexpr Checked& operator-=(Checked b) { return *this = *this - b; }
  constexpr Checked& operator*=(Checked b) { return *this = *this * b; }

  constexpr bool overflow() const { return overflow_; }

  // The number, or OUT_OF_RANGE naming `what` when any step overflowed.
  absl::StatusOr<int64_t> Value(std::string_view what) const {
    if (!overflow_) return value_;
    return absl::OutOfRangeError(
        absl::StrCat(absl::string_view(what.data(), what.size()), " does not fit 64 bits"));
  }

 private:
  int64_t value_ = 0;
  bool overflow_ = false;
};

}  // namespace latcast

#endif  // LATCAST_BASE_CHECKED_H_
