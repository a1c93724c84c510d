#include <cmath>

#include "analyzer/graph/builder.h"
#include "bench/backends/fake.h"

namespace latcast::bench {
namespace {

using graph::DType;
using graph::GraphBuilder;
using graph::ValueId;
using ::testing::HasSubstr;

graph::Graph Relus(int count, int64_t elements = 1000) {
  GraphBuilder builder("Relus", "test");
  ValueId value = builder.AddInput("x", DType::kFloat32, {elements});
  for (int i = 0; i < count; ++i) {
    const ValueId next = builder.AddActivation(DType::kFloat32, {elements});
    builder.AddOp("relu", {value}, {next});
    value = next;
  }
  return std::move(builder).Finish({value});
}

double Measure(Backend& backend, const graph::Graph& graph) {
  return backend.Prepare(graph, Weights::kWarm).value()->MeasureOnce().value().ms;
}

// Latencies follow from the features: twice the operators, twice the time, on the device's clock.
TEST(FakeBackendTest, LatencyFollowsFromFeatures) {
  const auto backend = MakeFakeBackend({});
  const double one = Measure(*backend, Relus(1));
  EXPECT_GT(one, 0.0);
  EXPECT_NEAR(Measure(*backend, Relus(2)), 2 * one, 1e-12);
  EXPECT_NEAR(backend->clock().SecondsSince(0), 3 * one * 1e-3, 1e-8);
  EXPECT_NEAR(Measure(*MakeFakeBackend({.scale = 10.0}), Relus(1)), 10 * one, 1e-12);
}

// Noise only ever adds, within its share, differs from run to run, and repeats with the seed.
TEST(FakeBackendTest, Noise) {
  const double quiet = Measure(*MakeFakeBackend({}), Relus(1));
  const auto sample = [](uint64_t seed) {
    const auto backend = MakeFakeBackend({.seed = seed, .noise = 0.1});
    const auto runnable = backend->Prepare(Relus(1), Weights::kWarm).value();
    return std::vector<double>{runnable->MeasureOnce()->ms, runnable->MeasureOnce()->ms};
  };
  const std::vector<double> samples = sample(1);
  for (const double ms : samples) {
    EXPECT_GE(ms, quiet);
    EXPECT_LE(ms, 1.1 * quiet);
  }
  EXPECT_NE(samples[0], samples[1]);
  EXPECT_EQ(samples, sample(1));
  EXPECT_NE(samples, sample(2));
}

// It fails as it is told to.
TEST(FakeBackendTest, Failures) {
  EXPECT_THAT(MakeFakeBackend({.fail = "Rel"})->Prepare(Relus(1), Weights::kWarm),
              StatusIs(absl::StatusCode::kInternal, "told to fail"));
  EXPECT_THAT(MakeFakeBackend({.oom_above_ms = 1e-3})->Prepare(Relus(1), Weights::kWarm),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("no memory")));
  EXPECT_TRUE(std::isnan(Measure(*MakeFakeBackend({.nan = "Relus"}), Relus(1))));
  EXPECT_EQ(Measure(*MakeFakeBackend({.zero = "Relus"}), Relus(1)), 0.0);
  EXPECT_OK(MakeFakeBackend({.fail = "Other", .nan = "Other"})
                ->Prepare(Relus(1), Weights::kWarm)
                .status());
}

// It loses the device in the third run, and ends its process there.
TEST(FakeBackendTest, Fates) {
  const auto third = [](const FakeOptions& options) {
    const auto backend = MakeFakeBackend(options);
    const auto runnable = backend->Prepare(Relus(1), Weights::kWarm).value();
    EXPECT_OK(runnable->MeasureOnce().status());
    EXPECT_OK(runnable->MeasureOnce().status());
    return runnable->MeasureOnce().status();
  };
  EXPECT_THAT(third({.vanish = "Relus"}), StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
  EXPECT_OK(third({.vanish = "Other"}));
  EXPECT_DEATH(third({.crash = "Relus"}).IgnoreError(), "");
}

// Options as text, and what is wrong with them.
TEST(FakeBackendTest, OptionsAsText) {
  ASSERT_OK_AND_ASSIGN(
      const FakeOptions options,
      ParseFakeOptions("noise=0.5,scale=2,realtime=1,oom_above_ms=9,fail=a,nan=b"));
  EXPECT_EQ(options.noise, 0.5);
  EXPECT_EQ(options.scale, 2.0);
  EXPECT_TRUE(options.realtime);
  EXPECT_EQ(options.oom_above_ms, 9.0);
  EXPECT_EQ(options.fail, "a");
  EXPECT_EQ(options.nan, "b");
  EXPECT_OK(ParseFakeOptions("").status());
  constexpr auto kBad = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ParseFakeOptions("noice=1"), StatusIs(kBad, HasSubstr("did you mean 'noise'")));
  EXPECT_THAT(ParseFakeOptions("noise=lots"), StatusIs(kBad, HasSubstr("noise")));
  EXPECT_THAT(ParseFakeOptions("scale=-1"), StatusIs(kBad, HasSubstr("negative")));
}

}  // namespace
}  // namespace latcast::bench
