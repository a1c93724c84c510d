#include "regression/least_squares.h"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>
#include <limits>

namespace latcast::regression {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Columns shorter than this part of their length after projection are dependent: far above the
// rounding of sums of counts, far below what data determine.
constexpr double kRankTolerance = 1e-11;

constexpr int kRefinements = 3;

// The matrix with columns of length 1 to 2, and the factors they were divided by: powers of two,
// so that no digit is lost (1 for a column of zeros).
struct Scaled {
  MatrixXd a;
  VectorXd scale;
};

Scaled ScaleColumns(const Design& design) {
  Scaled scaled;
  scaled.a = Eigen::Map<const MatrixXd>(design.values.data(), static_cast<Index>(design.rows),
                                        static_cast<Index>(design.cols()));
  scaled.scale.resize(scaled.a.cols());
  for (Index j = 0; j < scaled.a.cols(); ++j) {
    const double norm = scaled.a.col(j).stableNorm();
    scaled.scale[j] = norm > 0.0 ? std::exp2(std::floor(std::log2(norm))) : 1.0;
    scaled.a.col(j) /= scaled.scale[j];
  }
  return scaled;
}

using Qr = Eigen::ColPivHouseholderQR<MatrixXd>;
using Long = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

// One correction of (r, x) towards the solution of the augmented system, for a of full rank and
// a P = Q [R; 0]. See the header.
void Refine(const MatrixXd& a, const VectorXd& b, const Qr& qr, VectorXd& r, VectorXd& x) {
  const Index n = a.rows();
  const Index p = a.cols();
  Long f = b.cast<long double>() - r.cast<long double>();
  Long g = Long::Zero(p);
  for (Index j = 0; j < p; ++j) {
    const Long column = a.col(j).cast<long double>();
    f -= column * static_cast<long double>(x[j]);
    g[j] = -column.dot(r.cast<long double>());
  }
  const auto triangle = qr.matrixR().topLeftCorner(p, p).triangularView<Eigen::Upper>();
  VectorXd d = qr.householderQ().adjoint() * f.cast<double>();
  const VectorXd permuted = qr.colsPermutation().transpose() * g.cast<double>();
  const VectorXd h = triangle.transpose().solve(permuted);
  const VectorXd dx = triangle.solve((d.head(p) - h).eval());
  x += VectorXd(qr.colsPermutation() * dx);
  d.head(p) = h;
  r += VectorXd(qr.householderQ() * d).head(n);
}

}  // namespace

LeastSquares SolveLeastSquares(const Design& design, std::span<const double> b) {
  const Scaled scaled = ScaleColumns(design);
  LeastSquares result;
  result.x.assign(design.cols(), 0.0);
  if (design.cols() == 0 || design.rows == 0) return result;
  Qr qr;
  qr.setThreshold(kRankTolerance);
  qr.compute(scaled.a);
  result.rank = static_cast<size_t>(qr.rank());
  const VectorXd rhs = Eigen::Map<const VectorXd>(b.data(), static_cast<Index>(b.size()));
  VectorXd x = qr.solve(rhs);
  if (result.rank == design.cols()) {
    VectorXd r = rhs - scaled.a * x;
    for (int i = 0; i < kRefinements; ++i) Refine(scaled.a, rhs, qr, r, x);
  }
  for (size_t j = 0; j < design.cols(); ++j) {
    result.x[j] = x[static_cast<Index>(j)] / scaled.scale[static_cast<Index>(j)];
  }
  return result;
}

double ConditionNumber(const Design& design) {
  if (design.cols() == 0) return 0.0;
  if (design.rows < design.cols()) return std::numeric_limits<double>::infinity();
  MatrixXd a = ScaleColumns(design).a;
  for (Index j = 0; j < a.cols(); ++j) {
    if (const double norm = a.col(j).norm(); norm > 0.0) a.col(j) /= norm;
  }
  const Eigen::HouseholderQR<MatrixXd> qr(a);
  const Index n = static_cast<Index>(design.cols());
  const MatrixXd r = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>();
  const VectorXd values = Eigen::JacobiSVD<MatrixXd>(r).singularValues();
  if (values[n - 1] <= kRankTolerance * values[0]) return std::numeric_limits<double>::infinity();
  return values[0] / values[n - 1];
}

std::vector<Dependence> FindDependences(const Design& design) {
  const Scaled scaled = ScaleColumns(design);
  std::vector<Dependence> found;
  std::vector<size_t> independent;
  MatrixXd basis(scaled.a.rows(), 0);
  for (Index j = 0; j < scaled.a.cols(); ++j) {
    Dependence dependence;
    dependence.column = static_cast<size_t>(j);
    if (scaled.a.col(j).isZero(0.0)) {
      found.push_back(dependence);
      continue;
    }
    if (basis.cols() > 0) {
      const VectorXd z = basis.colPivHouseholderQr().solve(scaled.a.col(j));
      if ((basis * z - scaled.a.col(j)).norm() <= kRankTolerance) {
        for (Index k = 0; k < z.size(); ++k) {
          // Rounding leaves small weights on columns that have no part in it.
          if (std::abs(z[k]) > 1e-8) dependence.on.push_back(independent[static_cast<size_t>(k)]);
        }
        found.push_back(dependence);
        continue;
      }
    }
    independent.push_back(static_cast<size_t>(j));
    basis.conservativeResize(Eigen::NoChange, basis.cols() + 1);
    basis.col(basis.cols() - 1) = scaled.a.col(j);
  }
  return found;
}

}  // namespace latcast::regression
