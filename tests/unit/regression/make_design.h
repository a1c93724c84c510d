// Designs for the tests of this room.
#ifndef LATCAST_TESTS_UNIT_REGRESSION_MAKE_DESIGN_H_
#define LATCAST_TESTS_UNIT_REGRESSION_MAKE_DESIGN_H_

#include <algorithm>
#include <string>
#include <vector>

#include "regression/design.h"

namespace latcast::regression {

// A design of these columns, called c0, c1, ...
inline Design MakeDesignOf(const std::vector<std::vector<double>>& columns) {
  Design design;
  design.rows = columns.front().size();
  for (const std::vector<double>& column : columns) {
    std::copy(column.begin(), column.end(),
              design.AddColumn("c" + std::to_string(design.cols())).begin());
  }
  return design;
}

}  // namespace latcast::regression

#endif  // LATCAST_TESTS_UNIT_REGRESSION_MAKE_DESIGN_H_
