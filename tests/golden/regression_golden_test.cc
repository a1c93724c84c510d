// The published data sets: what the fitter must find on them.
#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "base/status_matchers.h"
#include "regression/evaluate.h"
#include "regression/fit.h"
#include "regression/points.h"
#include "regression/predict.h"
#include "tests/support/golden_file.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;

constexpr char kA100[] = "tests/data/latency/seed-a100-blocks.csv";
constexpr char kXeon[] = "tests/data/latency/blocks-xeon-1core-fp32.csv";

// The Xeon file holds MACs by class; the classic count of conv and linear is their sum.
void AddFlops(std::vector<Point>& points) {
  for (Point& point : points) {
    double flops = 0.0;
    for (const Feature feature :
         {Feature::kMacsDense, Feature::kMacsPointwise, Feature::kMacsGrouped,
          Feature::kMacsDepthwise, Feature::kMacsMatmul}) {
      flops += point.features[feature];
    }
    point.features.Set(Feature::kFlops, flops);
  }
}

// The classic model of the A100 blocks, to the digits that were published for it.
TEST(RegressionGoldenTest, ClassicOnTheA100Blocks) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ReadPoints(kA100));
  ASSERT_EQ(file.points.size(), 117u);
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(file.points, {.family = "classic"}));
  const LatencyModel& model = fit.model;
  EXPECT_EQ(model.feature_set, "classic");
  ASSERT_EQ(model.terms.size(), 3u);
  EXPECT_EQ(model.terms[0].feature, Feature::kActs);
  EXPECT_NEAR(model.terms[0].coefficient, 1.339164e-08, 1e-14);
  EXPECT_EQ(model.terms[1].feature, Feature::kInp);
  EXPECT_NEAR(model.terms[1].coefficient, 7.909757e-09, 1e-15);
  EXPECT_EQ(model.terms[2].feature, Feature::kFlops);
  EXPECT_NEAR(model.terms[2].coefficient, 1.030580e-11, 1e-17);
  EXPECT_NEAR(model.intercept_ms, 0.6146413, 1e-7);
  ASSERT_TRUE(model.two_piece.has_value());
  EXPECT_NEAR(model.two_piece->breakpoint_ms, 2.125431, 1e-6);
  EXPECT_NEAR(model.two_piece->slope, 1.1838, 5e-5);
  EXPECT_NEAR(model.two_piece->offset_ms, -0.2772, 5e-5);
  EXPECT_NEAR(model.in_sample.mdre, 0.0715, 5e-4);
  EXPECT_NEAR(model.in_sample.mape, 0.1160, 1e-4);
  EXPECT_NEAR(model.in_sample.r2, 0.9916, 1e-4);
  ASSERT_TRUE(model.leave_group_out.has_value());
  EXPECT_NEAR(model.leave_group_out->mdre, 0.134, 2e-3);
  EXPECT_NEAR(model.leave_group_out->mape, 0.150, 2e-3);
}

// The same blocks by their specs: every column of the general set, beside the published latencies.
// With what a launch costs in it, an unseen block is forecast better than by the classic columns.
TEST(RegressionGoldenTest, TheA100BlocksBySpec) {
  ASSERT_OK_AND_ASSIGN(PointsFile file, ReadPoints(kA100));
  for (Point& point : file.points) {
    point.spec =
        absl::StrCat("block:classic/", point.group, "?batch=", point.features[Feature::kBatch]);
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, blocks::BuildBlock(point.spec));
    ASSERT_OK_AND_ASSIGN(const features::GraphFeatures all, features::ComputeFeatures(graph));
    for (const Feature feature : file.features) {
      EXPECT_EQ(all.total[feature], point.features[feature]) << point.name;
    }
    point.features = all.total;
  }
  std::vector<Feature> columns = {Feature::kBatch, Feature::kFlops};
  for (const Feature f : FindFeatureSet("cuda")->predictors) columns.push_back(f);
  ExpectGoldenFile(FormatPoints(file.points, columns), "latency/seed-a100-blocks-general.csv");

  ASSERT_OK_AND_ASSIGN(const Evaluation general, EvaluateGroups(file.points, {}));
  ASSERT_OK_AND_ASSIGN(const Evaluation classic,
                       EvaluateGroups(file.points, {.feature_set = "classic"}));
  EXPECT_LT(general.accuracy.mape, classic.accuracy.mape);
}

