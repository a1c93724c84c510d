#include "regression/relative.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "regression/nnls.h"

namespace latcast::regression {
namespace {

// The ridge is kRidge n / 2 times the summed squares of the scaled coefficients, where a scaled
// coefficient is the share of the latency that its column explains (root mean square over the
// points). It decides between columns that the points cannot tell apart, and is too weak to be seen
// elsewhere: from 1e-6 to 1e-2 the accuracy on unseen points is the same.
constexpr double kRidge = 1e-5;

constexpr double kSmoothing[] = {1e-1, 1e-2, 1e-3, 1e-4};
constexpr double kCoarse = 1e-4;    // relative fall of the sum that ends a smoothing
constexpr double kFine = 1e-12;     // ... and the last one
constexpr int kMaxIterations = 60;  // for each smoothing
constexpr double kRounding = 1e-14;

// How the smoothed error s(r) = sqrt(r^2 + e^2) becomes a weighted square.
enum class Weights {
  kTangent,    // touches s at r and lies above it everywhere: a step never fails, but may be short
  kCurvature,  // Newton's: has slope and curvature of s at r
};

class Descent {
 public:
  // The ridge of this strength around `prior`, or around zero where there is none.
  Descent(const Design& design, std::span<const double> latency_ms, std::span<const double> prior,
          double ridge)
      : n_(design.rows),
        p_(design.cols()),
        ridge_(ridge),
        scale_(p_, 1.0),
        prior_(p_, 0.0),
        rhs_(n_ + p_, 0.0) {
    relative_.rows = n_;
    weighted_.rows = n_ + p_;
    for (size_t j = 0; j < p_; ++j) {
      const std::span<double> column = relative_.AddColumn(design.names[j]);
      weighted_.AddColumn(design.names[j]);
      double largest = 0.0;
      for (size_t i = 0; i < n_; ++i) {
        column[i] = design.Column(j)[i] / latency_ms[i];
        largest = std::max(largest, std::abs(column[i]));
      }
      if (largest == 0.0) continue;
      double sum = 0.0;
      for (const double value : column) sum += (value / largest) * (value / largest);
      scale_[j] = largest * std::sqrt(sum / static_cast<double>(n_));
      for (double& value : column) value /= scale_[j];
    }
    for (size_t j = 0; j < prior.size(); ++j) prior_[j] = prior[j] * scale_[j];
    MoveTo(prior_);
  }

  Coefficients Run() {
    Coefficients result;
    smoothing_ = kSmoothing[0];
    Step(Weights::kTangent);  // from zero: least squares on the relative error
    for (const double smoothing : kSmoothing) {
      smoothing_ = smoothing;
      const bool last = smoothing == *std::rbegin(kSmoothing);
      result.converged = false;
      for (int i = 0; i < kMaxIterations && !result.converged; ++i) {
        ++result.iterations;
        const double small = (last ? kFine : kCoarse) * Sum();
        result.converged = Step(Weights::kCurvature) <= small && Step(Weights::kTangent) <= small;
      }
    }
    Polish();
    for (size_t j = 0; j < p_; ++j) result.values.push_back(x_[j] / scale_[j]);
    return result;
  }

 private:
  // Two more of Newton's steps: where the sum has stopped falling to twelve digits the coefficients
  // have nine, and each step doubles them, so that units and order do not show in the result.
  void Polish() {
    for (int i = 0; i < 2; ++i) {
      SetUp(Weights::kCurvature);
      const std::vector<double> old = x_;
      const double before = Sum();
      MoveTo(SolveNnls(weighted_, rhs_).x);
      if (Sum() > before * (1.0 + kRounding)) MoveTo(old);
    }
  }

  // Goes to the minimum of the weighted square, or as far in its direction as the sum falls.
  // Returns by how much it fell.
  double Step(Weights weights) {
    SetUp(weights);
    const std::vector<double> old = x_;
    const std::vector<double> target = SolveNnls(weighted_, rhs_).x;
    const double before = Sum();
    for (double part = 1.0; part > 1e-3; part *= 0.5) {
      std::vector<double> x(p_);
      // A convex combination: exact at part 1, and never below zero.
      for (size_t j = 0; j < p_; ++j) x[j] = (1.0 - part) * old[j] + part * target[j];
      MoveTo(std::move(x));
      const double fall = before - Sum();
      if (fall > 0.0) return fall;
    }
    MoveTo(old);
    return 0.0;
  }

  // The rows of one weighted least squares: sum_i w_i (r_i - r0_i + s'(r0_i) / w_i)^2 and the
  // ridge.
  void SetUp(Weights weights) {
    std::vector<double> root(n_);
    for (size_t i = 0; i < n_; ++i) {
      const double r = residuals_[i];
      const double s = Smoothed(r);
      const double w = weights == Weights::kTangent ? 1.0 / s : smoothing_ / s * smoothing_ / s / s;
      root[i] = std::sqrt(w);
      rhs_[i] = root[i] * (1.0 + r - r / s / w);
    }
    const double ridge = std::sqrt(ridge_ * static_cast<double>(n_));
    for (size_t j = 0; j < p_; ++j) {
      const std::span<const double> from = relative_.Column(j);
      const std::span<double> to = weighted_.Column(j);
      for (size_t i = 0; i < n_; ++i) to[i] = from[i] * root[i];
      to[n_ + j] = ridge;
      rhs_[n_ + j] = ridge * prior_[j];
    }
  }

  void MoveTo(std::vector<double> x) {
    x_ = std::move(x);
    residuals_.assign(n_, -1.0);
    for (size_t j = 0; j < p_; ++j) {
      if (x_[j] == 0.0) continue;
      const std::span<const double> column = relative_.Column(j);
      for (size_t i = 0; i < n_; ++i) residuals_[i] += x_[j] * column[i];
    }
  }

  // |r|, rounded off at zero. Points are sized (1e-30 to 1e30), so that r^2 is finite.
  double Smoothed(double r) const { return std::sqrt(r * r + smoothing_ * smoothing_); }

  // What is minimised.
  double Sum() const {
    double sum = 0.0;
    for (const double r : residuals_) sum += Smoothed(r);
    double squares = 0.0;
    for (size_t j = 0; j < p_; ++j) squares += (x_[j] - prior_[j]) * (x_[j] - prior_[j]);
    return sum + 0.5 * ridge_ * static_cast<double>(n_) * squares;
  }

  const size_t n_, p_;
  const double ridge_;
  Design relative_;                // columns over latency, scaled to root mean square one
  std::vector<double> scale_;      // by which they were divided
  std::vector<double> prior_;      // scaled coefficients that the ridge draws to
  std::vector<double> x_;          // scaled coefficients
  std::vector<double> residuals_;  // relative errors at x_
  double smoothing_ = 0.0;
  Design weighted_;          // the rows of one step; the last p are the ridge
  std::vector<double> rhs_;  // ... and their right-hand side
};

}  // namespace

Coefficients FitRelative(const Design& design, std::span<const double> latency_ms) {
  return Descent(design, latency_ms, {}, kRidge).Run();
}

Coefficients FitRelativeTowards(const Design& design, std::span<const double> latency_ms,
                                std::span<const double> prior, double strength) {
  return Descent(design, latency_ms, prior, strength).Run();
}

}  // namespace latcast::regression
