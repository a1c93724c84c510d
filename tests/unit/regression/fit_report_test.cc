#include "base/status_matchers.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The report reads coefficients as what a device can do: work a second, time a call.
TEST(FitReportTest, ReadsCoefficients) {
  FitSummary summary;
  summary.family = "relative";
  summary.feature_set = "cpu";
  summary.n = 3;
  summary.zero_terms = {"n_dw"};
  summary.warnings = {"only 3 points"};
  LatencyModel model;
  model.terms = {{Feature::kMacsAll, 1e-8},
                 {Feature::kIoAll, 1e-7},
                 {Feature::kKernels, 5e-3},
                 {Feature::kNDw, 0.0}};
  model.abs_log_ratios = {0.1};
  const std::string report = summary.Report(model);
  EXPECT_THAT(report, HasSubstr("100 GMAC/s"));
  EXPECT_THAT(report, HasSubstr("40 GB/s (0.1 ns an element)"));
  EXPECT_THAT(report, HasSubstr("5 us a call"));
  EXPECT_THAT(report, HasSubstr("no part"));
  EXPECT_THAT(report, HasSubstr("exactly zero: n_dw"));
  EXPECT_THAT(report, HasSubstr("note: only 3 points"));
  EXPECT_THAT(report, HasSubstr("90 % of forecasts are within a factor of 1.105"));
  EXPECT_THAT(report, Not(HasSubstr("unseen families")));
  EXPECT_THAT(report, Not(HasSubstr("intercept")));

  model.mode.precision = "float16";
  EXPECT_THAT(summary.Report(model), HasSubstr("20 GB/s"));
  model.mode.precision = "posit";
  EXPECT_THAT(summary.Report(model), Not(HasSubstr("GB/s")));
}

// The report of a two-piece model tells its second piece, and the jump at the breakpoint.
TEST(FitReportTest, TellsTheSecondPiece) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file,
                       ReadPoints("tests/data/latency/seed-a100-blocks.csv"));
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(file.points, {.family = "classic"}));
  const std::string report = fit.summary.Report(fit.model);
  EXPECT_THAT(report, HasSubstr("classic model on the classic features, 117 points"));
  EXPECT_THAT(report, HasSubstr("below 2.1254 ms: latency = 1.1838 x -0.2772 ms"));
  EXPECT_THAT(report, HasSubstr("intercept"));
  EXPECT_THAT(report, HasSubstr("unseen families"));
  EXPECT_THAT(report, HasSubstr("jumps from 2.24 ms to 2.13 ms"));
}

}  // namespace
}  // namespace latcast::regression
