#include "server/core/model_choice.h"

#include <cmath>
#include <limits>

#include "tests/support/profiles.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ProfileSnapshot Profiles(const std::vector<std::string>& devices) {
  ProfileSnapshot snapshot;
  for (const std::string& device : devices) {
    snapshot[device] = MakeActive(3, test::TwoModeProfile(device));
  }
  return snapshot;
}

// With one device and no wishes, the first model of its profile answers, and says what it is.
TEST(ModelChoiceTest, TakesTheOnlyDeviceAndItsFirstModel) {
  ASSERT_OK_AND_ASSIGN(const ChosenModel chosen, ChooseModel(Profiles({"epyc"}), {}));
  EXPECT_EQ(chosen.active->profile.device, "epyc");
  EXPECT_EQ(chosen.active->version, 3);
  EXPECT_EQ(chosen.model(), test::LinearModel());
  EXPECT_EQ(chosen.model_hash(), regression::ModelHash(test::LinearModel()));
  EXPECT_EQ(chosen.interval_level, 0.9);
}

// Each field of the mode restricts the choice.
TEST(ModelChoiceTest, TakesTheModelOfTheMode) {
  const ProfileSnapshot profiles = Profiles({"epyc", "xeon"});
  Target target{.device = "xeon",
                .metric = "wall",
                .precision = "float32",
                .execution = "eager",
                .layout = "nchw",
                .threads = 2};
  ASSERT_OK_AND_ASSIGN(const ChosenModel chosen, ChooseModel(profiles, target));
  EXPECT_EQ(chosen.model(), test::ClassicModel());
  EXPECT_EQ(chosen.active->profile.device, "xeon");
  for (std::string Target::*field :
       {&Target::metric, &Target::precision, &Target::execution, &Target::layout}) {
    Target other = target;
    other.*field = "other";
    EXPECT_THAT(ChooseModel(profiles, other),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("'other'"), HasSubstr("wall/float32/eager/nchw/1"))));
  }
  target.threads = 3;
  EXPECT_THAT(ChooseModel(profiles, target),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("threads 3")));
}

// The error says which devices there are.
TEST(ModelChoiceTest, NamesTheDevices) {
  EXPECT_THAT(ChooseModel({}, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no profile is active")));
  EXPECT_THAT(ChooseModel(Profiles({"epyc", "xeon"}), {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("target.device"), HasSubstr("epyc, xeon"))));
  EXPECT_THAT(ChooseModel(Profiles({"epyc"}), {.device = "epic"}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("target.device: 'epic'"), HasSubstr("'epyc'?"))));
}

// Levels outside (0, 1), NaN among them, and negative threads are refused by their fields.
TEST(ModelChoiceTest, RefusesImpossibleTargets) {
  for (const double level :
       {-0.1, 0.0, 1.0, 90.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(ChooseModel(Profiles({"epyc"}), {.interval_level = level}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("target.interval_level: must be between 0 and 1")));
  }
  EXPECT_THAT(ChooseModel(Profiles({"epyc"}), {.threads = -1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("target.threads")));
}

// A forecast under way keeps its version when another one is activated.
TEST(ModelChoiceTest, ChosenModelOutlivesTheSnapshot) {
  SnapshotHolder holder;
  holder.Replace(Profiles({"epyc"}));
  ASSERT_OK_AND_ASSIGN(const ChosenModel chosen, ChooseModel(*holder.Get(), {}));
  holder.Replace({});
  EXPECT_EQ(chosen.active->version, 3);
  EXPECT_EQ(chosen.model().family, "relative");
  EXPECT_TRUE(holder.Get()->empty());
}

}  // namespace
}  // namespace latcast::server
