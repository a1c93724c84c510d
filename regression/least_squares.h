// Least squares by a rank-revealing QR factorisation of the column-scaled matrix, never by normal
// equations: those square the condition number.
//
// Even by QR, a large residual r = b - a x costs digits: the error of x grows with cond^2 |r|. So
// the solution is refined (Bjorck 1967). x and r solve together
//
//   | I   a | | r |   | b |
//   | a'  0 | | x | = | 0 |,
//
// and with f = b - r - a x and g = -a'r, what (r, x) leaves open, in extended precision, the
// correction (dr, dx) of the same system is, by a = Q [R; 0]:
//
//   h = R'^-1 g,    [d1; d2] = Q'f,    dx = R^-1 (d1 - h),    dr = Q [h; d2].
//
// Hand check: the first row says dr + a dx = f; in Q's frame its upper part is h + R dx = d1 and
// its lower part d2. The second, a'dr = g, is R'h = g. Each round multiplies the error by about
// cond * 1e-16. Certified digits of the NIST sets, before and after:
// tests/unit/regression/nist_test.
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
