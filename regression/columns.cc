#include "regression/columns.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/least_squares.h"

namespace latcast::regression {
namespace {

std::string NamesOf(const std::vector<Feature>& features) {
  return absl::StrJoin(features, ", ",
                       [](std::string* out, Feature feature) { out->append(Info(feature).name); });
}

size_t HoldersOf(std::span<const Point* const> points, Feature feature) {
  return static_cast<size_t>(std::count_if(points.begin(), points.end(), [&](const Point* point) {
    return point->features.Has(feature);
  }));
}

bool IsZero(std::span<const Point* const> points, Feature feature) {
  return std::all_of(points.begin(), points.end(),
                     [&](const Point* point) { return point->features[feature] == 0.0; });
}

absl::StatusOr<Columns> ColumnsOf(std::span<const Point* const> points, const FeatureSet& set,
                                  const Family& family) {
  Columns columns;
  columns.set = &set;
  std::vector<Feature> missing, zero;
  for (Feature feature : set.predictors) {
    size_t holders = HoldersOf(points, feature);
    // The classic count is MACs but for a few per cent.
    if (feature == Feature::kFlops && holders == 0 && HoldersOf(points, Feature::kMacsAll) > 0) {
      feature = Feature::kMacsAll;
      holders = HoldersOf(points, feature);
      columns.warnings.push_back("the points do not hold flops; macs_all stands in its place");
    }
    if (holders == 0) {
      missing.push_back(feature);
      continue;
    }
    if (holders < points.size()) {
      const auto lacks = std::find_if(points.begin(), points.end(), [&](const Point* point) {
        return !point->features.Has(feature);
      });
      return absl::InvalidArgumentError(
          absl::StrCat("point '", (*lacks)->name, "' lacks the column ", ToAbsl(Info(feature).name),
                       ", which ", holders, " other points hold"));
    }
    columns.held.push_back(feature);
    (IsZero(points, feature) ? zero : columns.fitted).push_back(feature);
  }
  const bool counts_calls = std::find(columns.fitted.begin(), columns.fitted.end(),
                                      Feature::kKernels) != columns.fitted.end();
  columns.intercept = family.always_intercept || !counts_calls;
  if (!missing.empty()) {
    columns.warnings.push_back(absl::StrCat("the points do not hold these columns of the set ",
                                            ToAbsl(set.name), ", left out: ", NamesOf(missing)));
  }
  if (!zero.empty()) {
    columns.warnings.push_back(
        absl::StrCat("zero in every point, left out; a network that has them is out of the "
                     "domain: ",
                     NamesOf(zero)));
  }
  return columns;
}

bool Enough(std::span<const Point* const> points, const Columns& columns) {
  return !columns.fitted.empty() && points.size() > columns.coefficient_count();
}

// A file that lacks a column in eight is still of that set: columns are added over time.
bool NearlyAll(size_t held, size_t size) { return 8 * (size - held) <= size; }

absl::StatusOr<Columns> ChooseAutomatically(std::span<const Point* const> points,
                                            const Family& family) {
  std::vector<const FeatureSet*> order;
  for (const FeatureSet& set : FeatureSets()) {
    if (std::ranges::find(kSetsByMerit, set.name) == std::end(kSetsByMerit)) order.push_back(&set);
  }
  // The sets stand from the smallest to the richest.
  if (!family.classic_columns) std::reverse(order.begin(), order.end());

  std::vector<std::string> passed_over;
  const FeatureSet* fullest = nullptr;
  size_t most = 0;
  for (const FeatureSet* set : order) {
    size_t held = 0;
    for (const Feature feature : set->predictors) {
      if (HoldersOf(points, feature) == points.size()) ++held;
    }
    if (held > most ||
        (held == most && held > 0 && set->predictors.size() < fullest->predictors.size())) {
      fullest = set;
      most = held;
    }
    if (!NearlyAll(held, set->predictors.size())) continue;
    ASSIGN_OR_RETURN(Columns columns, ColumnsOf(points, *set, family));
    if (Enough(points, columns)) {
      columns.warnings.insert(columns.warnings.begin(), passed_over.begin(), passed_over.end());
      return columns;
    }
    passed_over.push_back(absl::StrCat("too few points for the richer set ", ToAbsl(set->name),
                                       ", which has ", columns.coefficient_count(),
                                       " coefficients"));
  }
  if (fullest == nullptr) {
    return absl::FailedPreconditionError(
        "no column of any feature set is held by all points; at least one of acts, inp, flops, "
        "macs_all, io_all, kernels, ... is needed");
  }
  return ColumnsOf(points, *fullest, family);
}

absl::StatusOr<const FeatureSet*> FindSet(std::string_view name) {
  if (const FeatureSet* set = FindFeatureSet(name)) return set;
  std::vector<std::string_view> names = {"auto"};
  for (const FeatureSet& set : FeatureSets()) names.push_back(set.name);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown feature set '", ToAbsl(name), "'", DidYouMean(name, names)));
}

// Columns that the points cannot tell apart, each with what it cannot be told from.
std::vector<std::string> IndistinguishableColumns(std::span<const Point* const> points,
                                                  const Columns& columns) {
  // The ones come first, so that a constant column is found to depend on them alone.
  Design design;
  design.rows = points.size();
  for (double& one : design.AddColumn(kIntercept)) one = 1.0;
  const Design rest = MakeDesign(points, columns);
  for (size_t j = 0; j < columns.fitted.size(); ++j) {
    const std::span<const double> column = rest.Column(j);
    std::copy(column.begin(), column.end(), design.AddColumn(rest.names[j]).begin());
  }
  std::vector<std::string> found;
  for (const Dependence& dependence : FindDependences(design)) {
    const std::string& name = design.names[dependence.column];
    if (dependence.on == std::vector<size_t>{0}) {
      found.push_back(absl::StrCat(name, " is constant"));
      continue;
    }
    std::vector<std::string> on;
    for (const size_t j : dependence.on) on.push_back(j == 0 ? "a constant" : design.names[j]);
    found.push_back(absl::StrCat(name,
                                 on.size() == 1 ? " is a multiple of " : " is a combination of ",
                                 absl::StrJoin(on, ", ")));
  }
  return found;
}

absl::Status CheckDetermined(std::span<const Point* const> points, const Columns& columns) {
  if (columns.fitted.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no column of the feature set ", ToAbsl(columns.set->name),
                     " is in the points, or all are "
                     "zero; it needs ",
                     NamesOf({columns.set->predictors.begin(), columns.set->predictors.end()})));
  }
  if (points.size() <= columns.coefficient_count()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "too few points: ", points.size(), " for ", columns.coefficient_count(),
        " coefficients of the feature set ", ToAbsl(columns.set->name), "; measure at least ",
        columns.coefficient_count() + 1, ", or choose a smaller feature set"));
  }
  const bool equal = std::all_of(points.begin(), points.end(), [&](const Point* point) {
    return std::all_of(columns.fitted.begin(), columns.fitted.end(), [&](Feature feature) {
      return point->features[feature] == points.front()->features[feature];
    });
  });
  if (equal) {
    return absl::FailedPreconditionError(
        absl::StrCat("all ", points.size(), " points have the same features (",
                     NamesOf(columns.fitted), "); measure different blocks or batch sizes"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Columns> ChooseColumns(std::span<const Point* const> points, std::string_view name,
                                      const Family& family) {
  Columns columns;
  if (name == "auto") {
    ASSIGN_OR_RETURN(columns, ChooseAutomatically(points, family));
  } else {
    ASSIGN_OR_RETURN(const FeatureSet* set, FindSet(name));
    ASSIGN_OR_RETURN(columns, ColumnsOf(points, *set, family));
  }
  RETURN_IF_ERROR(CheckDetermined(points, columns));
  for (const std::string& what : IndistinguishableColumns(points, columns)) {
    if (family.needs_independent_columns) {
      return absl::FailedPreconditionError(
          absl::StrCat(what,
                       " over the points, so its coefficient cannot be told; measure points "
                       "where it varies, or fit the relative family"));
    }
    columns.warnings.push_back(
        absl::StrCat(what, " over the points; its coefficient cannot be told apart"));
  }
  return columns;
}

Design MakeDesign(std::span<const Point* const> points, const Columns& columns) {
  Design design;
  design.rows = points.size();
  for (const Feature feature : columns.fitted) {
    const std::span<double> column = design.AddColumn(std::string(Info(feature).name));
    for (size_t i = 0; i < points.size(); ++i) column[i] = points[i]->features[feature];
  }
  if (columns.intercept) {
    for (double& one : design.AddColumn(kIntercept)) one = 1.0;
  }
  return design;
}

}  // namespace latcast::regression
