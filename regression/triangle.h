// A lower triangular matrix, kept so that the length of its product with a vector is quickly had.
#ifndef LATCAST_REGRESSION_TRIANGLE_H_
#define LATCAST_REGRESSION_TRIANGLE_H_

#include <cstddef>
#include <vector>

namespace latcast::regression {

class Triangle {
 public:
  Triangle() = default;
  // Row after row, row i of i + 1 numbers.
  explicit Triangle(std::vector<double> numbers);

  const std::vector<double>& numbers() const { return numbers_; }
  // 0 where the numbers are none or make no triangle.
  size_t rows() const { return rows_; }

  // |T f|^2 of rows() numbers f; of more the first count. The products of a row with even and with
  // odd index are summed apart, then added; the squares of rows i go into the sums i % 4 of four,
  // which are then added as (0 + 2) + (1 + 3). Columns of forecasts (predict_columns.cc) are summed
  // in the same order, so that the results are the same to the last bit.
  double SquaredLengthOfProduct(const double* f) const;

  friend bool operator==(const Triangle& a, const Triangle& b) { return a.numbers_ == b.numbers_; }

 private:
  std::vector<double> numbers_;
  size_t rows_ = 0;
  // The rows in groups of 16, each group column after column, filled up with zeros.
  std::vector<double> tiles_;
};

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_TRIANGLE_H_
