// Random numbers that are the same on every machine for a seed (the standard library's
// distributions are not).
#ifndef LATCAST_BENCH_HARNESS_RANDOM_H_
#define LATCAST_BENCH_HARNESS_RANDOM_H_

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace latcast::bench {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // In [0, 1).
  double Uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  // In [0, n); n > 0.
  uint64_t Below(uint64_t n) { return engine_() % n; }
  // Between low and high, both included, evenly spread over the logarithm; 0 < low <= high.
  double LogUniform(double low, double high) {
    return low * std::exp(Uniform() * std::log(high / low));
  }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_RANDOM_H_
