#include "regression/transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "regression/cross_validation.h"
#include "regression/fit_input.h"
#include "regression/intervals.h"
#include "regression/median.h"
#include "regression/predict.h"
#include "regression/relative.h"

namespace latcast::regression {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"scale", "shrink", "own"};
// Strengths of the pull, the strongest first. One is the weight of the points themselves.
constexpr double kStrengths[] = {30.0, 3.0, 0.3, 0.03};
constexpr int kFewestForShrinking = 6;
constexpr size_t kOwnPerCoefficient = 2;  // probes that an own fit asks for
constexpr int kEnough = 20;               // probes that speak for themselves
constexpr int kFolds = 10;
constexpr int kFewForAnError = 10;
constexpr double kLeast = 1e-30;  // a forecast of zero is far off, not infinitely

double LogRatioOf(const Point& point, const LatencyModel& model) {
  return std::log(point.latency_ms / Predict(point.features, model).latency_ms);
}

double ScaleOf(std::span<const Point* const> probes, const LatencyModel& known) {
  std::vector<double> log_ratios;
  for (const Point* probe : probes) log_ratios.push_back(LogRatioOf(*probe, known));
  return std::exp(Median(std::move(log_ratios)));
}

// The scaled model with coefficients drawn towards it.
LatencyModel Shrunk(std::span<const Point* const> probes, LatencyModel scaled, double strength) {
  Design design;
  design.rows = probes.size();
  std::vector<double> prior, latency_ms;
  for (const Term& term : scaled.terms) {
    const std::span<double> column = design.AddColumn(std::string(Info(term.feature).name));
    for (size_t i = 0; i < probes.size(); ++i) column[i] = probes[i]->features[term.feature];
    prior.push_back(std::max(term.coefficient, 0.0));
  }
  const bool intercept = scaled.intercept_ms > 0.0;
  if (intercept) {
    for (double& one : design.AddColumn(kIntercept)) one = 1.0;
    prior.push_back(scaled.intercept_ms);
  }
  // What a correction does to the forecast is left as it is: the linear part is fitted to the rest.
  for (const Point* probe : probes) {
    const double x = FirstPiece(probe->features, scaled);
    const double forecast = Predict(probe->features, scaled).latency_ms;
    latency_ms.push_back(x > 0.0 ? probe->latency_ms * x / forecast : probe->latency_ms);
  }
  const Coefficients fit = FitRelativeTowards(design, latency_ms, prior, strength);
  for (size_t j = 0; j < scaled.terms.size(); ++j) scaled.terms[j].coefficient = fit.values[j];
  if (intercept) scaled.intercept_ms = fit.values.back();
  return scaled;
}

// One way to a model: what it takes from the known one, and from probes.
class Way {
 public:
  Way(const LatencyModel& known, const FitOptions& options, TransferMethod method, double strength)
      : known_(known), options_(options), method_(method), strength_(strength) {}

  absl::StatusOr<LatencyModel> Model(std::span<const Point* const> probes) const {
    if (method_ == TransferMethod::kOwn) {
      ASSIGN_OR_RETURN(FitResult fit, Own(probes, options_));
      return std::move(fit.model);
    }
    LatencyModel model = Scaled(known_, ScaleOf(probes, known_));
    return method_ == TransferMethod::kShrink ? Shrunk(probes, std::move(model), strength_) : model;
  }

  static absl::StatusOr<FitResult> Own(std::span<const Point* const> probes,
                                       const FitOptions& options) {
    std::vector<Point> points;
    for (const Point* probe : probes) points.push_back(*probe);
    return Fit(points, options);
  }

  // Forecasts of probes by the others; none where a model cannot be had from some of them.
  std::optional<std::vector<double>> Unseen(std::span<const Point* const> probes,
                                            const std::vector<int>& folds) const {
    std::vector<double> forecasts(probes.size());
    const int count = *std::max_element(folds.begin(), folds.end()) + 1;
    for (int fold = 0; fold < count; ++fold) {
      PointRefs seen;
      for (size_t i = 0; i < probes.size(); ++i) {
        if (folds[i] != fold) seen.push_back(probes[i]);
      }
      const absl::StatusOr<LatencyModel> model = Model(seen);
      if (!model.ok()) return std::nullopt;
      for (size_t i = 0; i < probes.size(); ++i) {
        if (folds[i] != fold) continue;
        if (!CheckFeatures(probes[i]->features, *model).ok()) return std::nullopt;
        forecasts[i] = Predict(probes[i]->features, *model).latency_ms;
      }
    }
    return forecasts;
  }

  TransferMethod method() const { return method_; }
  double strength() const { return strength_; }

