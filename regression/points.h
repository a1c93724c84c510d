// Points: what was measured, and the features it had. The CSV form is the points file.
#ifndef LATCAST_REGRESSION_POINTS_H_
#define LATCAST_REGRESSION_POINTS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/features.h"

namespace latcast::regression {

struct Point {
  std::string name;
  std::string spec;   // MODEL that was measured; may be empty
  std::string group;  // family, for leave-one-group-out; may be empty
  FeatureVector features;
  double latency_ms = 0.0;
  double mad_ms = 0.0;       // 0 where the file has none
  int line = 0;              // of the file it came from; 0 if it was measured in this process
  bool is_held_out = false;  // measured to check a model, not to fit it
};

struct PointsFile {
  std::vector<Point> points;
  std::vector<Feature> features;             // feature columns of the file
  std::vector<std::string> ignored_columns;  // columns that mean nothing here
  int skipped = 0;                           // rows left out by skip_bad or by their outcome
  std::vector<std::string> notes;            // what was skipped, and ignored columns
};

struct ReadOptions {
  bool skip_bad = false;  // skip and count rows that cannot be used instead of refusing the file
  // Rows to forecast rather than to learn from may do without `latency_ms`, which is then 0.
  bool need_latency = true;
};

// Columns: `name`, `latency_ms` and at least one feature other than `batch` are needed; `spec`,
// `group`, `mad_ms`, `outcome` and `use` (`check` for a point that is held out, else `fit` or
// empty) are read where present; `latency_wall_ms`, `latency_gpu_ms` and the bench's further
// statistics (`samples`, `p95_ms`, `noise`, ...) are known and not used; every other column is
// ignored with a note. INVALID_ARGUMENT with the line for a row that is negative, zero, NaN,
// infinite or not a number in a needed column, for another `use`; without `name`, `latency_ms` or
// any feature column. Rows whose `outcome` is not `ok` are skipped and counted: they are
// measurements that failed, not bad rows. Sums that a row does not hold, but all parts of, are
// added to its features (AddSums).
absl::StatusOr<PointsFile> ParsePoints(std::string_view csv, const ReadOptions& options = {});
absl::StatusOr<PointsFile> ReadPoints(const std::string& path, const ReadOptions& options = {});

// Sets macs_all, the sum of the five classes of MACs, and io_all = acts + inp + io_matmul +
// elementwise, where the features hold all parts and not the sum.
void AddSums(FeatureVector& features);

// Moves the points that `is_taken` says to a list of their own; both keep their order.
std::vector<Point> Take(std::vector<Point>& points,
                        const std::function<bool(const Point&)>& is_taken);

// Takes the points that are held out.
std::vector<Point> TakeHeldOut(std::vector<Point>& points);

// The points file of points that all have the features `features`.
std::string FormatPoints(const std::vector<Point>& points, const std::vector<Feature>& features);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_POINTS_H_