// Where a linear model is not the truth, auto corrects it, and pays for itself: networks compiled
// into fused kernels, and blocks whose time jumps with the width.
TEST(RegressionGoldenTest, AutoCorrectsWhereItPays) {
  struct Case {
    const char* file;
    double most;   // of auto's median error
    double share;  // ... of the relative family's
  };
  for (const Case& c : {Case{"timm-rtx4090-amp-nchw-compiled-cnn", 0.075, 0.8},
                        Case{"tfnas-gpu-blocks", 0.04, 0.4}}) {
    ASSERT_OK_AND_ASSIGN(const PointsFile file,
                         ReadPoints(absl::StrCat("tests/data/latency/", c.file, ".csv")));
    const auto evaluate = [&](std::string family) {
      return EvaluateSplits(file.points, 100, 6,
                            {.family = std::move(family), .feature_set = "general"});
    };
    ASSERT_OK_AND_ASSIGN(const Evaluation chosen, evaluate("auto"));
    ASSERT_OK_AND_ASSIGN(const Evaluation relative, evaluate("relative"));
    EXPECT_LT(chosen.accuracy.mdre, c.most) << c.file;
    EXPECT_LT(chosen.accuracy.mdre, c.share * relative.accuracy.mdre) << c.file;
    EXPECT_NEAR(chosen.coverage90, 0.9, 0.05) << c.file;
    EXPECT_EQ(chosen.chosen.begin()->first, "corrected general") << c.file;
  }
}

// What fits a GPU's kernels ill, reductions and copies, as columns: on networks in both layouts and
// compiled, and on unseen blocks, the relative family errs less than on the general columns; and
// `auto` finds that they pay.
TEST(RegressionGoldenTest, TheCudaColumnsPay) {
  struct Case {
    const char* file;
    double share;  // of the general columns' median error, at most
  };
  for (const Case& c :
       {Case{"timm-rtx3090-amp-nchw-eager-cnn", 0.7}, Case{"timm-rtx3090-amp-nhwc-eager-cnn", 0.8},
        Case{"timm-rtx4090-amp-nchw-compiled-cnn", 0.75}}) {
    ASSERT_OK_AND_ASSIGN(const PointsFile file,
                         ReadPoints(absl::StrCat("tests/data/latency/", c.file, ".csv")));
    const auto evaluate = [&](std::string family, std::string set) {
      return EvaluateSplits(file.points, 100, 6,
                            {.family = std::move(family), .feature_set = std::move(set)});
    };
    ASSERT_OK_AND_ASSIGN(const Evaluation cuda, evaluate("relative", "cuda"));
    ASSERT_OK_AND_ASSIGN(const Evaluation general, evaluate("relative", "general"));
    ASSERT_OK_AND_ASSIGN(const Evaluation chosen, evaluate("auto", "auto"));
    EXPECT_LT(cuda.accuracy.mdre, c.share * general.accuracy.mdre) << c.file;
    EXPECT_LT(chosen.accuracy.mdre, c.share * general.accuracy.mdre) << c.file;
    int of_cuda = 0;
    for (const auto& [what, fits] : chosen.chosen) of_cuda += what.ends_with(" cuda") ? fits : 0;
    EXPECT_GE(of_cuda, 4) << c.file;
  }
  ASSERT_OK_AND_ASSIGN(const PointsFile a100,
                       ReadPoints("tests/data/latency/seed-a100-blocks-general.csv"));
  const auto unseen = [&](std::string set) {
    return EvaluateGroups(a100.points, {.family = "relative", .feature_set = std::move(set)});
  };
  ASSERT_OK_AND_ASSIGN(const Evaluation cuda, unseen("cuda"));
  ASSERT_OK_AND_ASSIGN(const Evaluation general, unseen("general"));
  EXPECT_LT(cuda.accuracy.mape, 0.9 * general.accuracy.mape);
}

