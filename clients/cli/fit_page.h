// The evidence for a fitted model as one HTML page: predicted against measured, where it errs, its
// coefficients and what they say about the device, its intervals, every point.
#ifndef LATCAST_CLIENTS_CLI_FIT_PAGE_H_
#define LATCAST_CLIENTS_CLI_FIT_PAGE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/html_page.h"
#include "regression/calibration.h"
#include "regression/evaluate.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/profile.h"
#include "regression/reading.h"

namespace latcast::cli {

struct FitEvidence {
  const regression::DeviceProfile& profile;  // its first model is the one shown
  std::span<const regression::Point> points;
  const regression::FitSummary& summary;
  regression::DeviceLimits limits = {};
  std::vector<std::string> remarks = {};  // how the model came to be: a transfer, points added
  std::span<const regression::NetworkCheck> networks = {};
};

// Fails as ScatterSvg does.
absl::StatusOr<std::string> FitPage(const FitEvidence& evidence);

// Accuracy of families, or of a profile, on points they did not see. `remarks` stand at the top.
absl::StatusOr<std::string> EvaluationPage(std::span<const regression::Evaluation> evaluations,
                                           std::string_view title,
                                           const std::vector<std::string>& remarks);

// How forecasts err: by family where there are several, and by size, smallest first.
void AddErrors(std::span<const regression::TestForecast> points, HtmlPage& page);
// Every point, the worst forecast first.
void AddPoints(std::span<const regression::TestForecast> points, HtmlPage& page);
// The picture of the points, and of networks in another colour.
absl::Status AddScatter(std::span<const regression::TestForecast> points,
                        std::span<const regression::NetworkCheck> networks, std::string_view title,
                        HtmlPage& page);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FIT_PAGE_H_
