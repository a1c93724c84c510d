#include <nlohmann/json.hpp>

#include "base/status_matchers.h"
#include "regression/profile.h"
#include "sample_model.h"

namespace latcast::regression {
namespace {

using ::testing::HasSubstr;

constexpr char kPublished[] = R"({"a": 1.3406733994819889e-08, "b": 7.97520810473855e-09,
  "c": 1.0128983688394394e-11, "d": 0.5983488155871202, "breakpoint": 2.1104232879963503,
  "slope": 1.180662172065863, "offset": -0.25702137239539125})";

// The published predictor's seven numbers land where they belong.
TEST(ClassicPredictorTest, ReadsThePublishedFile) {
  ASSERT_OK_AND_ASSIGN(const LatencyModel model, ParseClassicPredictor(kPublished));
  EXPECT_EQ(model.family, "classic");
  EXPECT_EQ(model.feature_set, "classic");
  ASSERT_EQ(model.terms.size(), 3u);
  EXPECT_EQ(model.terms[0], (Term{Feature::kActs, 1.3406733994819889e-08}));
  EXPECT_EQ(model.terms[1], (Term{Feature::kInp, 7.97520810473855e-09}));
  EXPECT_EQ(model.terms[2], (Term{Feature::kFlops, 1.0128983688394394e-11}));
  EXPECT_EQ(model.intercept_ms, 0.5983488155871202);
  EXPECT_EQ(model.two_piece,
            (TwoPiece{2.1104232879963503, 1.180662172065863, -0.25702137239539125}));
}

// Writing and reading gives the same model, with and without a second piece.
TEST(ClassicPredictorTest, RoundTrips) {
  ASSERT_OK_AND_ASSIGN(LatencyModel model, ParseClassicPredictor(kPublished));
  ASSERT_OK_AND_ASSIGN(const std::string text, FormatClassicPredictor(model));
  EXPECT_THAT(ParseClassicPredictor(text), IsOkAndHolds(model));
  EXPECT_EQ(nlohmann::json::parse(text), nlohmann::json::parse(kPublished));
  model.two_piece.reset();
  ASSERT_OK_AND_ASSIGN(const std::string one_piece, FormatClassicPredictor(model));
  EXPECT_THAT(ParseClassicPredictor(one_piece), IsOkAndHolds(model));
}

// Each field removed, renamed or of another type is an error that names it.
TEST(ClassicPredictorTest, NamesMissingAndUnknownFields) {
  const nlohmann::json good = nlohmann::json::parse(kPublished);
  for (const auto& [key, value] : good.items()) {
    nlohmann::json bad = good;
    bad.erase(key);
    EXPECT_THAT(ParseClassicPredictor(bad.dump()),
                StatusIs(absl::StatusCode::kInvalidArgument, key + ": missing"));
    bad[key] = "1";
    EXPECT_THAT(ParseClassicPredictor(bad.dump()),
                StatusIs(absl::StatusCode::kInvalidArgument, key + ": not a number"));
  }
  nlohmann::json extra = good;
  extra["e"] = 1;
  EXPECT_THAT(ParseClassicPredictor(extra.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument, "e: unknown field"));
}

// A model of another feature set has no predictor.json.
TEST(ClassicPredictorTest, RefusesOtherFeatureSets) {
  LatencyModel model = SampleModel();
  model.feature_set = "cpu";
  EXPECT_THAT(FormatClassicPredictor(model),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("'cpu'")));
  model = SampleModel();
  model.terms.push_back({Feature::kKernels, 1.0});
  EXPECT_THAT(FormatClassicPredictor(model),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("'kernels'")));
}

}  // namespace
}  // namespace latcast::regression
