#include "base/duration.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/text.h"

namespace latcast {

absl::StatusOr<double> ParseSeconds(std::string_view text) {
  absl::string_view number = ToAbsl(text);
  double unit = 1.0;
  if (absl::ConsumeSuffix(&number, "min")) {
    unit = 60.0;
  } else if (absl::ConsumeSuffix(&number, "h")) {
    unit = 3600.0;
  } else {
    absl::ConsumeSuffix(&number, "s");
  }
  const absl::StatusOr<double> value = ParseDouble(ToStd(number));
  if (!value.ok() || !std::isfinite(*value) || *value <= 0.0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", ToAbsl(text), "' is no time, as 60s, 2min or 1h are"));
  }
  return *value * unit;
}

}  // namespace latcast
