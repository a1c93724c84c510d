#include "regression/select.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/cross_validation.h"
#include "regression/median.h"
#include "regression/refit.h"

namespace latcast::regression {
namespace {

constexpr double kCap = 3.0;             // of the median error
constexpr double kWorthwhile = 0.05;     // of the least error
constexpr double kStandardErrors = 1.0;  // of the difference
constexpr double kNegligible = 1e-4;     // of the latency: nobody measures that well
constexpr double kLowestCap = 10.0 * kNegligible;
constexpr size_t kFewestToCorrect = 30;  // fewer points do not tell a correction from noise
constexpr size_t kAmple = 3;             // points a coefficient that a rich set can do with
constexpr std::string_view kRelative = "relative";
constexpr std::string_view kCompact = "compact";

// What competes, its forecasts made.
struct Entrant {
  const Family* family = nullptr;
  Columns columns;
  Tuning tuning;
  Unseen unseen;
  std::vector<double> errors;  // |ln(measured / forecast)|
};

Entrant Enter(const PointRefs& points, const Family& family, Columns columns,
              const std::vector<int>& folds) {
  Entrant entrant;
  entrant.family = &family;
  entrant.columns = std::move(columns);
  entrant.tuning = TuneColumns(points, entrant.columns, family);
  entrant.unseen = CrossValidate(points, entrant.columns, family, folds, entrant.tuning);
  entrant.errors = AbsLogRatios(entrant.unseen.latency_ms, LatenciesOf(points));
  return entrant;
}

// The winner, and all that were compared for the summary.
Entrant Contest(std::vector<Entrant> entrants, const std::vector<int>& units,
                std::vector<Candidate>& candidates) {
  std::vector<std::vector<double>> errors;
  for (const Entrant& entrant : entrants) errors.push_back(entrant.errors);
  const size_t winner = OneStandardError(errors, units);
  for (const Entrant& entrant : entrants) {
    candidates.push_back({.family = std::string(entrant.family->name),
                          .feature_set = std::string(entrant.columns.set->name),
                          .median_log_error = Median(entrant.errors)});
  }
  return std::move(entrants[winner]);
}

absl::StatusOr<const Family*> NamedFamily(std::string_view name) {
  if (const Family* family = FindFamily(name)) return family;
  std::vector<std::string_view> names = {"auto"};
  for (const Family& family : Families()) names.push_back(family.name);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown family '", ToAbsl(name), "'", DidYouMean(name, names)));
}

bool CountsCalls(const Columns& columns) {
  return std::find(columns.fitted.begin(), columns.fitted.end(), Feature::kKernels) !=
         columns.fitted.end();
}

// The sets to choose from, the smallest first: the default one, and the others with a column that
// counts calls.
absl::StatusOr<std::vector<Columns>> SetsOf(const PointRefs& points, const FitOptions& options) {
  const Family& relative = *FindFamily(kRelative);
  ASSIGN_OR_RETURN(Columns chosen, ChooseColumns(points, options.feature_set, relative));
  std::vector<Columns> sets;
  if (options.feature_set == "auto" && CountsCalls(chosen)) {
    for (const FeatureSet& set : FeatureSets()) {
      if (&set == chosen.set) continue;
      if (set.name == kCompact && points.size() >= kAmple * chosen.coefficient_count()) continue;
      absl::StatusOr<Columns> columns = ChooseColumns(points, set.name, relative);
      // A set that the points do not hold is none to choose from.
      if (columns.ok() && columns->HoldsNearlyAll() && CountsCalls(*columns)) {
        sets.push_back(*std::move(columns));
      }
    }
  }
  sets.push_back(std::move(chosen));
  std::stable_sort(sets.begin(), sets.end(), [](const Columns& a, const Columns& b) {
    return a.coefficient_count() < b.coefficient_count();
  });
  return sets;
}

}  // namespace

size_t OneStandardError(const std::vector<std::vector<double>>& errors,
                        const std::vector<int>& units) {
  double least = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& of_one : errors) least = std::min(least, Median(of_one));
  const double cap = std::max(kCap * least, kLowestCap);
  const size_t n = units.size();
  const auto held = [&](size_t candidate, size_t i) { return std::min(errors[candidate][i], cap); };
  const auto mean = [&](size_t candidate) {
    double sum = 0.0;
    for (size_t i = 0; i < n; ++i) sum += held(candidate, i);
    return sum / static_cast<double>(n);
  };
  size_t best = 0;
  for (size_t k = 1; k < errors.size(); ++k) {
    if (mean(k) < mean(best)) best = k;
  }
  for (size_t k = 0; k < best; ++k) {
    const double worse = mean(k) - mean(best);
    std::map<int, double> sums;  // of the differences from their mean, a unit each
    for (size_t i = 0; i < n; ++i) sums[units[i]] += held(k, i) - held(best, i) - worse;
    double squares = 0.0;
    for (const auto& [unit, sum] : sums) squares += sum * sum;
    const double count = static_cast<double>(sums.size());
    const double error =
        std::sqrt(squares * count / std::max(count - 1.0, 1.0)) / static_cast<double>(n);
    if (worse <= std::max({kStandardErrors * error, kWorthwhile * mean(best), kNegligible})) {
      return k;
    }
  }
  return best;
}

absl::StatusOr<Choice> Choose(const PointRefs& points, const FitOptions& options,
                              const std::vector<int>& folds) {
  Choice choice;
  if (options.family != "auto") {
    ASSIGN_OR_RETURN(choice.family, NamedFamily(options.family));
    ASSIGN_OR_RETURN(choice.columns, ChooseColumns(points, options.feature_set, *choice.family));
    choice.tuning = TuneColumns(points, choice.columns, *choice.family);
    choice.unseen = CrossValidate(points, choice.columns, *choice.family, folds, choice.tuning);
    return choice;
  }
  // Without groups every point is a unit of its own.
  std::vector<int> units = GroupFolds(points);
  if (units.empty()) {
    units.resize(points.size());
    std::iota(units.begin(), units.end(), 0);
  }
  ASSIGN_OR_RETURN(std::vector<Columns> sets, SetsOf(points, options));
  const Family& relative = *FindFamily(kRelative);
  std::vector<Entrant> entrants;
  for (Columns& columns : sets) {
    entrants.push_back(Enter(points, relative, std::move(columns), folds));
  }
  Entrant linear = Contest(std::move(entrants), units, choice.candidates);
  // The linear model, which has its line already, and what may be added to it.
  choice.candidates.erase(
      std::find_if(choice.candidates.begin(), choice.candidates.end(),
                   [&](const Candidate& c) { return c.feature_set == linear.columns.set->name; }));
  entrants.clear();
  entrants.push_back(std::move(linear));
  for (const char* name : {"relative-joined", "corrected"}) {
    const Family& family = *FindFamily(name);
    if (family.tune != nullptr && points.size() < kFewestToCorrect) continue;
    entrants.push_back(Enter(points, family, entrants.front().columns, folds));
  }
  Entrant winner = Contest(std::move(entrants), units, choice.candidates);
  choice.family = winner.family;
  choice.columns = std::move(winner.columns);
  choice.tuning = std::move(winner.tuning);
  choice.unseen = std::move(winner.unseen);
  return choice;
}

}  // namespace latcast::regression
