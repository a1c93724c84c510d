// A small model with every optional part, for the tests of this room.
#ifndef LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_MODEL_H_
#define LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_MODEL_H_

#include "regression/latency_model.h"
#include "regression/profile.h"

namespace latcast::regression {

inline LatencyModel SampleModel() {
  LatencyModel model;
  model.family = "classic";
  model.feature_set = "classic";
  model.intercept_ms = 0.5;
  model.terms = {{Feature::kActs, 1e-3}, {Feature::kInp, 0.0}, {Feature::kFlops, 2e-6}};
  model.two_piece = TwoPiece{2.0, 1.5, -0.25};
  model.abs_log_ratios = {0.01, 0.02, 0.05, 0.1};
  model.correction = Correction{3.0,
                                {{Feature::kActs, 10.0, 0.5}, {Feature::kFlops, 1e6, 2.0}},
                                0.75,
                                {0.1, -0.2},
                                {1, 9, 1, 2, 4, 3}};
  model.interval_scale = IntervalScale{2.0, -0.25, 4.0, 1.5};
  model.leverage = Leverage{Triangle({1.0, 0.5, 2.0, 0.0, -1.0, 3.0, 0.25, 0.0, 0.0, 4.0}), 1.5};
  model.domain = {{Feature::kActs, 100.0, 1000.0}, {Feature::kKernels, 0.0, 0.0}};
  model.min_latency_ms = 0.4;
  model.max_latency_ms = 9.75;
  model.in_sample = {4, 0.05, 0.06, 0.75, 0.9, 0.99};
  model.cross_validated = {4, 0.07, 0.08, 0.5, 0.8, 0.97};
  model.leave_group_out = Accuracy{4, 0.1, 0.12, 0.25, 0.7, -0.5};
  return model;
}

inline DeviceProfile SampleProfile() {
  DeviceProfile profile;
  profile.device = "epyc-7b13.1t";
  profile.description = "AMD EPYC, 1 thread, \"quoted\"\n";
  profile.provenance = {{"cpu_model", "AMD EPYC 7B13"}, {"seed", "7"}};
  profile.models = {SampleModel()};
  LatencyModel second = SampleModel();
  second.mode.threads = 2;
  second.two_piece.reset();
  second.correction.reset();
  second.interval_scale.reset();
  second.leverage.reset();
  second.leave_group_out.reset();
  second.abs_log_ratios.clear();
  second.domain.clear();
  profile.models.push_back(second);
  return profile;
}

}  // namespace latcast::regression

#endif  // LATCAST_TESTS_UNIT_REGRESSION_SAMPLE_MODEL_H_
