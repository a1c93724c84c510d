#include "regression/latency_model.h"

#include <functional>
#include <limits>

#include "base/status_matchers.h"
#include "sample_model.h"

namespace latcast::regression {
namespace {

using ::testing::StartsWith;

// A complete model passes, and so does the least a model needs: one term.
TEST(LatencyModelTest, AcceptsCompleteAndMinimalModels) {
  EXPECT_OK(Validate(SampleModel()));
  LatencyModel minimal;
  minimal.terms = {{Feature::kKernels, 0.005}};
  EXPECT_OK(Validate(minimal));
}

// Every way a model can be unusable is refused under the path of the field.
TEST(LatencyModelTest, NamesTheWrongField) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<std::string, std::function<void(LatencyModel&)>>> cases = {
      {"mode.metric: 'cpu' is none of wall, gpu", [&](auto& m) { m.mode.metric = "cpu"; }},
      {"mode.execution: '' is none of", [&](auto& m) { m.mode.execution = ""; }},
      {"mode.threads: 0 is not positive", [&](auto& m) { m.mode.threads = 0; }},
      {"intercept_ms: not finite", [&](auto& m) { m.intercept_ms = inf; }},
      {"terms: none", [&](auto& m) { m.terms.clear(); }},
      {"terms[2].coefficient: not finite", [&](auto& m) { m.terms[2].coefficient = nan; }},
      {"terms[1].feature: 'acts' stands twice", [&](auto& m) { m.terms[1] = m.terms[0]; }},
      {"terms[0].feature: unknown feature",
       [&](auto& m) { m.terms[0].feature = static_cast<Feature>(200); }},
      {"two_piece.breakpoint_ms: negative", [&](auto& m) { m.two_piece->breakpoint_ms = -1; }},
      {"two_piece.breakpoint_ms: not finite", [&](auto& m) { m.two_piece->breakpoint_ms = inf; }},
      {"two_piece.slope: not finite", [&](auto& m) { m.two_piece->slope = nan; }},
      {"two_piece.offset_ms: not finite", [&](auto& m) { m.two_piece->offset_ms = nan; }},
      {"abs_log_ratios[0]: negative", [&](auto& m) { m.abs_log_ratios[0] = -0.1; }},
      {"abs_log_ratios[3]: not finite", [&](auto& m) { m.abs_log_ratios[3] = inf; }},
      {"abs_log_ratios[2]: smaller", [&](auto& m) { m.abs_log_ratios[2] = 0.015; }},
      {"correction.bound: negative", [&](auto& m) { m.correction->bound = -1; }},
      {"correction.bound: more than a factor of 1000", [&](auto& m) { m.correction->bound = 7; }},
      {"correction.bound: not finite", [&](auto& m) { m.correction->bound = inf; }},
      {"correction.size_length: not positive", [&](auto& m) { m.correction->size_length = 0; }},
      {"correction.inputs[1].feature: 'acts' stands twice",
       [&](auto& m) { m.correction->inputs[1].feature = Feature::kActs; }},
      {"correction.inputs[0].feature: no term has",
       [&](auto& m) { m.correction->inputs[0].feature = Feature::kBig; }},
      {"correction.inputs[0].offset: not positive",
       [&](auto& m) { m.correction->inputs[0].offset = 0; }},
      {"correction.inputs[1].length: not finite",
       [&](auto& m) { m.correction->inputs[1].length = nan; }},
      {"correction.at: 5 numbers, 2 nodes of 3 coordinates have 6",
       [&](auto& m) { m.correction->at.pop_back(); }},
      {"correction.weights[1]: not finite", [&](auto& m) { m.correction->weights[1] = inf; }},
      {"correction.at[3]: not finite", [&](auto& m) { m.correction->at[3] = nan; }},
      {"interval_scale.reference_ms: not positive",
       [&](auto& m) { m.interval_scale->reference_ms = 0; }},
      {"interval_scale.size_exponent: not finite",
       [&](auto& m) { m.interval_scale->size_exponent = nan; }},
      {"interval_scale.leverage_gain: negative",
       [&](auto& m) { m.interval_scale->leverage_gain = -1; }},
      {"interval_scale.distance_gain: not finite",
       [&](auto& m) { m.interval_scale->distance_gain = inf; }},
      {"leverage.factor: 9 numbers are no triangle over 3 terms",
       [&](auto& m) { m.leverage->factor = Triangle(std::vector<double>(9)); }},
      {"leverage.factor[0]: not finite",
       [&](auto& m) { m.leverage->factor = Triangle(std::vector<double>(10, nan)); }},
      {"leverage.limit: negative", [&](auto& m) { m.leverage->limit = -1; }},
      {"domain[1].feature: 'acts' stands twice",
       [&](auto& m) { m.domain[1].feature = Feature::kActs; }},
      {"domain[0].min: 2000 to 1000 is no range", [&](auto& m) { m.domain[0].min = 2000; }},
      {"domain[0].min: 100 to inf is no range", [&](auto& m) { m.domain[0].max = inf; }},
      {"min_latency_ms: 10 to 9.75 is no range", [&](auto& m) { m.min_latency_ms = 10; }},
      {"in_sample.n: negative", [&](auto& m) { m.in_sample.n = -1; }},
      {"cross_validated.tau: not finite", [&](auto& m) { m.cross_validated.tau = nan; }},
      {"leave_group_out.mdre: not finite", [&](auto& m) { m.leave_group_out->mdre = nan; }},
  };
  for (const auto& [message, spoil] : cases) {
    LatencyModel model = SampleModel();
    spoil(model);
    EXPECT_THAT(Validate(model), StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(message)));
    EXPECT_THAT(Validate(model, "models[3]"),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("models[3]." + message)));
  }
}

}  // namespace
}  // namespace latcast::regression
