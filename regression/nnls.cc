#include "regression/nnls.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

namespace latcast::regression {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kGradientTolerance = 1e-13;

// The problem with columns of length one, reduced to at most as many rows as columns:
// |a x - b|^2 = |R x - Q'b|^2 + a constant.
class ActiveSet {
 public:
  ActiveSet(const Design& design, std::span<const double> rhs) {
    const Index n = static_cast<Index>(design.rows);
    const Index p = static_cast<Index>(design.cols());
    a_ = Eigen::Map<const MatrixXd>(design.values.data(), n, p);
    b_ = Eigen::Map<const VectorXd>(rhs.data(), n);
    scale_.resize(p);
    for (Index j = 0; j < p; ++j) {
      const double norm = a_.col(j).stableNorm();
      scale_[j] = norm > 0.0 ? norm : 1.0;
      a_.col(j) /= scale_[j];
    }
    if (n > p && p > 0) {
      const Eigen::HouseholderQR<MatrixXd> qr(a_);
      b_ = (qr.householderQ().adjoint() * b_).head(p).eval();
      a_ = qr.matrixQR().topRows(p).triangularView<Eigen::Upper>();
    }
    x_ = VectorXd::Zero(p);
    positive_.assign(design.cols(), false);
  }

  Nnls Solve() {
    Nnls result;
    const int limit = 3 * static_cast<int>(a_.cols()) + 3;
    while (result.iterations < limit) {
      if (!Enter()) {
        result.converged = true;
        break;
      }
      ++result.iterations;
    }
    for (Index j = 0; j < x_.size(); ++j) result.x.push_back(x_[j] / scale_[j]);
    return result;
  }

 private:
  // Moves the most promising column into the positive set; false when none improves the fit.
  bool Enter() {
    VectorXd gradient = a_.transpose() * (b_ - a_ * x_);
    const double tolerance = kGradientTolerance * (b_.norm() + x_.norm());
    while (true) {
      Index best = -1;
      for (Index j = 0; j < gradient.size(); ++j) {
        if (positive_[static_cast<size_t>(j)] || gradient[j] <= tolerance) continue;
        if (best < 0 || gradient[j] > gradient[best]) best = j;
      }
      if (best < 0) return false;
      positive_[static_cast<size_t>(best)] = true;
      const VectorXd solution = SolvePositive();
      if (solution[best] > 0.0) {
        Move(solution);
        return true;
      }
      // Its positive gradient was rounding: pass it over.
      positive_[static_cast<size_t>(best)] = false;
      gradient[best] = 0.0;
    }
  }

  // Goes from x to `target`, and as long as a column would turn negative on the way, stops at the
  // bound, drops it and aims anew.
  void Move(VectorXd target) {
    while (true) {
      double step = 1.0;
      Index first = -1;
      for (Index j = 0; j < x_.size(); ++j) {
        if (!positive_[static_cast<size_t>(j)] || target[j] > 0.0) continue;
        const double reach = x_[j] / (x_[j] - target[j]);
        if (first < 0 || reach < step) {
          step = std::min(reach, 1.0);
          first = j;
        }
      }
      if (first < 0) {
        x_ = target;
        return;
      }
      x_ += step * (target - x_);
      for (Index j = 0; j < x_.size(); ++j) {
        if (j != first && (!positive_[static_cast<size_t>(j)] || x_[j] > 0.0)) continue;
        positive_[static_cast<size_t>(j)] = false;
        x_[j] = 0.0;
      }
      target = SolvePositive();
    }
  }

  // Least squares over the columns of the positive set, zero elsewhere.
  VectorXd SolvePositive() const {
    std::vector<Index> columns;
    for (Index j = 0; j < a_.cols(); ++j) {
      if (positive_[static_cast<size_t>(j)]) columns.push_back(j);
    }
    VectorXd x = VectorXd::Zero(a_.cols());
    if (columns.empty()) return x;
    const MatrixXd part = a_(Eigen::all, columns);
    x(columns) = part.colPivHouseholderQr().solve(b_);
    return x;
  }

  MatrixXd a_;
  VectorXd b_, scale_, x_;
  std::vector<bool> positive_;
};

}  // namespace

Nnls SolveNnls(const Design& a, std::span<const double> b) { return ActiveSet(a, b).Solve(); }

}  // namespace latcast::regression
