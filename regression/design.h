// The matrix a family is fitted on: one row a point, one named column a coefficient. Plain numbers,
// so that no other header needs the linear algebra library.
#ifndef LATCAST_REGRESSION_DESIGN_H_
#define LATCAST_REGRESSION_DESIGN_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace latcast::regression {

struct Design {
  size_t rows = 0;
  std::vector<std::string> names;  // one a column
  std::vector<double> values;      // column after column, rows * names.size() numbers

  size_t cols() const { return names.size(); }
  std::span<const double> Column(size_t j) const { return {values.data() + j * rows, rows}; }
  std::span<double> Column(size_t j) { return {values.data() + j * rows, rows}; }

  // The new column, of zeros.
  std::span<double> AddColumn(std::string name) {
    names.push_back(std::move(name));
    values.resize(rows * cols());
    return Column(cols() - 1);
  }
};

// Name of the column of ones.
inline constexpr char kIntercept[] = "intercept";

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_DESIGN_H_
