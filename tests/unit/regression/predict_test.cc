#include "regression/predict.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

#include "base/status_matchers.h"
#include "regression/forecaster.h"
#include "regression/predict_columns.h"
#include "regression/terms.h"
#include "sample_model.h"

namespace {
std::atomic<int> g_allocations{0};
}  // namespace

// The pairs below are malloc and free on both sides; GCC at -O1 sees only one of them.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

// Counts every allocation of this program.
void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++g_allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;

FeatureVector Features(double acts, double inp, double flops) {
  FeatureVector v;
  v.Set(Feature::kActs, acts);
  v.Set(Feature::kInp, inp);
  v.Set(Feature::kFlops, flops);
  return v;
}

// The sample without the parts that have tests of their own below.
LatencyModel PlainModel() {
  LatencyModel model = SampleModel();
  model.correction.reset();
  model.interval_scale.reset();
  model.leverage.reset();
  return model;
}

// Below the breakpoint the second piece holds, from the breakpoint on the first one.
TEST(PredictTest, EvaluatesBothPieces) {
  const LatencyModel model = PlainModel();  // x = 0.5 + 1e-3 acts + 2e-6 flops, 1.5 x - 0.25
  EXPECT_DOUBLE_EQ(FirstPiece(Features(100, 7, 50000), model), 0.7);
  EXPECT_DOUBLE_EQ(Predict(Features(100, 7, 50000), model).latency_ms, 1.5 * 0.7 - 0.25);
  EXPECT_DOUBLE_EQ(Predict(Features(1500, 7, 0), model).latency_ms, 2.0);
  EXPECT_DOUBLE_EQ(Predict(Features(2500, 7, 0), model).latency_ms, 3.0);
}

// A second piece that would go below zero forecasts zero, with an empty interval there.
TEST(PredictTest, IsNeverBelowZero) {
  LatencyModel model = PlainModel();
  model.two_piece->offset_ms = -50;
  const Prediction prediction = Predict(Features(0, 0, 0), model);
  EXPECT_EQ(prediction.latency_ms, 0.0);
  EXPECT_EQ(prediction.lower_ms, 0.0);
  EXPECT_EQ(prediction.upper_ms, 0.0);
}

// The interval is the conformal one: rank ceil((n + 1) p) of the sorted ratios, the largest where n
// is too small, and no width where no ratio is known.
TEST(PredictTest, IntervalHasTheFiniteSampleRank) {
  LatencyModel model = PlainModel();
  model.two_piece.reset();
  const auto ratio_at = [&](double level) {
    const Prediction p = Predict(Features(500, 0, 0), model, {.interval_level = level});
    EXPECT_DOUBLE_EQ(p.latency_ms, 1.0);
    EXPECT_NEAR(p.lower_ms * p.upper_ms, 1.0, 1e-12);
    return std::log(p.upper_ms);
  };
  EXPECT_NEAR(ratio_at(0.2), 0.01, 1e-12);  // (4 + 1) 0.2 = 1
  EXPECT_NEAR(ratio_at(0.21), 0.02, 1e-12);
  EXPECT_NEAR(ratio_at(0.8), 0.1, 1e-12);
  EXPECT_NEAR(ratio_at(0.99), 0.1, 1e-12);
  model.abs_log_ratios.clear();
  EXPECT_EQ(ratio_at(0.9), 0.0);
}

// 29 ratios at 0.9 take rank 27 exactly, whichever way (n + 1) p is rounded.
TEST(PredictTest, IntervalRankIsNotSpoiltByRounding) {
  LatencyModel model = PlainModel();
  model.two_piece.reset();
  for (int n = 9; n < 1000; n += 10) {
    model.abs_log_ratios.clear();
    for (int i = 1; i <= n; ++i) model.abs_log_ratios.push_back(i * 1e-3);
    const Prediction p = Predict(Features(500, 0, 0), model, {.interval_level = 0.9});
    EXPECT_NEAR(std::log(p.upper_ms), (n + 1) * 9 / 10 * 1e-3, 1e-12) << n;
  }
}

// A feature beyond the calibrated range by more than the tolerance is flagged; a feature that the
// calibration only saw as zero is flagged at any positive value; one the vector lacks is not.
TEST(PredictTest, FlagsFeaturesOutsideTheDomain) {
  const LatencyModel model = PlainModel();  // acts 100..1000, kernels 0..0
  EXPECT_FALSE(Predict(Features(100, 0, 0), model).out_of_domain);
  EXPECT_FALSE(Predict(Features(1099, 0, 0), model).out_of_domain);
  EXPECT_TRUE(Predict(Features(1101, 0, 0), model).out_of_domain);
  EXPECT_FALSE(Predict(Features(91, 0, 0), model).out_of_domain);
  EXPECT_TRUE(Predict(Features(90, 0, 0), model).out_of_domain);
  FeatureVector features = Features(500, 0, 0);
  features.Set(Feature::kKernels, 0);
  EXPECT_FALSE(Predict(features, model).out_of_domain);
  features.Set(Feature::kKernels, 1);
  EXPECT_TRUE(Predict(features, model).out_of_domain);
}

