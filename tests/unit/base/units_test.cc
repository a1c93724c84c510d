#include "base/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::nan("");

// Counts step by 1000 with two decimals; whole numbers below 1000 have none.
TEST(FormatCountTest, Units) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(950), "950");
  EXPECT_EQ(FormatCount(2.5), "2.50");
  EXPECT_EQ(FormatCount(1000), "1.00 k");
  EXPECT_EQ(FormatCount(11689512), "11.69 M");
  EXPECT_EQ(FormatCount(1814073344), "1.81 G");
  EXPECT_EQ(FormatCount(2e12), "2.00 T");
  EXPECT_EQ(FormatCount(9.22e18), "9.22 E");
  EXPECT_EQ(FormatCount(-1500), "-1.50 k");
}

// A number that two decimals would round to 1000 is shown in the next unit, and no number before.
TEST(FormatCountTest, RoundingAtTheStep) {
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(999.99), "999.99");
  EXPECT_EQ(FormatCount(999.995), "1.00 k");
  EXPECT_EQ(FormatCount(999990), "999.99 k");
  EXPECT_EQ(FormatCount(999994), "999.99 k");
  EXPECT_EQ(FormatCount(999995), "1.00 M");
  EXPECT_EQ(FormatCount(-999999), "-1.00 M");
  EXPECT_EQ(FormatCount(999999999), "1.00 G");
}

// Bytes step by 1024 and say so.
TEST(FormatBytesTest, Units) {
  EXPECT_EQ(FormatBytes(12), "12 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.00 KiB");
  EXPECT_EQ(FormatBytes(46758048), "44.59 MiB");
  EXPECT_EQ(FormatBytes(1024.0 * 1023.99), "1023.99 KiB");
  EXPECT_EQ(FormatBytes(1024.0 * 1024 - 1), "1.00 MiB");
  EXPECT_EQ(FormatBytes(3.0 * (1ULL << 40)), "3.00 TiB");
}

// What is no number is not given a unit prefix.
TEST(FormatCountTest, NotFinite) {
  EXPECT_EQ(FormatCount(kNan), "nan");
  EXPECT_EQ(FormatCount(-kInf), "-inf");
  EXPECT_EQ(FormatBytes(kInf), "inf B");
  EXPECT_EQ(FormatLatency(kNan), "nan ms");
}

// Latencies have three significant digits from nanoseconds to seconds.
TEST(FormatLatencyTest, ThreeSignificantDigits) {
  EXPECT_EQ(FormatLatency(0), "0 ms");
  EXPECT_EQ(FormatLatency(0.00000123), "1.23 ns");
  EXPECT_EQ(FormatLatency(0.0005), "500 ns");
  EXPECT_EQ(FormatLatency(0.0123), "12.3 us");
  EXPECT_EQ(FormatLatency(0.5), "500 us");
  EXPECT_EQ(FormatLatency(1.5), "1.50 ms");
  EXPECT_EQ(FormatLatency(123.4), "123 ms");
  EXPECT_EQ(FormatLatency(2500), "2.50 s");
  EXPECT_EQ(FormatLatency(7200000), "7200 s");
  EXPECT_EQ(FormatLatency(-0.25), "-250 us");
}

// Rounding never shows 1000 of a unit, nor a fourth digit.
TEST(FormatLatencyTest, RoundingAtTheStep) {
  EXPECT_EQ(FormatLatency(0.9994), "999 us");
  EXPECT_EQ(FormatLatency(0.9996), "1.00 ms");
  EXPECT_EQ(FormatLatency(999.4), "999 ms");
  EXPECT_EQ(FormatLatency(999.6), "1.00 s");
  EXPECT_EQ(FormatLatency(9.994), "9.99 ms");
  EXPECT_EQ(FormatLatency(9.996), "10.0 ms");
  EXPECT_EQ(FormatLatency(99.94), "99.9 ms");
  EXPECT_EQ(FormatLatency(99.96), "100 ms");
}

// Fractions are shown as per cent with one decimal.
TEST(FormatPercentTest, OneDecimal) {
  EXPECT_EQ(FormatPercent(0.0456), "4.6 %");
  EXPECT_EQ(FormatPercent(1), "100.0 %");
  EXPECT_EQ(FormatPercent(-0.5), "-50.0 %");
}

// The exact form is the shortest text, and reads back to the same number for any number.
TEST(FormatExactTest, RoundTrips) {
  EXPECT_EQ(FormatExact(0.1), "0.1");
  EXPECT_EQ(FormatExact(3), "3");
  EXPECT_EQ(FormatExact(1.3406733994819889e-08), "1.3406733994819889e-08");
  EXPECT_EQ(FormatExact(kNan), "nan");
  EXPECT_EQ(FormatExact(-kInf), "-inf");
  std::mt19937_64 random(7);
  for (int i = 0; i < 1000; ++i) {
    const double value =
        std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 1000) - 500);
    EXPECT_THAT(ParseDouble(FormatExact(value)), IsOkAndHolds(value));
  }
}

// Digits are grouped by three from the right, the sign apart.
TEST(FormatThousandsTest, Groups) {
  EXPECT_EQ(FormatThousands(0), "0");
  EXPECT_EQ(FormatThousands(999), "999");
  EXPECT_EQ(FormatThousands(1000), "1,000");
  EXPECT_EQ(FormatThousands(1814073344), "1,814,073,344");
  EXPECT_EQ(FormatThousands(-123), "-123");
  EXPECT_EQ(FormatThousands(-123456), "-123,456");
  EXPECT_EQ(FormatThousands(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

}  // namespace
}  // namespace latcast
