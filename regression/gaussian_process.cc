#include "regression/gaussian_process.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "regression/correction.h"
#include "regression/cross_validation.h"
#include "regression/median.h"

namespace latcast::regression {
namespace {

using Eigen::ArrayXXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr size_t kFewestPoints = 8;
constexpr size_t kTunePoints = 100;
constexpr size_t kMaxNodes = 400;
constexpr double kOffset = 0.01;  // of the median of the positive values
constexpr double kDeviations = 4.0;
constexpr double kSmallestCap = 0.05;
constexpr double kLengths[] = {1.0, 2.0, 4.0, 8.0};  // standard deviations
constexpr double kNoises[] = {0.03, 0.3, 3.0};
constexpr int kRounds = 2;
constexpr double kWorthwhile = 0.995;  // a change is kept that lowers the error below this share
constexpr double kJitter = 1e-8;
constexpr uint64_t kSeed = 1;

// Points that have a mix: their targets, and coordinates of length one.
struct Targets {
  std::vector<size_t> rows;  // of the design
  VectorXd t;
};

double Median(const VectorXd& values) {
  return regression::Median(std::vector<double>(values.data(), values.data() + values.size()));
}

Targets TargetsOf(std::span<const double> x, std::span<const double> latency_ms) {
  Targets targets;
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] > 0.0) targets.rows.push_back(i);
  }
  targets.t.resize(static_cast<Index>(targets.rows.size()));
  for (size_t k = 0; k < targets.rows.size(); ++k) {
    const size_t i = targets.rows[k];
    targets.t[static_cast<Index>(k)] = std::log(latency_ms[i] / x[i]);
  }
  if (targets.rows.empty()) return targets;
  // 1.4826 times the median absolute value is the standard deviation of normal values.
  const double cap = std::max(kDeviations * 1.4826 * Median(targets.t.cwiseAbs()), kSmallestCap);
  targets.t = targets.t.cwiseMax(-cap).cwiseMin(cap);
  return targets;
}

// At most `limit` of 0 .. n - 1, in an order that depends on n alone.
std::vector<Index> Sample(size_t n, size_t limit) {
  const std::vector<int> rank = ShuffledFolds(n, static_cast<int>(n), kSeed);
  std::vector<Index> chosen;
  for (size_t i = 0; i < n; ++i) {
    if (static_cast<size_t>(rank[i]) < limit) chosen.push_back(static_cast<Index>(i));
  }
  return chosen;
}

MatrixXd MaternOfAll(const MatrixXd& squared) {
  const ArrayXXd a = (5.0 * squared.array()).sqrt();
  return (1.0 + a + a.square() / 3.0) * (-a).exp();
}

// Squared distances between the rows of two sets of coordinates.
MatrixXd SquaredDistances(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd squared = MatrixXd::Zero(a.rows(), b.rows());
  for (Index j = 0; j < a.cols(); ++j) {
    for (Index k = 0; k < b.rows(); ++k) {
      squared.col(k).array() += (a.col(j).array() - b(k, j)).square();
    }
  }
  return squared;
}

// The search for lengths and noise over some points.
class Tuner {
 public:
  Tuner(const MatrixXd& z, VectorXd t) : t_(std::move(t)), lengths_(VectorXd::Ones(z.cols())) {
    for (Index j = 0; j < z.cols(); ++j) {
      const VectorXd centred = z.col(j).array() - z.col(j).mean();
      const double deviation = centred.norm() / std::sqrt(static_cast<double>(z.rows()));
      // A coordinate that does not vary keeps its unit: away from it the correction fades.
      if (deviation > 1e-9) lengths_[j] = deviation;
      differences_.push_back(SquaredDistances(z.col(j), z.col(j)));
    }
    squared_ = MatrixXd::Zero(z.rows(), z.rows());
    for (Index j = 0; j < z.cols(); ++j) squared_ += Part(j);
  }

  void Run() {
    const VectorXd deviations = lengths_;
    const MatrixXd squared = squared_;
    for (const double length : kLengths) {
      for (const double noise : kNoises) {
        Try(length * deviations, squared / (length * length), noise, 1.0);
      }
    }
    for (int round = 0; round < kRounds; ++round) {
      for (const double factor : {std::sqrt(2.0), std::sqrt(0.5)}) {
        if (Try(factor * lengths_, squared_ / (factor * factor), noise_, kWorthwhile)) break;
      }
      for (const double factor : {2.0, 0.5}) {
        if (Try(lengths_, squared_, factor * noise_, kWorthwhile)) break;
      }
      for (Index j = 0; j < lengths_.size(); ++j) {
        for (const double factor : {2.0, 0.5}) {
          VectorXd lengths = lengths_;
          lengths[j] *= factor;
          const MatrixXd changed = squared_ + (1.0 / (factor * factor) - 1.0) * Part(j);
          if (Try(std::move(lengths), changed.cwiseMax(0.0), noise_, kWorthwhile)) break;
        }
      }
    }
  }

  const VectorXd& lengths() const { return lengths_; }
  double noise() const { return noise_; }

 private:
  MatrixXd Part(Index j) const {
    return differences_[static_cast<size_t>(j)] / (lengths_[j] * lengths_[j]);
  }

