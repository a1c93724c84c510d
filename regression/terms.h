// What a forecast is made of: memory, compute, launches, and the rest.
//
//   Prediction p = Predict(features, model);
//   LatencyTerms t = SplitLatency(features, model, p.latency_ms);
//   t.memory_ms + t.compute_ms + t.launch_ms + t.other_ms == p.latency_ms      // to the last bit
#ifndef LATCAST_REGRESSION_TERMS_H_
#define LATCAST_REGRESSION_TERMS_H_

#include <string_view>

#include "base/features.h"
#include "regression/latency_model.h"

namespace latcast::regression {

enum class TermKind {
  kMemory,   // features that count elements or bytes: reading and writing them
  kCompute,  // features that count MACs
  kLaunch,   // features that count calls
  kOther,    // the intercept, and features that count anything else
};

TermKind KindOf(Feature feature);
std::string_view Name(TermKind kind);  // "memory", ...

struct LatencyTerms {
  double memory_ms = 0.0;
  double compute_ms = 0.0;
  double launch_ms = 0.0;
  double other_ms = 0.0;
  friend bool operator==(const LatencyTerms&, const LatencyTerms&) = default;
};

// Splits latency_ms, the forecast of `features` by `model`. The terms of the first piece x are
// summed by kind; whatever turns x into the latency - the second piece, a correction, the bound at
// zero - is a factor on the whole that knows no kind, and so scales all four alike:
//
//   term = latency / x * sum of coefficient_i feature_i over the kind,
//
// each rounded to a multiple of the last place of the latency (hand check: three such multiples
// below 2^53 last places, their sum and its distance from the latency are all exact, so memory +
// compute + launch + other in this order is the latency). No term is negative where no coefficient
// is. All of it is `other` where x is not positive, or where negative terms cancel so far that the
// sum could not be exact. No allocation.
LatencyTerms SplitLatency(const FeatureVector& features, const LatencyModel& model,
                          double latency_ms);

// What the operators with these features add to x: no intercept, no second piece, no correction.
// Contributions of all parts of a network, however it is cut, add up to the x of its summed
// features without the intercept.
double Contribution(const FeatureVector& features, const LatencyModel& model);

// The factor that makes contributions of parts add up to the forecast of the whole but for the
// intercept's share: latency / x, 1 where x is not positive.
double ContributionScale(const FeatureVector& whole, const LatencyModel& model, double latency_ms);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_TERMS_H_
