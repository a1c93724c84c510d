#include "bench/isolation/local_measurer.h"

#include "bench/backends/fake.h"
#include "bench/plan/candidate.h"

namespace latcast::bench {
namespace {

std::string Block(int batch) {
  return "block:BasicBlock?batch=" + std::to_string(batch) + "&cin=64&cout=64&h=28&w=28";
}

double RoughMs(const std::string& spec) { return Examine(spec, 1).value().rough_ms; }

absl::StatusOr<Visit> Measure(const FakeOptions& options, const std::string& spec) {
  return MakeLocalMeasurer(MakeFakeBackend(options), nullptr)->Measure({.spec = spec});
}

// A block that does not fit is out of memory, and the largest half of its batch that fits is there.
TEST(LocalMeasurerTest, OutOfMemoryGoesOnWithASmallerBatch) {
  const std::optional<std::string> eight = HalfBatch(*HalfBatch(*HalfBatch(Block(64))));
  ASSERT_TRUE(eight.has_value());
  FakeOptions options;
  options.oom_above_ms = 1.5 * RoughMs(*eight);
  ASSERT_OK_AND_ASSIGN(const Visit visit, Measure(options, Block(64)));
  EXPECT_EQ(visit.outcome, Outcome::kOom);
  EXPECT_THAT(visit.message, ::testing::HasSubstr("told to have no memory"));
  EXPECT_EQ(visit.instead, *eight);
  ASSERT_FALSE(visit.samples_ms.empty());
  EXPECT_NEAR(visit.samples_ms[0], RoughMs(*eight), 1e-9);
}

// Where no batch fits, or there is none to halve, nothing is measured.
TEST(LocalMeasurerTest, NothingFits) {
  for (const std::string& spec : {Block(4), Block(1), std::string("resnet18")}) {
    ASSERT_OK_AND_ASSIGN(const Visit visit, Measure({.oom_above_ms = 1e-6}, spec));
    EXPECT_EQ(visit.outcome, Outcome::kOom);
    EXPECT_EQ(visit.instead, "");
    EXPECT_TRUE(visit.samples_ms.empty());
  }
}

// Batches are halved down to one; networks have none.
TEST(LocalMeasurerTest, HalfBatch) {
  EXPECT_THAT(*HalfBatch("block:Fire?batch=5"), ::testing::HasSubstr("batch=2"));
  EXPECT_EQ(HalfBatch("block:Fire"), std::nullopt);
  EXPECT_EQ(HalfBatch("resnet18"), std::nullopt);
}

// Wrong times are failures of the point, a lost device is not.
TEST(LocalMeasurerTest, FaultsOfPointAndDevice) {
  FakeOptions options;
  options.nan = "Fire";
  ASSERT_OK_AND_ASSIGN(Visit visit, Measure(options, "block:Fire"));
  EXPECT_EQ(visit.outcome, Outcome::kFailed);
  options = {};
  options.zero = "Fire";
  ASSERT_OK_AND_ASSIGN(visit, Measure(options, "block:Fire"));
  EXPECT_EQ(visit.outcome, Outcome::kFailed);
  EXPECT_THAT(visit.message, ::testing::HasSubstr("took 0 ms"));
  options = {};
  options.vanish = "Fire";
  EXPECT_THAT(Measure(options, "block:Fire"),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
}

}  // namespace
}  // namespace latcast::bench
