#include "regression/leverage.h"

#include <Eigen/QR>
#include <cmath>
#include <utility>
#include <vector>

#include "regression/predict.h"

namespace latcast::regression {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kUnseen = 1e-3;  // what stands in for points, in points

}  // namespace

Leverage MakeLeverage(std::span<const Point* const> points, const Columns& columns,
                      const LatencyModel& model) {
  const Design design = MakeDesign(points, columns);
  const Index n = static_cast<Index>(design.rows);
  const Index p = static_cast<Index>(design.cols());
  MatrixXd z = MatrixXd::Zero(n + p, p);
  for (Index i = 0; i < n; ++i) {
    const size_t row = static_cast<size_t>(i);
    const double x = FirstPiece(points[row]->features, model);
    if (!(x > 0.0)) continue;
    for (Index j = 0; j < p; ++j) z(i, j) = design.Column(static_cast<size_t>(j))[row] / x;
  }
  VectorXd scale(p);
  for (Index j = 0; j < p; ++j) {
    const double norm = z.col(j).stableNorm() / std::sqrt(static_cast<double>(n));
    scale[j] = norm > 0.0 ? norm : 1.0;
    z.col(j) /= scale[j];
    z(n + j, j) = std::sqrt(kUnseen);
  }
  const Eigen::HouseholderQR<MatrixXd> qr(z);
  MatrixXd f = MatrixXd::Identity(p, p);
  qr.matrixQR().topRows(p).triangularView<Eigen::Upper>().transpose().solveInPlace(f);
  std::vector<double> factor;
  for (Index i = 0; i < p; ++i) {
    for (Index j = 0; j <= i; ++j) factor.push_back(f(i, j) / scale[j]);
  }
  return {.factor = Triangle(std::move(factor))};
}

}  // namespace latcast::regression
