#include "bench/plan/d_optimal.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace latcast::bench {
namespace {

// What is known of every (scaled) coefficient beforehand: next to nothing.
constexpr double kPrior = 1e-4;

}  // namespace

DOptimalDesign::DOptimalDesign(const std::vector<std::vector<double>>& rows)
    : is_chosen_(rows.size(), false) {
  const size_t columns = rows.empty() ? 0 : rows.front().size();
  std::vector<size_t> used;
  for (size_t c = 0; c < columns; ++c) {
    if (std::any_of(rows.begin(), rows.end(), [c](const auto& row) { return row[c] != 0.0; })) {
      used.push_back(c);
    }
  }
  rows_.resize(static_cast<Eigen::Index>(used.size()), static_cast<Eigen::Index>(rows.size()));
  for (Eigen::Index i = 0; i < rows_.cols(); ++i) {
    for (Eigen::Index c = 0; c < rows_.rows(); ++c) {
      rows_(c, i) = rows[static_cast<size_t>(i)][used[static_cast<size_t>(c)]];
    }
  }
  for (Eigen::Index c = 0; c < rows_.rows(); ++c) {
    rows_.row(c) /= rows_.row(c).cwiseAbs().maxCoeff();
  }
  inverse_ = Eigen::MatrixXd::Identity(rows_.rows(), rows_.rows()) / kPrior;
}

double DOptimalDesign::Gain(size_t candidate) const {
  const auto row = rows_.col(static_cast<Eigen::Index>(candidate));
  return std::log1p(std::max(0.0, row.dot(inverse_ * row)));
}

std::optional<size_t> DOptimalDesign::Best(
    const std::function<bool(size_t)>& allowed,
    const std::function<double(size_t, double)>& score) const {
  std::optional<size_t> best;
  double best_score = 0.0;
  for (size_t i = 0; i < is_chosen_.size(); ++i) {
    if (is_chosen_[i] || !allowed(i)) continue;
    const double own = score(i, Gain(i));
    if (!best.has_value() || own > best_score) {
      best = i;
      best_score = own;
    }
  }
  return best;
}

void DOptimalDesign::Choose(size_t candidate) {
  assert(!is_chosen_[candidate]);
  is_chosen_[candidate] = true;
  const Eigen::VectorXd row = rows_.col(static_cast<Eigen::Index>(candidate));
  const Eigen::VectorXd direction = inverse_ * row;
  inverse_ -= direction * direction.transpose() / (1.0 + row.dot(direction));  // Sherman, Morrison
}

}  // namespace latcast::bench
