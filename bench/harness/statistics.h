// Order statistics of repeated measurements. Latencies have a hard lower bound and a long upper
// tail, so everything here rests on ranks: nothing assumes a normal distribution.
#ifndef LATCAST_BENCH_HARNESS_STATISTICS_H_
#define LATCAST_BENCH_HARNESS_STATISTICS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace latcast::bench {

struct Interval {
  double lower = 0.0;
  double upper = 0.0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct Statistics {
  size_t count = 0;
  double median = 0.0;
  double mad = 0.0;  // median absolute deviation from the median, unscaled
  double min = 0.0;
  double p5 = 0.0;
  double p10 = 0.0;
  double p95 = 0.0;
  double max = 0.0;
  size_t outliers = 0;  // above the upper quartile by more than three times the quartiles' distance
  std::optional<Interval> median_interval;  // 95 % confidence; none below 6 samples

  // Half the width of the median's interval over the median; nullopt where there is no interval.
  std::optional<double> RelativeHalfWidth() const;
};

// The quantile q in [0, 1] of ascending values, linear between the two nearest ranks (as numpy's
// default). Needs at least one value.
double Quantile(std::span<const double> sorted, double q);

double Median(std::span<const double> values);

// The narrowest symmetric pair of order statistics that holds the median of the distribution with
// at least 95 % confidence: x(k) and x(n+1-k) with the largest k for which
// P(Binomial(n, 1/2) < k) <= 2.5 %. nullopt below 6 values, where even the extremes do not do.
std::optional<Interval> MedianInterval(std::span<const double> sorted);

// Of at least one value; all zero for none.
Statistics Summarize(std::span<const double> values);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_STATISTICS_H_
