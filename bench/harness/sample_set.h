// The runs of one visit, and which of them count. On a busy machine some runs are disturbed by
// other programs; they are left out as long as enough calm ones are to be had.
#ifndef LATCAST_BENCH_HARNESS_SAMPLE_SET_H_
#define LATCAST_BENCH_HARNESS_SAMPLE_SET_H_

#include <cstddef>
#include <span>
#include <vector>

#include "bench/harness/runnable.h"

namespace latcast::bench {

class SampleSet {
 public:
  // `wanted`: calm runs that are enough to go by.
  explicit SampleSet(size_t wanted) : wanted_(wanted) {}

  void Add(const Measurement& measurement) {
    all_.push_back(measurement.ms);
    if (!measurement.disturbed) calm_.push_back(measurement.ms);
  }

  // Calm runs, in order; all runs when, after twice the wanted number, fewer than a quarter were
  // calm: waiting for more would not help.
  std::span<const double> Counting() const { return IsCalmHopeless() ? all_ : calm_; }
  std::span<const double> All() const { return all_; }
  size_t disturbed() const { return all_.size() - calm_.size(); }

 private:
  bool IsCalmHopeless() const {
    return calm_.size() < wanted_ && all_.size() >= 2 * wanted_ && 4 * calm_.size() < all_.size();
  }

  size_t wanted_;
  std::vector<double> all_;
  std::vector<double> calm_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_SAMPLE_SET_H_