 private:
  const LatencyModel& known_;
  const FitOptions& options_;
  TransferMethod method_;
  double strength_;
};

std::vector<Way> WaysFor(size_t probes, const LatencyModel& known, const FitOptions& options) {
  std::vector<Way> ways = {{known, options, TransferMethod::kScale, 0.0}};
  if (probes < kFewestForShrinking) return ways;
  if (!known.two_piece) {
    for (const double strength : kStrengths) {
      ways.emplace_back(known, options, TransferMethod::kShrink, strength);
    }
  }
  if (probes >= kOwnPerCoefficient * (known.terms.size() + 1)) {
    ways.emplace_back(known, options, TransferMethod::kOwn, 0.0);
  }
  return ways;
}

// A way with its forecasts of unseen probes and their |ln(forecast / measured)|.
struct Tried {
  const Way* way = nullptr;
  std::vector<double> unseen;
  std::vector<double> errors;
};

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The first, which is the simplest, that is worse than the best by no more than the standard error
// of the difference, taken probe by probe: what is hard for one is hard for the other.
const Tried& Choose(const std::vector<Tried>& tried) {
  const Tried& best = *std::min_element(
      tried.begin(), tried.end(),
      [](const Tried& a, const Tried& b) { return Mean(a.errors) < Mean(b.errors); });
  return *std::find_if(tried.begin(), tried.end(), [&best](const Tried& one) {
    const size_t n = one.errors.size();
    std::vector<double> worse(n);
    for (size_t i = 0; i < n; ++i) worse[i] = one.errors[i] - best.errors[i];
    const double mean = Mean(worse);
    double squares = 0.0;
    for (const double value : worse) squares += (value - mean) * (value - mean);
    const double error = std::sqrt(squares / static_cast<double>(std::max<size_t>(n - 1, 1) * n));
    return mean <= error;
  });
}

absl::Status CheckProbes(std::span<const Point> probes, const LatencyModel& known) {
  if (probes.size() < static_cast<size_t>(kFewestProbes)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a transfer needs ", kFewestProbes, " probes or more, there are ", probes.size()));
  }
  RETURN_IF_ERROR(CheckPoints(probes));
  for (size_t i = 0; i < probes.size(); ++i) {
    const std::string name = absl::StrCat("probe ", i + 1, " '", probes[i].name, "'");
    RETURN_IF_ERROR(Annotate(CheckFeatures(probes[i].features, known), name));
    if (!(Predict(probes[i].features, known).latency_ms > 0.0)) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": the known device's forecast is zero, there is nothing to scale"));
    }
  }
  return absl::OkStatus();
}

// The interval's log ratios: the probes' own, or the known device's as far as they are too small.
std::vector<double> LogRatiosFor(const LatencyModel& model, std::span<const double> unseen,
                                 std::span<const double> measured) {
  std::vector<double> own = AbsLogRatios(unseen, measured);
  std::sort(own.begin(), own.end());
  if (model.abs_log_ratios.empty()) return own;
  if (unseen.size() >= static_cast<size_t>(kEnough) && !model.interval_scale) return own;
  const double typical = Median(model.abs_log_ratios);
  const double wider = typical > 0.0 ? std::max(1.0, Median(own) / typical) : 1.0;
  std::vector<double> ratios = model.abs_log_ratios;
  for (double& ratio : ratios) ratio *= wider;
  return ratios;
}

std::vector<double> Forecasts(std::span<const Point* const> points, const LatencyModel& model) {
  std::vector<double> forecasts;
  for (const Point* point : points) {
    forecasts.push_back(Predict(point->features, model).latency_ms);
  }
  return forecasts;
}

// A model that was not fitted here, with the probes' evidence for it.
FitResult Describe(std::span<const Point> given, const PointRefs& probes, LatencyModel model,
                   std::span<const double> unseen, const FitOptions& options) {
  const std::vector<double> measured = LatenciesOf(probes);
  const std::vector<double> forecasts = Forecasts(probes, model);
  FitResult fit;
  model.abs_log_ratios = LogRatiosFor(model, unseen, measured);
  model.in_sample = Measure(forecasts, measured);
  model.cross_validated = Measure(unseen, measured);
  model.leave_group_out.reset();
  if (model.mode.precision != options.mode.precision) {
    fit.summary.warnings.push_back(absl::StrCat("the known device was measured in ",
                                                model.mode.precision, ", the probes in ",
                                                options.mode.precision));
  }
  model.mode = options.mode;
  fit.summary.family = model.family;
  fit.summary.feature_set = model.feature_set;
  fit.summary.n = static_cast<int>(probes.size());
  fit.summary.in_sample = model.in_sample;
  fit.summary.cross_validated = model.cross_validated;
  fit.summary.residuals.resize(probes.size());
  for (size_t i = 0; i < probes.size(); ++i) {
    fit.summary.residuals[static_cast<size_t>(probes[i] - given.data())] = {
        probes[i]->name, measured[i], forecasts[i], unseen[i]};
  }
  fit.model = std::move(model);
  return fit;
}

}  // namespace

