#include "regression/staleness.h"

#include <cmath>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/units.h"
#include "regression/median.h"
#include "regression/predict.h"

namespace latcast::regression {
namespace {

constexpr double kNormal = 1.4826;              // standard deviation / median absolute deviation
constexpr double kNormalTail = 1.645;           // 90 % quantile of |normal|
constexpr double kMedianLoss = 1.2533;          // of a median against a mean
constexpr double kUnknownSigma = 0.1823215568;  // ln 1.2
constexpr double kInterval = 0.9;

struct Witness {
  std::vector<double> log_ratios;  // over the spread
  std::vector<double> raw;
  int outside = 0;
};

// Probability of `k` or more of `n` where each happens with probability p.
double BinomialTail(int n, int k, double p) {
  double tail = 0.0;
  double term = std::pow(1.0 - p, n);
  for (int i = 0; i <= n; ++i) {
    if (i >= k) tail += term;
    term *= p / (1.0 - p) * (n - i) / (i + 1);
  }
  return std::min(tail, 1.0);
}

double SigmaOf(const std::vector<double>& sorted) {
  const double tail =
      sorted[static_cast<size_t>(kInterval * static_cast<double>(sorted.size() - 1))];
  return std::max(kNormal * Median(sorted), tail / kNormalTail);
}

// One witness a group, or a point that has none.
absl::StatusOr<std::map<std::string, Witness>> Witnesses(const LatencyModel& model,
                                                         std::span<const Point> probes) {
  std::map<std::string, Witness> witnesses;
  for (size_t i = 0; i < probes.size(); ++i) {
    const Point& probe = probes[i];
    const std::string name = absl::StrCat("probe ", i + 1, " '", probe.name, "'");
    RETURN_IF_ERROR(Annotate(CheckFeatures(probe.features, model), name));
    const Prediction p = Predict(probe.features, model, {.interval_level = kInterval});
    if (!(probe.latency_ms > 0.0) || !(p.latency_ms > 0.0)) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": measured ", probe.latency_ms,
                                                     " ms, forecast ", p.latency_ms,
                                                     " ms; both must be positive"));
    }
    const double log_ratio = std::log(probe.latency_ms / p.latency_ms);
    const double spread = SpreadOfForecast(probe.features, model);
    Witness& witness = witnesses[probe.group.empty() ? absl::StrCat("\n", i) : probe.group];
    witness.raw.push_back(log_ratio);
    witness.log_ratios.push_back(log_ratio / spread);
    if (probe.latency_ms < p.lower_ms || probe.latency_ms > p.upper_ms) ++witness.outside;
  }
  return witnesses;
}

}  // namespace

absl::StatusOr<Staleness> CheckStaleness(const LatencyModel& model, std::span<const Point> probes) {
  if (probes.empty()) return absl::InvalidArgumentError("no probes to check the profile with");
  ASSIGN_OR_RETURN(const auto witnesses, Witnesses(model, probes));
  const bool has_intervals = !model.abs_log_ratios.empty();
  std::vector<double> scaled, raw;
  Staleness result;
  for (const auto& [name, witness] : witnesses) {
    scaled.push_back(Median(witness.log_ratios));
    raw.push_back(Median(witness.raw));
    if (has_intervals && 2 * witness.outside > static_cast<int>(witness.raw.size())) {
      ++result.outside;
    }
  }
  result.probes = static_cast<int>(probes.size());
  result.witnesses = static_cast<int>(witnesses.size());
  const double sigma = has_intervals ? SigmaOf(model.abs_log_ratios) : kUnknownSigma;
  const double error = kMedianLoss * sigma / std::sqrt(static_cast<double>(result.witnesses));
  const double shift = Median(raw);
  result.ratio = std::exp(shift);
  const double distance = std::abs(Median(scaled));
  // A model without any error of its own is contradicted by any shift.
  result.sigmas = distance == 0.0 ? 0.0 : distance / std::max(error, 1e-12);
  if (has_intervals) result.chance = BinomialTail(result.witnesses, result.outside, 1 - kInterval);
  result.stale = (std::abs(shift) > std::log(kStaleFactor) && result.sigmas > kStaleSigmas) ||
                 result.chance < kStaleChance;
  return result;
}

std::string Staleness::Sentence() const {
  std::string text = absl::StrFormat(
      "%s: %d probe%s (%d independent) take %.3f times the forecast, %.1f sigma of the profile's "
      "own error",
      stale ? "stale" : "fresh", probes, probes == 1 ? "" : "s", witnesses, ratio, sigmas);
  absl::StrAppendFormat(&text, "; %d of %d outside their 90 %% interval (chance of that %.2g)",
                        outside, witnesses, chance);
  absl::StrAppendFormat(&text, ". Stale from a factor of %.2f at %.0f sigma, or a chance below %g",
                        kStaleFactor, kStaleSigmas, kStaleChance);
  return text;
}

}  // namespace latcast::regression
