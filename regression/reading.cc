#include "regression/reading.h"

#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/units.h"
#include "regression/terms.h"

namespace latcast::regression {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 5> kElementBytes = {
    {{"float32", 4}, {"float64", 8}, {"float16", 2}, {"bfloat16", 2}, {"int8", 1}}};

std::optional<double> ElementBytes(std::string_view precision) {
  for (const auto& [name, bytes] : kElementBytes) {
    if (name == precision) return bytes;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<double>> Limit(const std::map<std::string, std::string>& provenance,
                                            const std::string& key) {
  const auto it = provenance.find(key);
  if (it == provenance.end() || it->second == "unknown") return std::nullopt;
  double value = 0.0;
  if (!absl::SimpleAtod(it->second, &value) || !(value > 0.0) || !std::isfinite(value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("provenance.", key, ": '", it->second, "' is no positive number"));
  }
  return value;
}

}  // namespace

Reading ReadingOf(const Term& term, std::string_view precision) {
  if (term.coefficient <= 0.0) return {0.0, "", "no part"};
  const double per_second = 1e3 / term.coefficient;
  const auto reading = [](double value, const char* unit) {
    return Reading{value, unit, absl::StrFormat("%.4g %s", value, unit)};
  };
  switch (KindOf(term.feature)) {
    case TermKind::kCompute:
      return reading(per_second * 1e-9, "GMAC/s");
    case TermKind::kLaunch:
      return reading(term.coefficient * 1e3, "us a call");
    case TermKind::kMemory: {
      const Reading each = reading(term.coefficient * 1e6, "ns an element");
      const std::optional<double> bytes = ElementBytes(precision);
      if (!bytes) return each;
      Reading rate = reading(*bytes * per_second * 1e-9, "GB/s");
      absl::StrAppend(&rate.text, " (", each.text, ")");
      return rate;
    }
    case TermKind::kOther:
      break;
  }
  return {term.coefficient, "ms", FormatLatency(term.coefficient) + " a unit"};
}

absl::StatusOr<DeviceLimits> LimitsFrom(const std::map<std::string, std::string>& provenance) {
  DeviceLimits limits;
  ASSIGN_OR_RETURN(limits.gmacs_per_s, Limit(provenance, "peak_gmacs_per_s"));
  ASSIGN_OR_RETURN(limits.gbytes_per_s, Limit(provenance, "peak_gbytes_per_s"));
  return limits;
}

std::vector<std::string> BeyondLimits(const LatencyModel& model, const DeviceLimits& limits) {
  std::vector<std::string> lines;
  for (const Term& term : model.terms) {
    const Reading reading = ReadingOf(term, model.mode.precision);
    const std::optional<double> limit = reading.unit == "GMAC/s" ? limits.gmacs_per_s
                                        : reading.unit == "GB/s" ? limits.gbytes_per_s
                                                                 : std::nullopt;
    if (!limit || reading.value <= *limit) continue;
    lines.push_back(absl::StrFormat(
        "%s reads %.4g %s, the device's peak is %.4g: not physical, other terms carry its time",
        ToAbsl(Info(term.feature).name), reading.value, reading.unit, *limit));
  }
  return lines;
}

std::string ClosedFormCsv(const LatencyModel& model) {
  TextTable table({{"term"}, {"feature"}, {"coefficient"}, {"unit"}, {"reading"}});
  for (const Term& term : model.terms) {
    const FeatureInfo& info = Info(term.feature);
    table.AddRow({std::string(Name(KindOf(term.feature))), std::string(info.name),
                  FormatExact(term.coefficient),
                  absl::StrCat("ms per ", ToAbsl(info.unit.substr(0, info.unit.size() - 1))),
                  ReadingOf(term, model.mode.precision).text});
  }
  table.AddRow({"other", "intercept", FormatExact(model.intercept_ms), "ms",
                FormatLatency(model.intercept_ms) + " a forecast"});
  if (model.two_piece) {
    const TwoPiece& piece = *model.two_piece;
    table.AddRow({"two_piece", "breakpoint", FormatExact(piece.breakpoint_ms), "ms",
                  "below it latency = slope * x + offset"});
    table.AddRow({"two_piece", "slope", FormatExact(piece.slope), "1", ""});
    table.AddRow({"two_piece", "offset", FormatExact(piece.offset_ms), "ms", ""});
  }
  if (model.correction) {
    table.AddRow(
        {"correction", "bound", FormatExact(model.correction->bound), "1",
         absl::StrFormat("a learned factor of %.3f to %.3f, %d nodes; the whole of it is "
                         "in the profile's JSON",
                         std::exp(-model.correction->bound), std::exp(model.correction->bound),
                         model.correction->weights.size())});
  }
  return table.Render(TableStyle::kCsv);
}

}  // namespace latcast::regression