  // Takes the setting over where its error is below `share` of the present one.
  bool Try(VectorXd lengths, const MatrixXd& squared, double noise, double share) {
    MatrixXd c = MaternOfAll(squared);
    c.diagonal().array() += noise;
    const Eigen::LLT<MatrixXd> factor(c);
    if (factor.info() != Eigen::Success) return false;
    MatrixXd inverse = MatrixXd::Identity(c.rows(), c.cols());  // of the factor
    factor.matrixL().solveInPlace(inverse);
    const VectorXd weights = inverse.transpose() * (inverse * t_);
    const VectorXd diagonal = inverse.colwise().squaredNorm();
    const double error = (weights.array() / diagonal.array()).abs().mean();
    if (!(error < share * error_)) return false;
    error_ = error;
    lengths_ = std::move(lengths);
    squared_ = squared;
    noise_ = noise;
    return true;
  }

  const VectorXd t_;
  std::vector<MatrixXd> differences_;  // squared, a coordinate each
  VectorXd lengths_;
  MatrixXd squared_;  // distances at these lengths
  double noise_ = kNoises[0];
  double error_ = std::numeric_limits<double>::infinity();
};

// The weights of the nodes.
VectorXd Weights(const MatrixXd& z, const MatrixXd& nodes, const VectorXd& t, double noise) {
  MatrixXd k = MaternOfAll(SquaredDistances(z, nodes));
  if (z.rows() == nodes.rows()) {
    k.diagonal().array() += noise;
    return k.llt().solve(t);
  }
  MatrixXd normal = noise * MaternOfAll(SquaredDistances(nodes, nodes));
  normal.selfadjointView<Eigen::Lower>().rankUpdate(k.transpose());
  normal.diagonal().array() += kJitter * normal.trace();
  return normal.llt().solve(k.transpose() * t);
}

double OffsetOf(std::span<const double> column, std::span<const double> x,
                const std::vector<size_t>& rows) {
  std::vector<double> positive;
  for (const size_t i : rows) {
    if (column[i] > 0.0) positive.push_back(column[i] / x[i]);
  }
  return positive.empty() ? 1.0 : kOffset * regression::Median(std::move(positive));
}

// The columns that are features.
std::vector<size_t> FeatureColumns(const Design& design) {
  std::vector<size_t> columns;
  for (size_t j = 0; j < design.cols(); ++j) {
    if (design.names[j] != kIntercept) columns.push_back(j);
  }
  return columns;
}

// One row a target, the coordinates that `correction` sees.
MatrixXd Coordinates(const Design& design, std::span<const double> x,
                     const std::vector<size_t>& rows, const Correction& correction) {
  const std::vector<size_t> columns = FeatureColumns(design);
  MatrixXd z(static_cast<Index>(rows.size()), static_cast<Index>(correction.coordinates()));
  for (size_t k = 0; k < rows.size(); ++k) {
    const Index row = static_cast<Index>(k);
    z(row, 0) = SizeCoordinate(correction, x[rows[k]]);
    for (size_t j = 0; j < columns.size(); ++j) {
      z(row, static_cast<Index>(j + 1)) =
          MixCoordinate(correction.inputs[j], design.Column(columns[j])[rows[k]], x[rows[k]]);
    }
  }
  return z;
}

}  // namespace

Tuning TuneProcess(const Design& design, std::span<const double> x,
                   std::span<const double> latency_ms) {
  const Targets targets = TargetsOf(x, latency_ms);
  Tuning tuning;
  if (targets.rows.size() < kFewestPoints) return tuning;
  Correction unscaled;
  for (const size_t j : FeatureColumns(design)) {
    tuning.offsets.push_back(OffsetOf(design.Column(j), x, targets.rows));
    unscaled.inputs.push_back({.feature = {}, .offset = tuning.offsets.back()});
  }
  const MatrixXd z = Coordinates(design, x, targets.rows, unscaled);
  const std::vector<Index> sample = Sample(targets.rows.size(), kTunePoints);
  Tuner tuner(z(sample, Eigen::all), targets.t(sample));
  tuner.Run();
  tuning.noise = tuner.noise();
  tuning.lengths.assign(tuner.lengths().begin(), tuner.lengths().end());
  return tuning;
}

Correction FitProcess(const Design& design, std::span<const double> x,
                      std::span<const double> latency_ms, const Tuning& tuning) {
  const Targets targets = TargetsOf(x, latency_ms);
  Correction correction;
  if (tuning.lengths.empty() || targets.rows.size() < kFewestPoints) return correction;
  correction.size_length = tuning.lengths[0];
  const std::vector<size_t> columns = FeatureColumns(design);
  for (size_t j = 0; j < columns.size(); ++j) {
    correction.inputs.push_back({.feature = *FindFeature(design.names[columns[j]]),
                                 .offset = tuning.offsets[j],
                                 .length = tuning.lengths[j + 1]});
  }
  const MatrixXd z = Coordinates(design, x, targets.rows, correction);
  const MatrixXd nodes = z(Sample(targets.rows.size(), kMaxNodes), Eigen::all);
  const VectorXd weights = Weights(z, nodes, targets.t, tuning.noise);
  correction.bound = targets.t.cwiseAbs().maxCoeff();
  correction.weights.assign(weights.begin(), weights.end());
  for (Index k = 0; k < nodes.rows(); ++k) {
    for (Index j = 0; j < nodes.cols(); ++j) correction.at.push_back(nodes(k, j));
  }
  return correction;
}

}  // namespace latcast::regression
