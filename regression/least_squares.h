// Least squares by a rank-revealing QR factorisation of the column-scaled matrix, never by normal
// equations: those square the condition number.
#ifndef LATCAST_REGRESSION_LEAST_SQUARES_H_
#define LATCAST_REGRESSION_LEAST_SQUARES_H_

#include <span>
#include <vector>

#include "regression/design.h"

namespace latcast::regression {

struct LeastSquares {
  std::vector<double> x;  // one a column; zero for columns beyond the rank
  size_t rank = 0;
};

// Minimises |a x - b|. Where columns depend on each other, a solution with as many zeros as there
// are dependences. All numbers must be finite.
LeastSquares SolveLeastSquares(const Design& a, std::span<const double> b);

// Largest over smallest singular value after every column is scaled to length one; infinite when
// the columns depend on each other or there are fewer rows than columns, 0 without columns.
double ConditionNumber(const Design& a);

// A column that is a combination of columns before it, up to rounding.
struct Dependence {
  size_t column = 0;
  std::vector<size_t> on;  // empty for a column of zeros
};
std::vector<Dependence> FindDependences(const Design& a);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_LEAST_SQUARES_H_
