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

// The matrix with columns of length one, and the lengths (1 for a column of zeros).
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
    scaled.scale[j] = norm > 0.0 ? norm : 1.0;
    scaled.a.col(j) /= scaled.scale[j];
  }
  return scaled;
}

}  // namespace

LeastSquares SolveLeastSquares(const Design& design, std::span<const double> b) {
  const Scaled scaled = ScaleColumns(design);
  LeastSquares result;
  result.x.assign(design.cols(), 0.0);
  if (design.cols() == 0 || design.rows == 0) return result;
  Eigen::ColPivHouseholderQR<MatrixXd> qr;
  qr.setThreshold(kRankTolerance);
  qr.compute(scaled.a);
  result.rank = static_cast<size_t>(qr.rank());
  const VectorXd x = qr.solve(Eigen::Map<const VectorXd>(b.data(), static_cast<Index>(b.size())));
  for (size_t j = 0; j < design.cols(); ++j) {
    result.x[j] = x[static_cast<Index>(j)] / scaled.scale[static_cast<Index>(j)];
  }
  return result;
}

double ConditionNumber(const Design& design) {
  if (design.cols() == 0) return 0.0;
  if (design.rows < design.cols()) return std::numeric_limits<double>::infinity();
  const Eigen::HouseholderQR<MatrixXd> qr(ScaleColumns(design).a);
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
