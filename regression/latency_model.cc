#include "regression/latency_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::regression {
namespace {

constexpr std::array<std::string_view, 2> kMetrics = {"wall", "gpu"};
constexpr std::array<std::string_view, 3> kExecutions = {"eager", "graph", "compiled"};

constexpr double kMaxCorrection = 6.91;  // ln 1000

absl::Status FieldError(std::string_view field, std::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(field), ": ", ToAbsl(message)));
}

absl::Status CheckFinite(std::string_view field, double value) {
  return std::isfinite(value) ? absl::OkStatus() : FieldError(field, "not finite");
}

absl::Status CheckOneOf(std::string_view field, std::string_view value,
                        std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return absl::OkStatus();
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string list = absl::StrJoin(
      names, ", ", [](std::string* out, std::string_view name) { out->append(name); });
  return FieldError(field, absl::StrCat("'", ToAbsl(value), "' is none of ", list));
}

// Fields of one model, each under its path.
class Checker {
 public:
  Checker(const LatencyModel& model, std::string_view path)
      : model_(model), prefix_(path.empty() ? "" : absl::StrCat(ToAbsl(path), ".")) {}

  absl::Status Run() const {
    RETURN_IF_ERROR(CheckMode());
    RETURN_IF_ERROR(CheckTerms());
    RETURN_IF_ERROR(CheckTwoPiece());
    RETURN_IF_ERROR(CheckCorrection());
    RETURN_IF_ERROR(CheckLogRatios());
    RETURN_IF_ERROR(CheckIntervalScale());
    RETURN_IF_ERROR(CheckLeverage());
    RETURN_IF_ERROR(CheckDomain());
    RETURN_IF_ERROR(CheckRange("min_latency_ms", model_.min_latency_ms, model_.max_latency_ms));
    RETURN_IF_ERROR(CheckAccuracy("in_sample", model_.in_sample));
    RETURN_IF_ERROR(CheckAccuracy("cross_validated", model_.cross_validated));
    if (model_.leave_group_out) {
      RETURN_IF_ERROR(CheckAccuracy("leave_group_out", *model_.leave_group_out));
    }
    return absl::OkStatus();
  }

 private:
  std::string At(std::string_view field) const { return absl::StrCat(prefix_, ToAbsl(field)); }