std::string_view Name(TransferMethod method) { return kNames[static_cast<size_t>(method)]; }

LatencyModel Scaled(LatencyModel model, double factor) {
  model.intercept_ms *= factor;
  for (Term& term : model.terms) term.coefficient *= factor;
  if (model.two_piece) {
    model.two_piece->breakpoint_ms *= factor;
    model.two_piece->offset_ms *= factor;
  }
  if (model.correction) {
    // The coordinates of a forecast stay where they were: sizes shift by ln factor, and the units
    // of a feature in a millisecond shrink.
    Correction& correction = *model.correction;
    for (CorrectionInput& input : correction.inputs) input.offset /= factor;
    const double shift = std::log(factor) / correction.size_length;
    for (size_t k = 0; k < correction.at.size(); k += correction.coordinates()) {
      correction.at[k] += shift;
    }
  }
  if (model.leverage) {
    std::vector<double> numbers = model.leverage->factor.numbers();
    for (double& value : numbers) value *= factor;
    model.leverage->factor = Triangle(std::move(numbers));
  }
  if (model.interval_scale) model.interval_scale->reference_ms *= factor;
  model.min_latency_ms *= factor;
  model.max_latency_ms *= factor;
  return model;
}

absl::StatusOr<Transfer> FitFrom(std::span<const Point> given, const LatencyModel& known,
                                 const FitOptions& options) {
  RETURN_IF_ERROR(CheckProbes(given, known));
  const PointRefs probes = InCanonicalOrder(given);
  const std::vector<double> measured = LatenciesOf(probes);
  const int n = static_cast<int>(probes.size());
  const std::vector<int> folds =
      ShuffledFolds(probes.size(), n <= kEnough ? n : kFolds, options.seed);

  // Which family an own fit would choose is asked once, at the end.
  FitOptions trial = options;
  if (trial.family == "auto") trial.family = "relative";
  Transfer transfer;
  std::vector<Tried> tried;
  const std::vector<Way> ways = WaysFor(probes.size(), known, trial);
  for (const Way& way : ways) {
    std::optional<std::vector<double>> unseen = way.Unseen(probes, folds);
    if (!unseen) continue;
    Tried& one = tried.emplace_back(Tried{&way, *std::move(unseen), {}});
    for (size_t i = 0; i < probes.size(); ++i) {
      one.errors.push_back(std::abs(std::log(std::max(one.unseen[i], kLeast) / measured[i])));
    }
    transfer.candidates.push_back(
        {way.method(), way.strength(), Measure(one.unseen, measured), Mean(one.errors)});
  }
  const Tried& chosen = Choose(tried);
  const Way* best = chosen.way;
  transfer.method = best->method();
  transfer.strength = best->strength();
  transfer.scale = ScaleOf(probes, known);
  if (transfer.method == TransferMethod::kOwn) {
    ASSIGN_OR_RETURN(transfer.fit, Fit(given, options));
  } else {
    ASSIGN_OR_RETURN(LatencyModel model, best->Model(probes));
    transfer.fit = Describe(given, probes, std::move(model), chosen.unseen, options);
    RETURN_IF_ERROR(Annotate(Validate(transfer.fit.model), "transferred model"));
  }
  transfer.expected_error = transfer.fit.model.cross_validated.mdre;
  if (n < kFewForAnError) {
    const Accuracy& there = known.leave_group_out.value_or(known.cross_validated);
    transfer.expected_error = std::max(transfer.expected_error, there.mdre);
  }
  return transfer;
}

std::string Transfer::Sentence() const {
  std::string text;
  switch (method) {
    case TransferMethod::kScale:
      text = absl::StrFormat("scale: %.4g times the forecasts of the known device", scale);
      break;
    case TransferMethod::kShrink:
      text = absl::StrFormat(
          "shrink: coefficients of its own, drawn towards %.4g times those of the known device "
          "with "
          "strength %g",
          scale, strength);
      break;
    case TransferMethod::kOwn:
      text = "own: a fit of the probes alone, the known device would not help";
      break;
  }
  return absl::StrCat(text, "; expects a median error of ", FormatPercent(expected_error), " (",
                      fit.summary.n, fit.summary.n == 1 ? " probe)" : " probes)");
}

}  // namespace latcast::regression
