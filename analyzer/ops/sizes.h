// One number for each spatial dimension, outermost first: height and width of an image. At most
// three, so no memory is taken for them: shape rules run thousands of times a second.
#ifndef LATCAST_ANALYZER_OPS_SIZES_H_
#define LATCAST_ANALYZER_OPS_SIZES_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "analyzer/graph/graph.h"

namespace latcast::ops {

class Sizes {
 public:
  static constexpr size_t kMost = 3;

  Sizes() = default;
  Sizes(size_t count, int64_t value) { assign(count, value); }
  Sizes(std::initializer_list<int64_t> values) {
    for (const int64_t value : values) push_back(value);
  }

  // The last `count` dimensions of a shape that has so many.
  static Sizes Last(size_t count, const graph::Shape& shape) {
    Sizes sizes(count, 0);
    std::copy(shape.end() - static_cast<std::ptrdiff_t>(count), shape.end(), sizes.begin());
    return sizes;
  }

  void assign(size_t count, int64_t value) {
    count_ = 0;
    while (count_ < count) push_back(value);
  }
  void push_back(int64_t value) {
    if (count_ == kMost) std::abort();  // a bug: callers check the rank before
    values_[count_++] = value;
  }

  size_t size() const { return count_; }
  int64_t& operator[](size_t i) { return values_[i]; }
  int64_t operator[](size_t i) const { return values_[i]; }
  int64_t* begin() { return values_.data(); }
  int64_t* end() { return values_.data() + count_; }
  const int64_t* begin() const { return values_.data(); }
  const int64_t* end() const { return values_.data() + count_; }
  friend bool operator==(const Sizes& a, const Sizes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<int64_t, kMost> values_{};
  size_t count_ = 0;
};

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_SIZES_H_
