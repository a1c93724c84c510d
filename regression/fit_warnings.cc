#include "regression/fit_warnings.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/units.h"
#include "regression/design.h"
#include "regression/median.h"

namespace latcast::regression {
namespace {

constexpr double kIllConditioned = 1e4;
constexpr size_t kPointsPerCoefficient = 3;
constexpr double kOutlierFactor = 5.0;
constexpr double kOutlierFloor = 0.05;
constexpr double kJump = 0.05;  // of the breakpoint

double RelativeError(const Residual& residual) {
  return std::abs(residual.predicted_ms - residual.measured_ms) / residual.measured_ms;
}

void AppendSecondPiece(const TwoPiece& piece, std::vector<std::string>& warnings) {
  const double before = piece.slope * piece.breakpoint_ms + piece.offset_ms;
  if (std::abs(before - piece.breakpoint_ms) > kJump * piece.breakpoint_ms) {
    warnings.push_back(absl::StrFormat("the forecast jumps from %s to %s at the breakpoint",
                                       FormatLatency(before), FormatLatency(piece.breakpoint_ms)));
  }
  if (piece.slope < 0.0) {
    warnings.push_back("below the breakpoint the forecast falls with more work");
  }
}

}  // namespace

std::vector<std::string> ZeroTerms(const LatencyModel& model, bool intercept) {
  std::vector<std::string> zero;
  for (const Term& term : model.terms) {
    if (term.coefficient == 0.0) zero.emplace_back(Info(term.feature).name);
  }
  if (intercept && model.intercept_ms == 0.0) zero.emplace_back(kIntercept);
  return zero;
}

std::vector<std::string> Outliers(const std::vector<Residual>& residuals, size_t limit) {
  std::vector<double> errors;
  for (const Residual& residual : residuals) errors.push_back(RelativeError(residual));
  const double bound = std::max(kOutlierFactor * Median(errors), kOutlierFloor);
  std::vector<const Residual*> outliers;
  for (const Residual& residual : residuals) {
    if (RelativeError(residual) > bound) outliers.push_back(&residual);
  }
  std::sort(outliers.begin(), outliers.end(), [](const Residual* a, const Residual* b) {
    const double a_error = RelativeError(*a);
    const double b_error = RelativeError(*b);
    return a_error != b_error ? a_error > b_error : a->name < b->name;
  });
  std::vector<std::string> lines;
  for (size_t i = 0; i < std::min(limit, outliers.size()); ++i) {
    lines.push_back(absl::StrCat("outlier: '", outliers[i]->name, "' took ",
                                 FormatLatency(outliers[i]->measured_ms), ", the model says ",
                                 FormatLatency(outliers[i]->predicted_ms)));
  }
  if (outliers.size() > limit) {
    const size_t others = outliers.size() - limit;
    lines.push_back(absl::StrCat("and ", others, others == 1 ? " more outlier" : " more outliers"));
  }
  return lines;
}

void AppendWarnings(const LatencyModel& model, bool converged, const Columns& columns,
                    const PointRefs& points, FitSummary& summary) {
  std::vector<std::string>& warnings = summary.warnings;
  if (!converged) warnings.push_back("the fit was still moving when its steps were used up");
  if (points.size() < kPointsPerCoefficient * columns.coefficient_count()) {
    warnings.push_back(absl::StrCat("only ", points.size(), " points for ",
                                    columns.coefficient_count(), " coefficients"));
  }
  if (std::isfinite(summary.condition_number) && summary.condition_number > kIllConditioned) {
    warnings.push_back(absl::StrFormat(
        "ill-conditioned (%.1e): some columns rise and fall together over the points, so single "
        "coefficients say little",
        summary.condition_number));
  }
  if (!model.leave_group_out) {
    warnings.push_back(
        "fewer than three groups: the intervals hold for blocks of the families measured here, "
        "nothing is known of others");
  }
  if (model.two_piece) AppendSecondPiece(*model.two_piece, warnings);
  for (std::string& line : Outliers(summary.residuals)) warnings.push_back(std::move(line));
}

}  // namespace latcast::regression