// A network of many blocks is no extrapolation, one whose kernels do more on average is: where the
// domain is per kernel, sums do not count.
TEST(PredictTest, DomainPerKernelLetsSumsGrow) {
  LatencyModel model = PlainModel();
  model.domain = {{Feature::kActs, 100.0, 1000.0}};
  model.domain_per_kernel = true;
  FeatureVector features = Features(50'000, 0, 0);
  features.Set(Feature::kKernels, 100);
  EXPECT_FALSE(Predict(features, model).out_of_domain);
  features.Set(Feature::kKernels, 40);
  EXPECT_TRUE(Predict(features, model).out_of_domain);
  features.Set(Feature::kKernels, 1000);
  EXPECT_TRUE(Predict(features, model).out_of_domain);
}

// Hand-checked: x = 0.5 + 1e-3 * 500 = 1, which the correction, sitting on its node, takes to
// exp(g).
TEST(PredictTest, CorrectionIsAFactor) {
  LatencyModel model = PlainModel();
  model.two_piece.reset();
  const double z = std::log(1.0 + 500.0 / 10.0) / 0.5;
  model.correction = Correction{1.0, {{Feature::kActs, 10.0, 0.5}}, 0.4, {0.3}, {0.0, z}};
  EXPECT_NEAR(Predict(Features(500, 0, 0), model).latency_ms, std::exp(0.3), 1e-12);
  model.correction->weights = {-0.3};
  EXPECT_NEAR(Predict(Features(500, 0, 0), model).latency_ms, std::exp(-0.3), 1e-12);
  model.correction->weights = {3.0};  // held within the bound
  EXPECT_NEAR(Predict(Features(500, 0, 0), model).latency_ms, std::exp(0.4), 1e-12);
  model.correction->at = {0.0, z - 100.0};  // fades away from the node
  EXPECT_NEAR(Predict(Features(500, 0, 0), model).latency_ms, 1.0, 1e-12);
}

// Hand-checked: F is a thousandth of the identity, so h is the squared length of (acts, inp, flops,
// 1) / x / 1000 = (0.5, 0.003, 0, 0.001), and the interval grows with sqrt(1 + gain h), h at
// most 4.
TEST(PredictTest, LeverageWidensTheIntervalAndFlags) {
  LatencyModel model = PlainModel();
  model.two_piece.reset();
  model.leverage = Leverage{Triangle({1e-3, 0, 1e-3, 0, 0, 1e-3, 0, 0, 0, 1e-3}), 0.250'011};
  model.interval_scale = IntervalScale{1.0, 0.0, 2.0, 0.0};
  const auto ratio = [&] {
    return std::log(Predict(Features(500, 3, 0), model, {.interval_level = 0.2}).upper_ms);
  };
  EXPECT_NEAR(ratio(), 0.01 * std::sqrt(1.0 + 2.0 * 0.250'010), 1e-12);
  EXPECT_FALSE(Predict(Features(500, 3, 0), model).out_of_domain);
  model.leverage->limit = 0.250'009;
  EXPECT_TRUE(Predict(Features(500, 3, 0), model).out_of_domain);
  // Fitted without an intercept.
  model.leverage->factor = Triangle({1e-3, 0, 1e-3, 0, 0, 1e-3});
  EXPECT_NEAR(ratio(), 0.01 * std::sqrt(1.0 + 2.0 * 0.250'009), 1e-12);
  model.leverage->factor = Triangle({1.0, 0, 1e-3, 0, 0, 1e-3});
  EXPECT_NEAR(ratio(), 0.01 * std::sqrt(1.0 + 2.0 * 4.0), 1e-12);
}

// With a leverage, a range flags only what the calibration never saw at work.
TEST(PredictTest, LeverageStandsForTheRanges) {
  LatencyModel model = PlainModel();  // acts 100..1000, kernels 0..0
  model.leverage = Leverage{Triangle(std::vector<double>(6)), 1.0};
  FeatureVector features = Features(5000, 0, 0);
  features.Set(Feature::kKernels, 0);
  EXPECT_FALSE(Predict(features, model).out_of_domain);
  features.Set(Feature::kKernels, 1);
  EXPECT_TRUE(Predict(features, model).out_of_domain);
}

// The spread follows the size of a forecast, within the sizes the calibration saw.
TEST(PredictTest, SpreadFollowsTheSize) {
  LatencyModel model = PlainModel();  // latencies 0.4 to 9.75
  model.two_piece.reset();
  model.interval_scale = IntervalScale{2.0, -0.5, 0.0, 0.0};
  const auto ratio = [&](double acts) {
    const Prediction p = Predict(Features(acts, 0, 0), model, {.interval_level = 0.2});
    return std::log(p.upper_ms / p.latency_ms);
  };
  EXPECT_NEAR(ratio(1500), 0.01, 1e-12);                         // 2 ms
  EXPECT_NEAR(ratio(7500), 0.005, 1e-12);                        // 8 ms
  EXPECT_NEAR(ratio(1e6), 0.01 * std::sqrt(2.0 / 9.75), 1e-12);  // above all
}

// Away from the nodes of a correction the interval is wider.
TEST(PredictTest, DistanceWidensTheInterval) {
  LatencyModel model = PlainModel();
  model.two_piece.reset();
  const double z = std::log(1.0 + 500.0 / 10.0) / 0.5;
  model.correction = Correction{1.0, {{Feature::kActs, 10.0, 0.5}}, 0.4, {0.0}, {0.0, z}};
  model.interval_scale = IntervalScale{1.0, 0.0, 0.0, 3.0};
  const auto ratio = [&] {
    const Prediction p = Predict(Features(500, 0, 0), model, {.interval_level = 0.2});
    return std::log(p.upper_ms / p.latency_ms);
  };
  EXPECT_NEAR(ratio(), 0.01, 1e-12);
  model.correction->at = {0.0, z - 100.0};
  EXPECT_NEAR(ratio(), 0.02, 1e-12);
}

// Extreme but finite features give finite forecasts and intervals.
TEST(PredictTest, StaysFinite) {
  LatencyModel model = PlainModel();
  model.abs_log_ratios = {800.0};
  const auto check = [&] {
    for (const double size : {0.0, 5e-324, 1.0, 1e308}) {
      const Prediction p = Predict(Features(size, size, size), model);
      EXPECT_TRUE(std::isfinite(p.latency_ms)) << size;
      EXPECT_TRUE(std::isfinite(p.lower_ms)) << size;
      EXPECT_TRUE(std::isfinite(p.upper_ms)) << size;
    }
  };
  check();
  model.intercept_ms = 0.0;
  check();
  model = SampleModel();
  check();
  std::vector<double> huge(10, 1e308);
  huge[1] = -1e308;
  model.leverage->factor = Triangle(huge);
  model.correction->weights = {1.7e308, -1.7e308};
  model.interval_scale->size_exponent = 1e300;
  check();
}

// A forecast allocates nothing, nor do its terms or many by columns: they may run on hot paths.
TEST(PredictTest, DoesNotAllocate) {
  const LatencyModel model = SampleModel();
  const Forecaster forecaster(model);
  const FeatureVector features = Features(100, 7, 50000);
  const int before = g_allocations;
  ASSERT_GT(before, 0);  // the counter is in place
  double sum = 0.0;
  for (int i = 0; i < 100; ++i) sum += forecaster.Predict(features).latency_ms;
  for (int i = 0; i < 100; ++i) sum += Predict(features, model).latency_ms;
  for (int i = 0; i < 100; ++i) sum += SplitLatency(features, model, 1.0).memory_ms;
  EXPECT_EQ(g_allocations, before);
  std::vector<double> acts(300, 100.0), inp(300, 7.0), flops(300, 50000.0);
  std::vector<double> latency(300), lower(300), upper(300);
  std::vector<uint8_t> out_of_domain(300);
  const FeatureColumn columns[] = {
      {Feature::kActs, acts}, {Feature::kInp, inp}, {Feature::kFlops, flops}};
  const LatencyModel plain = PlainModel();
  const int before_columns = g_allocations;
  PredictColumns(columns, model, {}, {latency, lower, upper, out_of_domain});
  EXPECT_EQ(latency[299], Predict(features, model).latency_ms);
  PredictColumns(columns, plain, {}, {latency, lower, upper, out_of_domain});
  EXPECT_EQ(latency[299], Predict(features, plain).latency_ms);
  EXPECT_EQ(g_allocations, before_columns);
  EXPECT_GT(sum, 0.0);
}

// What a model needs and a vector lacks is named, and so is a value that is no count.
TEST(CheckFeaturesTest, NamesWhatIsMissingOrWrong) {
  const LatencyModel model = PlainModel();
  EXPECT_OK(CheckFeatures(Features(1, 0, 3), model));
  FeatureVector partial;
  partial.Set(Feature::kActs, 1);
  EXPECT_THAT(CheckFeatures(partial, model),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("features inp, flops")));
  EXPECT_THAT(CheckFeatures(Features(-1, 2, 3), model),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'acts': -1")));
  EXPECT_THAT(CheckFeatures(Features(1, std::numeric_limits<double>::quiet_NaN(), 3), model),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'inp': nan")));
  EXPECT_THAT(CheckFeatures(Features(1, 2, std::numeric_limits<double>::infinity()), model),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'flops': inf")));
}

}  // namespace
}  // namespace latcast::regression
