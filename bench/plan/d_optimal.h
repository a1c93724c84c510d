// Which experiments tell most about a linear model: greedy D-optimal design.
//
// With rows r_i (the features of a point over its latency, since errors are relative), the
// coefficients' uncertainty is the inverse of M = sum r_i r_i' over the chosen points. A further
// point multiplies det M by 1 + r' M^-1 r: its gain is the logarithm of that. Features in which the
// chosen points do not differ, or which they do not have, make det M small, so the greedy choice
// looks for exactly what is missing.
#ifndef LATCAST_BENCH_PLAN_D_OPTIMAL_H_
#define LATCAST_BENCH_PLAN_D_OPTIMAL_H_

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace latcast::bench {

class DOptimalDesign {
 public:
  // One row a candidate; columns are scaled here to a largest entry of 1, columns of zeros dropped.
  explicit DOptimalDesign(const std::vector<std::vector<double>>& rows);

  // The logarithmic gain of a candidate, chosen or not.
  double Gain(size_t candidate) const;

  // The candidate with the largest score among those that `allowed` admits and that are not chosen
  // yet; nullopt when there is none. The first one wins a tie.
  std::optional<size_t> Best(const std::function<bool(size_t)>& allowed,
                             const std::function<double(size_t, double gain)>& score) const;

  void Choose(size_t candidate);
  bool IsChosen(size_t candidate) const { return is_chosen_[candidate]; }

 private:
  Eigen::MatrixXd rows_;     // a column a candidate
  Eigen::MatrixXd inverse_;  // of M
  std::vector<bool> is_chosen_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_D_OPTIMAL_H_
