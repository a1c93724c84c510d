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
