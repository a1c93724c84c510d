#include "base/units.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace latcast {
namespace {

// `value` in the largest unit it fills, two decimals but for whole numbers of the first unit.
std::string Scaled(double value, double step, std::span<const char* const> suffixes) {
  if (!std::isfinite(value)) return absl::StrCat(FormatExact(value), suffixes[0]);
  if (std::abs(value) < step && value == std::trunc(value)) {
    return absl::StrFormat("%.0f%s", value, suffixes[0]);
  }
  size_t i = 0;
  // From half a hundredth below the step on, two decimals would print the step itself.
  while (i + 1 < suffixes.size() && std::abs(value) >= step - 0.005) {
    value /= step;
    ++i;
  }
  return absl::StrFormat("%.2f%s", value, suffixes[i]);
}

}  // namespace

std::string FormatCount(double count) {
  static constexpr const char* kSuffixes[] = {"", " k", " M", " G", " T", " P", " E"};
  return Scaled(count, 1000.0, kSuffixes);
}

std::string FormatBytes(double bytes) {
  static constexpr const char* kSuffixes[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  return Scaled(bytes, 1024.0, kSuffixes);
}

std::string FormatLatency(double latency_ms) {
  if (latency_ms == 0.0 || !std::isfinite(latency_ms)) {
    return absl::StrCat(FormatExact(latency_ms), " ms");
  }
  static constexpr const char* kUnits[] = {"ns", "us", "ms", "s"};
  size_t i = 0;
  double value = latency_ms * 1e6;
  while (i + 1 < std::size(kUnits) && std::abs(value) >= 999.5) {  // would print as 1000
    value /= 1000.0;
    ++i;
  }
  const double magnitude = std::abs(value);
  const int decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
  return absl::StrFormat("%.*f %s", decimals, value, kUnits[i]);
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