// One relative fit without a second piece is better on a block that was never seen.
TEST(RegressionGoldenTest, RelativeOnTheA100Blocks) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ReadPoints(kA100));
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(file.points));
  EXPECT_EQ(fit.model.family, "relative");
  EXPECT_EQ(fit.model.feature_set, "classic");
  EXPECT_FALSE(fit.model.two_piece.has_value());
  EXPECT_GT(fit.model.intercept_ms, 0.0);  // no column counts kernels
  ASSERT_TRUE(fit.model.leave_group_out.has_value());
  EXPECT_LT(fit.model.leave_group_out->mdre, 0.116);
  EXPECT_LT(fit.model.leave_group_out->mape, 0.145);
}

// The default on the Xeon blocks: path-aware features, accurate on unseen points and on families
// that were never seen, with coefficients a processor can have.
TEST(RegressionGoldenTest, RelativeOnTheXeonBlocks) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ReadPoints(kXeon));
  ASSERT_EQ(file.points.size(), 364u);
  ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(file.points));
  const LatencyModel& model = fit.model;
  EXPECT_EQ(model.family, "relative");
  EXPECT_EQ(model.feature_set, "cpu");
  EXPECT_EQ(model.terms.size(), 14u);
  EXPECT_EQ(model.intercept_ms, 0.0);
  EXPECT_EQ(model.cross_validated.n, 364);
  EXPECT_LT(model.cross_validated.mdre, 0.07);
  EXPECT_GT(model.cross_validated.in10, 0.70);
  EXPECT_GT(model.cross_validated.tau, 0.96);
  ASSERT_TRUE(model.leave_group_out.has_value());
  EXPECT_LT(model.leave_group_out->mdre, 0.085);
  EXPECT_GT(model.leave_group_out->tau, 0.95);
  EXPECT_NEAR(1e-6 / model.terms[0].coefficient, 112, 3);   // GMAC/s
  EXPECT_NEAR(4e-6 / model.terms[1].coefficient, 30, 1);    // GB/s
  EXPECT_NEAR(1e3 * model.terms[3].coefficient, 6.3, 0.5);  // us a kernel
  EXPECT_NEAR(model.terms[4].coefficient * 1e6, 3.2, 0.1);  // ns a pooling window element
  EXPECT_EQ(model.abs_log_ratios.size(), 364u);
}

// The intervals of the Xeon model cover what they promise on families that were not in the fit.
TEST(RegressionGoldenTest, IntervalsHoldOnUnseenFamilies) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ReadPoints(kXeon));
  int covered = 0;
  for (const char* family : {"basic", "invres", "vgg", "fire", "dense"}) {
    std::vector<Point> seen, unseen;
    for (const Point& point : file.points) (point.group == family ? unseen : seen).push_back(point);
    ASSERT_EQ(unseen.size(), 26u);
    ASSERT_OK_AND_ASSIGN(const FitResult fit, Fit(seen));
    for (const Point& point : unseen) {
      const Prediction p = Predict(point.features, fit.model, {.interval_level = 0.9});
      covered += p.lower_ms <= point.latency_ms && point.latency_ms <= p.upper_ms;
    }
  }
  EXPECT_GE(covered, 130 * 0.85);
  EXPECT_LE(covered, 130 * 0.97);
}

// The classic model is several times worse on the same blocks.
TEST(RegressionGoldenTest, ClassicOnTheXeonBlocks) {
  ASSERT_OK_AND_ASSIGN(PointsFile file, ReadPoints(kXeon));
  AddFlops(file.points);
  ASSERT_OK_AND_ASSIGN(const FitResult classic, Fit(file.points, {.family = "classic"}));
  ASSERT_OK_AND_ASSIGN(const FitResult relative, Fit(file.points));
  EXPECT_EQ(classic.model.feature_set, "classic");
  EXPECT_GT(classic.model.cross_validated.mdre, 4 * relative.model.cross_validated.mdre);
  EXPECT_GT(classic.model.leave_group_out->mdre, 4 * relative.model.leave_group_out->mdre);
  EXPECT_THAT(classic.summary.zero_terms, ElementsAre("intercept"));
}

}  // namespace
}  // namespace latcast::regression
