// Numbers as people read them. Bytes step by 1024 and say KiB/MiB/GiB; counts step by 1000 and say
// k/M/G/T; the two are never mixed. A MAC is one multiply-accumulate, a FLOP one floating-point
// operation; a MAC is two FLOPs.
#ifndef LATCAST_BASE_UNITS_H_
#define LATCAST_BASE_UNITS_H_

#include <cstdint>
#include <string>

namespace latcast {

// 11689512 -> "11.69 M"; 950 -> "950". Two decimals, but none for whole numbers below 1000.
std::string FormatCount(double count);
// 46758048 -> "44.59 MiB"; 12 -> "12 B".
std::string FormatBytes(double bytes);
// 0.0123 -> "12.3 us", 1.5 -> "1.50 ms", 2500 -> "2.50 s": three significant digits, from
// nanoseconds to seconds.
std::string FormatLatency(double latency_ms);
// 0.0456 -> "4.6 %".
std::string FormatPercent(double fraction);
// Shortest decimal that reads back to the same double; "nan" and "inf" as such.
std::string FormatExact(double value);
// 1814073344 -> "1,814,073,344".
std::string FormatThousands(int64_t value);

}  // namespace latcast

#endif  // LATCAST_BASE_UNITS_H_
