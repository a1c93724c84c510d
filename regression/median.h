#ifndef LATCAST_REGRESSION_MEDIAN_H_
#define LATCAST_REGRESSION_MEDIAN_H_

#include <algorithm>
#include <vector>

namespace latcast::regression {

// The middle value, or the mean of the two middle ones. Not empty.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_MEDIAN_H_
