#include "regression/terms.h"

#include <array>
#include <cmath>
#include <limits>

#include "regression/predict.h"

namespace latcast::regression {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"memory", "compute", "launch", "other"};
constexpr double kRounding = 64.0;  // last places that sums of coefficient * feature may differ by

// Distance to the next larger number.
double LastPlace(double value) {
  return std::nextafter(value, std::numeric_limits<double>::infinity()) - value;
}

}  // namespace

TermKind KindOf(Feature feature) {
  const std::string_view unit = Info(feature).unit;
  if (unit == "elements" || unit == "bytes") return TermKind::kMemory;
  if (unit == "MACs") return TermKind::kCompute;
  if (unit == "calls") return TermKind::kLaunch;
  return TermKind::kOther;
}

std::string_view Name(TermKind kind) { return kNames[static_cast<size_t>(kind)]; }

LatencyTerms SplitLatency(const FeatureVector& features, const LatencyModel& model,
                          double latency_ms) {
  const LatencyTerms all_other = {
      .memory_ms = 0.0, .compute_ms = 0.0, .launch_ms = 0.0, .other_ms = latency_ms};
  const double x = FirstPiece(features, model);
  if (!(x > 0.0) || !(latency_ms > 0.0)) return all_other;
  std::array<double, 4> sums = {};
  for (const Term& term : model.terms) {
    sums[static_cast<size_t>(KindOf(term.feature))] += term.coefficient * features[term.feature];
  }
  const double place = LastPlace(latency_ms);
  for (double& sum : sums) sum = std::round(sum / x * (latency_ms / place)) * place;
  LatencyTerms terms = {
      .memory_ms = sums[0], .compute_ms = sums[1], .launch_ms = sums[2], .other_ms = 0.0};
  const double known = terms.memory_ms + terms.compute_ms + terms.launch_ms;
  terms.other_ms = latency_ms - known;
  // A few last places of rounding are no other term: they go to the largest.
  const bool nothing_else = model.intercept_ms == 0.0 && sums[3] == 0.0;
  if ((nothing_else || terms.other_ms < 0.0) && std::abs(terms.other_ms) <= kRounding * place) {
    double* largest = &terms.memory_ms;
    if (terms.compute_ms > *largest) largest = &terms.compute_ms;
    if (terms.launch_ms > *largest) largest = &terms.launch_ms;
    *largest += terms.other_ms;
    terms.other_ms = 0.0;
  }
  const double sum = terms.memory_ms + terms.compute_ms + terms.launch_ms + terms.other_ms;
  return sum == latency_ms ? terms : all_other;
}

double Contribution(const FeatureVector& features, const LatencyModel& model) {
  double latency_ms = 0.0;
  for (const Term& term : model.terms) latency_ms += term.coefficient * features[term.feature];
  return latency_ms;
}

double ContributionScale(const FeatureVector& whole, const LatencyModel& model, double latency_ms) {
  const double x = FirstPiece(whole, model);
  return x > 0.0 ? latency_ms / x : 1.0;
}

}  // namespace latcast::regression
