#include "regression/fit_input.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace latcast::regression {
namespace {

constexpr double kSmallest = 1e-30;
constexpr double kLargest = 1e30;

bool IsSized(double value) { return value >= kSmallest && value <= kLargest; }

std::string NameOf(const Point& point, size_t index) {
  std::string name = absl::StrCat("point ", index + 1);
  if (!point.name.empty()) absl::StrAppend(&name, " '", point.name, "'");
  if (point.line > 0) absl::StrAppend(&name, " (line ", point.line, ")");
  return name;
}

absl::Status CheckPoint(const Point& point, size_t index) {
  if (!IsSized(point.latency_ms)) {
    return absl::InvalidArgumentError(absl::StrCat(NameOf(point, index), ": latency_ms is ",
                                                   point.latency_ms, ", not a positive time"));
  }
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const Feature feature = static_cast<Feature>(i);
    const double value = point.features[feature];
    if (point.features.Has(feature) && value != 0.0 && !IsSized(value)) {
      return absl::InvalidArgumentError(absl::StrCat(
          NameOf(point, index), ": ", ToAbsl(Info(feature).name), " is ", value, ", not a count"));
    }
  }
  return absl::OkStatus();
}

bool FeaturesBefore(const FeatureVector& a, const FeatureVector& b) {
  if (a.present() != b.present()) return a.present() < b.present();
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const Feature feature = static_cast<Feature>(i);
    if (a[feature] != b[feature]) return a[feature] < b[feature];
  }
  return false;
}

bool Before(const Point* a, const Point* b) {
  const auto a_key = std::tie(a->name, a->group, a->spec, a->latency_ms);
  const auto b_key = std::tie(b->name, b->group, b->spec, b->latency_ms);
  return a_key != b_key ? a_key < b_key : FeaturesBefore(a->features, b->features);
}

}  // namespace

absl::Status CheckPoints(std::span<const Point> points) {
  if (points.empty()) return absl::FailedPreconditionError("no points to fit");
  for (size_t i = 0; i < points.size(); ++i) {
    if (absl::Status status = CheckPoint(points[i], i); !status.ok()) return status;
  }
  const double first = points.front().latency_ms;
  if (std::all_of(points.begin(), points.end(),
                  [&](const Point& point) { return point.latency_ms == first; })) {
    return absl::FailedPreconditionError(
        absl::StrCat("all ", points.size(), " latencies are ", first,
                     " ms; nothing can be learned from points that do not differ"));
  }
  return absl::OkStatus();
}

PointRefs InCanonicalOrder(std::span<const Point> points) {
  PointRefs refs;
  refs.reserve(points.size());
  for (const Point& point : points) refs.push_back(&point);
  std::stable_sort(refs.begin(), refs.end(), Before);
  return refs;
}

std::vector<double> LatenciesOf(std::span<const Point* const> points) {
  std::vector<double> latencies;
  latencies.reserve(points.size());
  for (const Point* point : points) latencies.push_back(point->latency_ms);
  return latencies;
}

}  // namespace latcast::regression
