#include "base/units.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace latcast {
namespace {

std::string Scaled(double value, double step, const char* const* suffixes, int count) {
  int i = 0;
  double magnitude = std::abs(value);
  // 999.995 would print as "1000.00": step up where the rounded text reaches the next unit.
  while (i + 1 < count && magnitude >= step * (i == 0 ? 1.0 : 1.0 - 5e-6)) {
    magnitude /= step;
    ++i;
  }
  const double scaled = std::copysign(magnitude, value);
  if (i == 0 && scaled == std::floor(scaled)) {
    return absl::StrFormat("%.0f%s", scaled, suffixes[0]);
  }
  return absl::StrFormat("%.2f%s", scaled, suffixes[i]);
}

}  // namespace

std::string FormatCount(double count) {
  static constexpr const char* kSuffixes[] = {"", " k", " M", " G", " T", " P", " E"};
  return Scaled(count, 1000.0, kSuffixes, 7);
}

std::string FormatBytes(double bytes) {
  static constexpr const char* kSuffixes[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  return Scaled(bytes, 1024.0, kSuffixes, 6);
}

std::string FormatLatency(double latency_ms) {
  double value = latency_ms;
  const char* unit = "ms";
  if (std::abs(latency_ms) >= 1000.0) {
    value = latency_ms / 1000.0;
    unit = "s";
  } else if (std::abs(latency_ms) < 1.0) {
    value = latency_ms * 1000.0;
    unit = "us";
  }
  const double magnitude = std::abs(value);
  const int decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
  return absl::StrFormat("%.*f %s", decimals, value, unit);
}

std::string FormatPercent(double fraction) { return absl::StrFormat("%.1f %%", 100.0 * fraction); }

std::string FormatExact(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, end);
}

std::string FormatThousands(int64_t value) {
  std::string digits = absl::StrCat(value);
  for (int i = static_cast<int>(digits.size()) - 3; i > (value < 0 ? 1 : 0); i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

}  // namespace latcast
