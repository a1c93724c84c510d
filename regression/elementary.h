// Exponential and logarithm in a few additions and products that compilers turn into vector
// instructions, and that give the same bits on every processor, one by one or many at once (compile
// with -ffp-contract=off). Internal to this room.
#ifndef LATCAST_REGRESSION_ELEMENTARY_H_
#define LATCAST_REGRESSION_ELEMENTARY_H_

#include <bit>
#include <cstdint>

namespace latcast::regression {

inline constexpr double kLn2 = 0x1.62e42fefa39efp-1;
// Added to a number below 2^51 it leaves the nearest integer in the last bits.
inline constexpr double kToInteger = 0x1.8p52;

// e^v for |v| <= 700, to a relative error of 3e-16; without meaning elsewhere.
//
//   e^v = 2^k e^r,   k = round(v / ln 2),   |r| <= ln 2 / 2 = 0.347
//
// and e^r by its Taylor series to r^13: the rest, r^14 / 14!, is below 5e-18. ln 2 is taken off in
// two parts, the first of 32 bits, so that k times it is exact.
inline double ExpOf(double v) {
  constexpr double kHigh = 0x1.62e42ffp-1;
  constexpr double kLow = -0x1.718432a1b0e26p-35;
  const double shifted = v * (1.0 / kLn2) + kToInteger;
  const double k = shifted - kToInteger;
  const double r = (v - k * kHigh) - k * kLow;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double a = 1.0 / 2 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const double b = 1.0 / 720 + r * (1.0 / 5040) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const double c =
      1.0 / 3628800 + r * (1.0 / 39916800) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const double power = 1.0 + (r + r2 * (a + r4 * (b + r4 * c)));
  const uint64_t exponent = std::bit_cast<uint64_t>(shifted) << 52;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(power) + exponent);
}

// ln v for a positive normal v, to 3e-16 of the larger of |ln v| and 1; without meaning elsewhere.
//
//   ln v = k ln 2 + 2 artanh s,   s = (m - 1) / (m + 1),   m = v / 2^k in [0.71, 1.42)
//
// and artanh s = s + s^3 / 3 + ... to s^19: |s| <= 0.172, the rest is below 1e-17.
inline double LogOf(double v) {
  constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcdULL;  // the bits of sqrt(1/2)
  constexpr uint64_t kBias = uint64_t{1024} << 52;
  const uint64_t bits = std::bit_cast<uint64_t>(v);
  const uint64_t k = (bits - kRootHalf + kBias) >> 52;  // and 1024
  const double m = std::bit_cast<double>(bits - ((k - 1024) << 52));
  const double exponent =
      std::bit_cast<double>(k | std::bit_cast<uint64_t>(0x1p52)) - (0x1p52 + 1024);
  const double s = (m - 1.0) / (m + 1.0);
  const double t = s * s;
  const double t2 = t * t;
  const double t4 = t2 * t2;
  const double a = 1.0 / 3 + t * (1.0 / 5) + t2 * (1.0 / 7 + t * (1.0 / 9));
  const double b = 1.0 / 11 + t * (1.0 / 13) + t2 * (1.0 / 15 + t * (1.0 / 17));
  const double series = t * (a + t4 * (b + t4 * (1.0 / 19)));
  return exponent * kLn2 + (2.0 * s + 2.0 * s * series);
}

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_ELEMENTARY_H_
