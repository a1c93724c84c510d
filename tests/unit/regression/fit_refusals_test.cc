// A fit says what is wrong with its input instead of returning coefficients.
#include <functional>
#include <limits>

#include "base/status_matchers.h"
#include "regression/fit.h"
#include "sample_points.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;

absl::Status FitError(const std::vector<Point>& points, const FitOptions& options = {}) {
  return Fit(points, options).status();
}

const FitOptions kClassic = {.family = "classic"};

// Options nobody knows are named, with the nearest known one.
TEST(FitRefusalsTest, Options) {
  const std::vector<Point> points = SamplePoints(40, 4, 0.05);
  EXPECT_THAT(FitError(points, {.family = "clasic"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown family 'clasic'; did you mean 'classic'?"));
  EXPECT_THAT(FitError(points, {.feature_set = "generl"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown feature set 'generl'; did you mean 'general'?"));
  EXPECT_THAT(FitError(points, {.folds = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("folds: 1")));
}

// Numbers that are no measurement are refused with point, line and column.
TEST(FitRefusalsTest, Numbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const char* family : {"classic", "relative"}) {
    for (const double bad : {0.0, -1.0, nan, inf, 5e-324, 1e300, 1e-300}) {
      std::vector<Point> points = SamplePoints(40, 4, 0.05);
      points[7].latency_ms = bad;
      EXPECT_THAT(FitError(points, {.family = family}),
                  StatusIs(absl::StatusCode::kInvalidArgument,
                           HasSubstr("point 8 'p7' (line 9): latency_ms is")));
    }
    for (const double bad : {-1.0, nan, inf, -inf, 5e-324, 1e300}) {
      std::vector<Point> points = SamplePoints(40, 4, 0.05);
      points[7].features.Set(Feature::kInp, bad);
      EXPECT_THAT(
          FitError(points, {.family = family}),
          StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("point 8 'p7' (line 9): inp is")));
    }
  }
}

// Points that determine nothing: none, too few, without columns, all equal.
TEST(FitRefusalsTest, NothingToLearnFrom) {
  for (const char* family : {"classic", "relative"}) {
    const FitOptions options = {.family = family};
    EXPECT_THAT(FitError({}, options),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no points")));
    for (const int n : {1, 2, 3, 4}) {
      const absl::Status status = FitError(SamplePoints(n, 0, 0.05), options);
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << n << status;
    }
    EXPECT_THAT(FitError(SamplePoints(4, 0, 0.05), options),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("too few points: 4 for 4 coefficients of the feature set "
                                   "classic; measure at least 5")));
    EXPECT_OK(FitError(SamplePoints(5, 0, 0.05), options));

    std::vector<Point> points = SamplePoints(40, 4, 0.05);
    for (Point& point : points) point.latency_ms = 3.0;
    EXPECT_THAT(FitError(points, options), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                    HasSubstr("all 40 latencies are 3 ms")));

    points = SamplePoints(40, 4, 0.05);
    for (Point& point : points) point.features = points[0].features;
    EXPECT_THAT(FitError(points, options), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                    HasSubstr("have the same features")));

    points = SamplePoints(40, 4, 0.05);
    for (Point& point : points) {
      point.features = FeatureVector();
      point.features.Set(Feature::kBatch, 3);
    }
    EXPECT_THAT(FitError(points, options), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                    HasSubstr("no column of any feature set")));
    FitOptions cpu = options;
    cpu.feature_set = "cpu";
    EXPECT_THAT(FitError(points, cpu), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                HasSubstr("no column of the feature set cpu")));
  }
}

// A column that only some points hold is named, with a point that lacks it.
TEST(FitRefusalsTest, ColumnsHeldByPart) {
  std::vector<Point> points = SamplePoints(40, 4, 0.05);
  points[5].features = FeatureVector();
  for (const Feature f : {Feature::kActs, Feature::kFlops}) points[5].features.Set(f, 1000);
  EXPECT_THAT(FitError(points, {.feature_set = "classic"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("point 'p5' lacks the column inp, which 39 other points hold")));
}

// The classic family has no answer for a column that is constant, a multiple, or a combination.
TEST(FitRefusalsTest, ClassicRefusesCollinearColumns) {
  const auto error = [](const std::function<void(FeatureVector&)>& spoil) {
    std::vector<Point> points = SamplePoints(40, 4, 0.05);
    for (Point& point : points) spoil(point.features);
    return FitError(points, kClassic);
  };
  EXPECT_THAT(error([](FeatureVector& v) { v.Set(Feature::kInp, 12345); }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("inp is constant")));
  EXPECT_THAT(
      error([](FeatureVector& v) { v.Set(Feature::kInp, 3 * v[Feature::kActs]); }),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("inp is a multiple of acts")));
  EXPECT_THAT(error([](FeatureVector& v) {
                v.Set(Feature::kFlops, 7 * v[Feature::kActs] + 2 * v[Feature::kInp]);
              }),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("flops is a combination of acts, inp")));
  EXPECT_THAT(error([](FeatureVector& v) { v.Set(Feature::kFlops, 7 * v[Feature::kActs] + 5); }),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("flops is a combination of a constant, acts")));
}

}  // namespace
}  // namespace latcast::regression