  absl::Status CheckMode() const {
    const Mode& mode = model_.mode;
    RETURN_IF_ERROR(CheckOneOf(At("mode.metric"), mode.metric, kMetrics));
    RETURN_IF_ERROR(CheckOneOf(At("mode.execution"), mode.execution, kExecutions));
    if (mode.threads < 1) {
      return FieldError(At("mode.threads"), absl::StrCat(mode.threads, " is not positive"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckFeature(std::string_view field, Feature feature, uint64_t& seen) const {
    if (feature >= Feature::kCount) return FieldError(field, "unknown feature");
    const uint64_t bit = uint64_t{1} << FeatureVector::Index(feature);
    if (seen & bit) {
      return FieldError(field, absl::StrCat("'", ToAbsl(Info(feature).name), "' stands twice"));
    }
    seen |= bit;
    return absl::OkStatus();
  }

  absl::Status CheckTerms() const {
    RETURN_IF_ERROR(CheckFinite(At("intercept_ms"), model_.intercept_ms));
    if (model_.terms.empty()) return FieldError(At("terms"), "none; a model has at least one");
    uint64_t seen = 0;
    for (size_t i = 0; i < model_.terms.size(); ++i) {
      const std::string term = At(absl::StrCat("terms[", i, "]"));
      RETURN_IF_ERROR(CheckFeature(term + ".feature", model_.terms[i].feature, seen));
      RETURN_IF_ERROR(CheckFinite(term + ".coefficient", model_.terms[i].coefficient));
    }
    return absl::OkStatus();
  }

  absl::Status CheckTwoPiece() const {
    if (!model_.two_piece) return absl::OkStatus();
    RETURN_IF_ERROR(CheckFinite(At("two_piece.breakpoint_ms"), model_.two_piece->breakpoint_ms));
    if (model_.two_piece->breakpoint_ms < 0.0) {
      return FieldError(At("two_piece.breakpoint_ms"), "negative");
    }
    RETURN_IF_ERROR(CheckFinite(At("two_piece.slope"), model_.two_piece->slope));
    return CheckFinite(At("two_piece.offset_ms"), model_.two_piece->offset_ms);
  }

  absl::Status CheckPositive(std::string_view field, double value) const {
    RETURN_IF_ERROR(CheckFinite(At(field), value));
    return value > 0.0 ? absl::OkStatus() : FieldError(At(field), "not positive");
  }

  absl::Status CheckNotNegative(std::string_view field, double value) const {
    RETURN_IF_ERROR(CheckFinite(At(field), value));
    return value >= 0.0 ? absl::OkStatus() : FieldError(At(field), "negative");
  }

  absl::Status CheckAllFinite(std::string_view field, const std::vector<double>& values) const {
    for (size_t i = 0; i < values.size(); ++i) {
      RETURN_IF_ERROR(CheckFinite(At(absl::StrCat(ToAbsl(field), "[", i, "]")), values[i]));
    }
    return absl::OkStatus();
  }

  absl::Status CheckCorrection() const {
    if (!model_.correction) return absl::OkStatus();
    const Correction& correction = *model_.correction;
    RETURN_IF_ERROR(CheckNotNegative("correction.bound", correction.bound));
    if (correction.bound > kMaxCorrection) {
      return FieldError(At("correction.bound"), "more than a factor of 1000");
    }
    RETURN_IF_ERROR(CheckPositive("correction.size_length", correction.size_length));
    uint64_t seen = 0;
    for (size_t i = 0; i < correction.inputs.size(); ++i) {
      const CorrectionInput& input = correction.inputs[i];
      const std::string field = absl::StrCat("correction.inputs[", i, "]");
      RETURN_IF_ERROR(CheckFeature(At(field + ".feature"), input.feature, seen));
      const auto is_it = [&](const Term& term) { return term.feature == input.feature; };
      if (std::none_of(model_.terms.begin(), model_.terms.end(), is_it)) {
        return FieldError(At(field + ".feature"), "no term has this feature");
      }
      RETURN_IF_ERROR(CheckPositive(field + ".offset", input.offset));
      RETURN_IF_ERROR(CheckPositive(field + ".length", input.length));
    }
    const size_t numbers = correction.coordinates() * correction.weights.size();
    if (correction.at.size() != numbers) {
      return FieldError(
          At("correction.at"),
          absl::StrCat(correction.at.size(), " numbers, ", correction.weights.size(), " nodes of ",
                       correction.coordinates(), " coordinates have ", numbers));
    }
    RETURN_IF_ERROR(CheckAllFinite("correction.weights", correction.weights));
    return CheckAllFinite("correction.at", correction.at);
  }

  absl::Status CheckIntervalScale() const {
    if (!model_.interval_scale) return absl::OkStatus();
    const IntervalScale& scale = *model_.interval_scale;
    RETURN_IF_ERROR(CheckPositive("interval_scale.reference_ms", scale.reference_ms));
    RETURN_IF_ERROR(CheckFinite(At("interval_scale.size_exponent"), scale.size_exponent));
    RETURN_IF_ERROR(CheckNotNegative("interval_scale.leverage_gain", scale.leverage_gain));
    return CheckNotNegative("interval_scale.distance_gain", scale.distance_gain);
  }

  absl::Status CheckLeverage() const {
    if (!model_.leverage) return absl::OkStatus();
    const Triangle& factor = model_.leverage->factor;
    const size_t terms = model_.terms.size();
    if (factor.rows() != terms && factor.rows() != terms + 1) {
      return FieldError(At("leverage.factor"),
                        absl::StrCat(factor.numbers().size(), " numbers are no triangle over ",
                                     terms, " terms, with or without an intercept"));
    }
    RETURN_IF_ERROR(CheckNotNegative("leverage.limit", model_.leverage->limit));
    return CheckAllFinite("leverage.factor", factor.numbers());
  }

  absl::Status CheckLogRatios() const {
    double last = 0.0;
    for (size_t i = 0; i < model_.abs_log_ratios.size(); ++i) {
      const double ratio = model_.abs_log_ratios[i];
      const std::string field = At(absl::StrCat("abs_log_ratios[", i, "]"));
      RETURN_IF_ERROR(CheckFinite(field, ratio));
      if (ratio < 0.0) return FieldError(field, "negative");
      if (ratio < last) return FieldError(field, "smaller than the one before; sort them");
      last = ratio;
    }
    return absl::OkStatus();
  }

  absl::Status CheckDomain() const {
    uint64_t seen = 0;
    for (size_t i = 0; i < model_.domain.size(); ++i) {
      const FeatureRange& range = model_.domain[i];
      const std::string field = absl::StrCat("domain[", i, "]");
      RETURN_IF_ERROR(CheckFeature(At(field + ".feature"), range.feature, seen));
      RETURN_IF_ERROR(CheckRange(field + ".min", range.min, range.max));
    }
    return absl::OkStatus();
  }

  absl::Status CheckRange(std::string_view field, double min, double max) const {
    RETURN_IF_ERROR(CheckFinite(At(field), min));
    if (!std::isfinite(max) || max < min) {
      return FieldError(At(field), absl::StrCat(min, " to ", max, " is no range"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckAccuracy(std::string_view field, const Accuracy& accuracy) const {
    const std::string at = At(field);
    if (accuracy.n < 0) return FieldError(at + ".n", "negative");
    RETURN_IF_ERROR(CheckFinite(at + ".mdre", accuracy.mdre));
    RETURN_IF_ERROR(CheckFinite(at + ".mape", accuracy.mape));
    RETURN_IF_ERROR(CheckFinite(at + ".in10", accuracy.in10));
    RETURN_IF_ERROR(CheckFinite(at + ".tau", accuracy.tau));
    return CheckFinite(at + ".r2", accuracy.r2);
  }

  const LatencyModel& model_;
  const std::string prefix_;
};

}  // namespace

absl::Status Validate(const LatencyModel& model, std::string_view path) {
  return Checker(model, path).Run();
}

}  // namespace latcast::regression
