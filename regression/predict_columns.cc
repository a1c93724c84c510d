// Items go through in blocks that stay in the nearest cache, a column at a time, in loops the
// compiler turns into vector instructions of the processor at hand. The order of operations of an
// item is that of Predict, and no product is fused with a sum (see CMakeLists.txt), so that the
// results are the same to the last bit.
#include "regression/predict_columns.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <limits>

#include "regression/forecast_parts.h"
#include "regression/intervals.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LATCAST_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define LATCAST_VECTOR_CLONES
#endif

namespace latcast::regression {
namespace {

constexpr size_t kBlock = 128;
using Block = std::array<double, kBlock>;

// Each works on a whole block: a constant length leaves the compiler no rest to care for.
LATCAST_VECTOR_CLONES void AddProduct(double factor, const double* column, double* sum) {
  for (size_t i = 0; i < kBlock; ++i) sum[i] += factor * column[i];
}

LATCAST_VECTOR_CLONES void Invert(const double* value, double* inverse) {
  for (size_t i = 0; i < kBlock; ++i) inverse[i] = 1.0 / value[i];
}

LATCAST_VECTOR_CLONES void Multiply(const double* a, const double* b, double* product) {
  for (size_t i = 0; i < kBlock; ++i) product[i] = a[i] * b[i];
}

// Adds the square of sum_j factor_j columns_j, even and odd j summed apart as LeverageOf does; some
// items at a time so that their sums stay in registers.
void AddSquaredSum(const double* factor, const Block* columns, size_t count, double* sum) {
  using Items = Eigen::Array<double, 8, 1>;
  for (Eigen::Index first = 0; first < static_cast<Eigen::Index>(kBlock);
       first += Items::SizeAtCompileTime) {
    const auto product = [&](size_t j) {
      return factor[j] * Eigen::Map<const Items>(columns[j].data() + first);
    };
    Items even = Items::Zero();
    Items odd = Items::Zero();
    size_t j = 0;
    for (; j + 1 < count; j += 2) {
      even += product(j);
      odd += product(j + 1);
    }
    if (j < count) even += product(j);
    even += odd;
    Eigen::Map<Items>(sum + first) += even * even;
  }
}

LATCAST_VECTOR_CLONES void Bound(double* latency) {
  for (size_t i = 0; i < kBlock; ++i) {
    const double above = latency[i] < 0.0 ? 0.0 : latency[i];
    latency[i] = above > kMaxLatency ? kMaxLatency : above;
  }
}

LATCAST_VECTOR_CLONES void SetInterval(const double* latency, double factor, double* lower,
                                       double* upper) {
  for (size_t i = 0; i < kBlock; ++i) {
    lower[i] = latency[i] / factor;
    const double up = latency[i] * factor;
    upper[i] = up > kMaxLatency ? kMaxLatency : up;
  }
}

// Whether any of a block might lie beyond low or high: not 0 for sure if one does.
LATCAST_VECTOR_CLONES int64_t Suspicion(const double* value, const double* unit, double low,
                                        double high) {
  // A few last places of room for the division that is saved here.
  constexpr double kRoom = 1e-14;
  int64_t found = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const double least = low * unit[i] * (1.0 + kRoom);
    const double most = high * unit[i] * (1.0 - kRoom);
    found |= static_cast<int64_t>(value[i] < least) | static_cast<int64_t>(value[i] > most) |
             static_cast<int64_t>(!(unit[i] > 0.0));
  }
  return found;
}

// One model over one set of columns.
class Columns {
 public:
  Columns(std::span<const FeatureColumn> columns, const LatencyModel& model,
          const PredictOptions& options)
      : model_(model), q_(ConformalQuantile(model.abs_log_ratios, options.interval_level)) {
    by_feature_.fill(nullptr);
    for (const FeatureColumn& column : columns) {
      by_feature_[FeatureVector::Index(column.feature)] = column.values.data();
    }
  }

