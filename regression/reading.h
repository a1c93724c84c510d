// What a coefficient says about the device, and whether the device can do that.
#ifndef LATCAST_REGRESSION_READING_H_
#define LATCAST_REGRESSION_READING_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "regression/latency_model.h"

namespace latcast::regression {

// A coefficient is a time per unit of work; its inverse is a rate. Rates of several terms add up to
// no rate of the device: each is the speed at which that work alone would go.
struct Reading {
  double value = 0.0;  // 0 for a coefficient that is not positive
  std::string unit;    // "GMAC/s", "GB/s", "us a call", "ns an element"
  std::string text;    // "103.2 GMAC/s", "29.8 GB/s (0.1342 ns an element)", "no part"
};

// GB/s needs the size of an element, so a precision that is known; else ns an element.
Reading ReadingOf(const Term& term, std::string_view precision);

// What a device can do at most, where it is known.
struct DeviceLimits {
  std::optional<double> gmacs_per_s = {};
  std::optional<double> gbytes_per_s = {};
};

// From the entries `peak_gmacs_per_s` and `peak_gbytes_per_s` of a provenance.
// INVALID_ARGUMENT naming an entry that is no positive number.
absl::StatusOr<DeviceLimits> LimitsFrom(const std::map<std::string, std::string>& provenance);

// One line for every term that reads faster than the device can be: its coefficient is then not
// physical, and other terms carry its time.
std::vector<std::string> BeyondLimits(const LatencyModel& model, const DeviceLimits& limits);

// The closed form as CSV, one row a number: term (memory, compute, launch, other, or the part of
// the model it belongs to), feature, coefficient (every digit), unit, reading. A learned correction
// has no closed form in a table: its row says by how much it may move a forecast.
std::string ClosedFormCsv(const LatencyModel& model);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_READING_H_
