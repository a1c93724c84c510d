#include "server/core/batch.h"

#include <cmath>
#include <limits>

#include "regression/predict.h"
#include "server/core/limits.h"
#include "tests/support/profiles.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ChosenModel Chosen() { return {MakeActive(1, test::TwoModeProfile("epyc")), 0, 0.5}; }

std::vector<FeatureColumn> Columns(const std::vector<double>& macs,
                                   const std::vector<double>& elementwise,
                                   const std::vector<double>& kernels) {
  return {{Feature::kMacsAll, macs},
          {Feature::kElementwise, elementwise},
          {Feature::kKernels, kernels}};
}

// A batch gives for each item exactly what a single forecast gives.
TEST(BatchTest, ColumnsEqualSingleForecasts) {
  const std::vector<double> macs{1e6, 2e9, 0.0};
  const std::vector<double> elementwise{1e3, 5e6, 1.0};
  const std::vector<double> kernels{3, 50, 5000};
  const ChosenModel chosen = Chosen();
  ASSERT_OK_AND_ASSIGN(const BatchForecast batch,
                       PredictColumns(chosen, Columns(macs, elementwise, kernels), true));
  ASSERT_EQ(batch.latency_ms.size(), 3u);
  ASSERT_EQ(batch.terms.size(), 3u);
  EXPECT_TRUE(batch.errors.empty());
  for (size_t i = 0; i < 3; ++i) {
    FeatureVector features;
    features.Set(Feature::kMacsAll, macs[i]);
    features.Set(Feature::kElementwise, elementwise[i]);
    features.Set(Feature::kKernels, kernels[i]);
    const auto single = regression::Predict(features, chosen.model(), {0.5});
    EXPECT_EQ(batch.latency_ms[i], single.latency_ms);
    EXPECT_EQ(batch.lower_ms[i], single.lower_ms);
    EXPECT_EQ(batch.upper_ms[i], single.upper_ms);
    EXPECT_EQ(batch.out_of_domain[i], single.out_of_domain);
    EXPECT_EQ(batch.terms[i],
              regression::SplitLatency(features, chosen.model(), single.latency_ms));
  }
  EXPECT_TRUE(batch.out_of_domain[2]);
}

// A bad value costs its own item only, and its error names the column.
TEST(BatchTest, BadValuesAreErrorsOfTheirItems) {
  const std::vector<double> macs{1, -1, 1, 1, 1};
  const std::vector<double> elementwise{1, 1, std::nan(""), 1, 1};
  const std::vector<double> kernels{1, 1, 1, std::numeric_limits<double>::infinity(), 1};
  ASSERT_OK_AND_ASSIGN(const BatchForecast batch,
                       PredictColumns(Chosen(), Columns(macs, elementwise, kernels)));
  ASSERT_EQ(batch.errors.size(), 3u);
  const char* names[] = {"'macs_all'", "'elementwise'", "'kernels'"};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(batch.errors[i].first, i + 1);
    EXPECT_THAT(batch.errors[i].second,
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(names[i])));
    EXPECT_TRUE(std::isnan(batch.latency_ms[i + 1]));
    EXPECT_TRUE(std::isnan(batch.upper_ms[i + 1]));
  }
  EXPECT_GT(batch.latency_ms[0], 0.25);
  EXPECT_EQ(batch.latency_ms[4], batch.latency_ms[0]);
}

// Columns of different lengths, missing ones and too many items refuse the batch by name.
TEST(BatchTest, RefusesBatchesThatMakeNoSense) {
  const std::vector<double> two{1, 1};
  const std::vector<double> one{1};
  EXPECT_THAT(PredictColumns(Chosen(), Columns(two, one, two)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("columns[1]"), HasSubstr("1 values"), HasSubstr("has 2"))));
  EXPECT_THAT(PredictColumns(Chosen(), std::vector<FeatureColumn>{{Feature::kMacsAll, two}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("elementwise, kernels")));
  EXPECT_THAT(PredictColumns(Chosen(), {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("macs_all")));
  const std::vector<double> many(kMaxBatchItems + 1, 1.0);
  EXPECT_THAT(PredictColumns(Chosen(), Columns(many, many, many)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 16384")));
  BlockCache cache;
  const std::vector<std::string_view> specs(kMaxBatchItems + 1, "block:BasicBlock7");
  EXPECT_THAT(PredictBlocks(Chosen(), cache, specs, [] { return false; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 16384")));
}

// Blocks and mistakes may be mixed: each item has its forecast or the error of its own spec.
TEST(BatchTest, BlocksHaveErrorsOfTheirOwn) {
  BlockCache cache;
  const std::vector<std::string_view> specs{"block:BasicBlock7", "block:Nonsense",
                                            "block:BasicBlock7?batch=0", "block:BasicBlock7"};
  ASSERT_OK_AND_ASSIGN(const BatchForecast batch,
                       PredictBlocks(Chosen(), cache, specs, [] { return false; }));
  ASSERT_EQ(batch.errors.size(), 2u);
  EXPECT_EQ(batch.errors[0].first, 1u);
  EXPECT_THAT(batch.errors[0].second, StatusIs(absl::StatusCode::kNotFound, HasSubstr("Nonsense")));
  EXPECT_EQ(batch.errors[1].first, 2u);
  EXPECT_THAT(batch.errors[1].second,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("batch")));
  EXPECT_GT(batch.latency_ms[0], 0.25);
  EXPECT_EQ(batch.latency_ms[3], batch.latency_ms[0]);
}

// A batch that nobody waits for any more stops.
TEST(BatchTest, StopsWhenCancelled) {
  BlockCache cache;
  int asked = 0;
  const std::vector<std::string_view> specs(1000, "block:BasicBlock7");
  EXPECT_THAT(PredictBlocks(Chosen(), cache, specs, [&asked] { return ++asked == 3; }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("gave up")));
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace latcast::server