  // Items `first` to `first` + `n` <= kBlock.
  void Run(size_t first, size_t n, const PredictedColumns& out) {
    Block x;
    x.fill(model_.intercept_ms);
    for (const Term& term : model_.terms) {
      AddProduct(term.coefficient, Values(term.feature, first, n), x.data());
    }
    Block latency = x;
    if (model_.two_piece) {
      for (double& value : latency) value = WithSecondPiece(model_, value);
    }
    Bound(latency.data());
    Block leverage = {};
    if (model_.leverage) SetLeverage(first, n, x, leverage);

    Block lower, upper;
    if (model_.interval_scale) {
      for (size_t i = 0; i < n; ++i) {
        const double factor =
            IntervalFactor(q_, SpreadIn(model_, latency[i], leverage[i], /*distance=*/1.0));
        lower[i] = Lower(latency[i], factor);
        upper[i] = Upper(latency[i], factor);
      }
    } else {
      SetInterval(latency.data(), IntervalFactor(q_, 1.0), lower.data(), upper.data());
    }
    std::copy_n(latency.data(), n, out.latency_ms.data() + first);
    std::copy_n(lower.data(), n, out.lower_ms.data() + first);
    std::copy_n(upper.data(), n, out.upper_ms.data() + first);
    SetOutOfDomain(first, n, leverage, out.out_of_domain.subspan(first, n));
  }

 private:
  // A block of a column; the last, shorter one is copied so that loops need not know.
  const double* Values(Feature feature, size_t first, size_t n) {
    const double* column = by_feature_[FeatureVector::Index(feature)];
    if (n == kBlock) return column + first;
    rest_.fill(0.0);
    std::copy_n(column + first, n, rest_.data());
    return rest_.data();
  }

  // As LeverageOf, with z_j of all items beside each other.
  void SetLeverage(size_t first, size_t n, const Block& x, Block& h) {
    const size_t terms = model_.terms.size();
    Block& inverse = z_[terms];  // the intercept's z
    Invert(x.data(), inverse.data());
    for (size_t j = 0; j < terms; ++j) {
      Multiply(Values(model_.terms[j].feature, first, n), inverse.data(), z_[j].data());
    }
    const std::vector<double>& factor = model_.leverage->factor;
    const double* row = factor.data();
    for (size_t length = 1; row < factor.data() + factor.size(); row += length, ++length) {
      AddSquaredSum(row, z_.data(), length, h.data());
    }
    for (size_t i = 0; i < n; ++i) {
      if (!(x[i] > 0.0)) h[i] = 0.0;
      if (std::isnan(h[i])) h[i] = std::numeric_limits<double>::infinity();
    }
  }

  void SetOutOfDomain(size_t first, size_t n, const Block& leverage, std::span<uint8_t> out) {
    for (size_t i = 0; i < n; ++i) {
      out[i] = model_.leverage && leverage[i] > model_.leverage->limit ? 1 : 0;
    }
    const double* kernels = by_feature_[FeatureVector::Index(Feature::kKernels)];
    Block unit;
    unit.fill(1.0);
    if (model_.domain_per_kernel) {
      unit.fill(0.0);
      if (kernels != nullptr) std::copy_n(kernels + first, n, unit.data());
    }
    for (const FeatureRange& range : model_.domain) {
      const double* column = by_feature_[FeatureVector::Index(range.feature)];
      if (!Counts(range, model_) || column == nullptr) continue;
      const double low = range.min / kDomainTolerance;
      const double high = range.max * kDomainTolerance;
      if (Suspicion(Values(range.feature, first, n), unit.data(), low, high) == 0) continue;
      for (size_t i = 0; i < n; ++i) {
        double value = column[first + i];
        if (model_.domain_per_kernel) value = unit[i] > 0.0 ? value / unit[i] : 0.0;
        if (value < low || value > high) out[i] = 1;
      }
    }
  }

  const LatencyModel& model_;
  const double q_;
  std::array<const double*, kFeatureCount> by_feature_;
  std::array<Block, kFeatureCount + 1> z_;
  Block rest_;
};

// Item by item, where the model is more than linear.
void PredictItems(std::span<const FeatureColumn> columns, const LatencyModel& model,
                  const PredictOptions& options, const PredictedColumns& out) {
  FeatureVector features;
  for (size_t i = 0; i < out.latency_ms.size(); ++i) {
    for (const FeatureColumn& column : columns) features.Set(column.feature, column.values[i]);
    const Prediction p = Predict(features, model, options);
    out.latency_ms[i] = p.latency_ms;
    out.lower_ms[i] = p.lower_ms;
    out.upper_ms[i] = p.upper_ms;
    out.out_of_domain[i] = p.out_of_domain ? 1 : 0;
  }
}

}  // namespace

void PredictColumns(std::span<const FeatureColumn> columns, const LatencyModel& model,
                    const PredictOptions& options, const PredictedColumns& out) {
  if (model.correction) {
    PredictItems(columns, model, options, out);
    return;
  }
  Columns block(columns, model, options);
  const size_t items = out.latency_ms.size();
  for (size_t first = 0; first < items; first += kBlock) {
    block.Run(first, std::min(kBlock, items - first), out);
  }
}

}  // namespace latcast::regression
