// Items go through in blocks that stay in the nearest cache, a column at a time, in loops the
// compiler turns into vector instructions of the processor at hand. The order of operations of an
// item is that of Predict, and no product is fused with a sum (see CMakeLists.txt), so that the
// results are the same to the last bit.
#include "regression/predict_columns.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "regression/correction.h"
#include "regression/forecast_parts.h"
#include "regression/intervals.h"
#include "regression/vector_clones.h"

namespace latcast::regression {
namespace {

constexpr size_t kBlock = 128;
using Block = std::array<double, kBlock>;

// Each works on a whole block: a constant length leaves the compiler no rest to care for.
LATCAST_VECTOR_CLONES void AddProduct(double factor, const double* column, double* sum) {
  for (size_t i = 0; i < kBlock; ++i) sum[i] += factor * column[i];
}

// Eight items in as many registers as that takes.
using Items = double __attribute__((vector_size(64)));

inline void Load(const double* from, Items& to) { std::memcpy(&to, from, sizeof(Items)); }

// |F f|^2 of a block, in the order of Triangle.
LATCAST_VECTOR_CLONES void SetSquaredLength(const double* row, size_t rows,
                                            const double* const* columns, double* h) {
  constexpr size_t kItems = sizeof(Items) / sizeof(double);
  const double* const first_row = row;
  for (size_t first = 0; first < kBlock; first += kItems) {
    Items squares[4] = {};
    row = first_row;
    for (size_t i = 0; i < rows; row += ++i) {
      Items even = {}, odd = {}, f;
      size_t j = 0;
      for (; j < i; j += 2) {
        Load(columns[j] + first, f);
        even += row[j] * f;
        Load(columns[j + 1] + first, f);
        odd += row[j + 1] * f;
      }
      if (j == i) {
        Load(columns[j] + first, f);
        even += row[j] * f;
      }
      even += odd;
      squares[i % 4] += even * even;
    }
    const Items sum = (squares[0] + squares[2]) + (squares[1] + squares[3]);
    std::memcpy(h + first, &sum, sizeof(Items));
  }
}

LATCAST_VECTOR_CLONES void SetLeverage(const double* x, double* h) {
  for (size_t i = 0; i < kBlock; ++i) h[i] = LeverageAt(h[i], x[i]);
}

LATCAST_VECTOR_CLONES void Bound(double* latency) {
  for (size_t i = 0; i < kBlock; ++i) {
    const double above = latency[i] < 0.0 ? 0.0 : latency[i];
    latency[i] = above > kMaxLatency ? kMaxLatency : above;
  }
}

LATCAST_VECTOR_CLONES void SetMixSquared(const IntervalScale& scale, const double* leverage,
                                         const double* distance, double* squared) {
  for (size_t i = 0; i < kBlock; ++i) squared[i] = MixSquared(scale, leverage[i], distance[i]);
}

LATCAST_VECTOR_CLONES void MultiplyBySize(const IntervalScale& scale, const double* latency,
                                          double min_ms, double max_ms, double* squared) {
  for (size_t i = 0; i < kBlock; ++i) squared[i] *= SizeSquared(scale, latency[i], min_ms, max_ms);
}

LATCAST_VECTOR_CLONES void SetFactor(double q, double* squared_to_factor) {
  for (size_t i = 0; i < kBlock; ++i) {
    squared_to_factor[i] = IntervalFactor(q, std::sqrt(squared_to_factor[i]));
  }
}

LATCAST_VECTOR_CLONES void SetInterval(const double* latency, const double* factor, double* lower,
                                       double* upper) {
  for (size_t i = 0; i < kBlock; ++i) {
    lower[i] = Lower(latency[i], factor[i]);
    upper[i] = Upper(latency[i], factor[i]);
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
      : model_(model),
        given_(columns),
        q_(ConformalQuantile(model.abs_log_ratios, options.interval_level)) {
    by_feature_.fill(nullptr);
    for (const FeatureColumn& column : columns) {
      by_feature_[FeatureVector::Index(column.feature)] = column.values.data();
    }
    factor_.fill(IntervalFactor(q_, 1.0));
    distance_.fill(CorrectionValue{}.distance);
    leverage_.fill(0.0);
  }

  // Items `first` to `first` + `n` <= kBlock.
  void Run(size_t first, size_t n, const PredictedColumns& out) {
    x_.fill(model_.intercept_ms);  // terms of even index, the odd ones apart
    latency_.fill(0.0);
    for (size_t j = 0; j < model_.terms.size(); ++j) {
      const Term& term = model_.terms[j];
      AddProduct(term.coefficient, Values(term.feature, first, n),
                 j % 2 == 0 ? x_.data() : latency_.data());
    }
    AddProduct(1.0, latency_.data(), x_.data());
    latency_ = x_;
    if (model_.two_piece) {
      for (double& value : latency_) value = WithSecondPiece(model_, value);
    }
    if (model_.correction) Correct(first, n);
    Bound(latency_.data());
    if (model_.leverage) SetLeverages(first, n);
    if (model_.interval_scale) {
      const IntervalScale& scale = *model_.interval_scale;
      SetMixSquared(scale, leverage_.data(), distance_.data(), factor_.data());
      if (scale.size_exponent != 0.0) {
        MultiplyBySize(scale, latency_.data(), model_.min_latency_ms, model_.max_latency_ms,
                       factor_.data());
      }
      SetFactor(q_, factor_.data());
    }
    SetInterval(latency_.data(), factor_.data(), lower_.data(), upper_.data());
    std::copy_n(latency_.data(), n, out.latency_ms.data() + first);
    std::copy_n(lower_.data(), n, out.lower_ms.data() + first);
    std::copy_n(upper_.data(), n, out.upper_ms.data() + first);
    SetOutOfDomain(first, n, leverage_, out.out_of_domain.subspan(first, n));
  }

 private:
  // A block of a column; the last, shorter one is copied so that loops need not know.
  const double* Values(Feature feature, size_t first, size_t n) {
    const size_t index = FeatureVector::Index(feature);
    if (n == kBlock) return by_feature_[index] + first;
    rest_[index].fill(0.0);
    std::copy_n(by_feature_[index] + first, n, rest_[index].data());
    return rest_[index].data();
  }

  // As LeverageOf, with the features of all items beside each other.
  void SetLeverages(size_t first, size_t n) {
    const size_t terms = model_.terms.size();
    std::array<const double*, kFeatureCount + 1> columns;
    for (size_t j = 0; j < terms; ++j) columns[j] = Values(model_.terms[j].feature, first, n);
    Block ones;
    ones.fill(1.0);
    columns[terms] = ones.data();  // the intercept's, where the factor has its row
    const Triangle& factor = model_.leverage->factor;
    SetSquaredLength(factor.numbers().data(), factor.rows(), columns.data(), leverage_.data());
    SetLeverage(x_.data(), leverage_.data());
  }

  // The correction, item by item.
  void Correct(size_t first, size_t n) {
    FeatureVector features;
    for (size_t i = 0; i < n; ++i) {
      for (const FeatureColumn& column : given_) {
        features.Set(column.feature, column.values[first + i]);
      }
      const CorrectionValue value = Evaluate(*model_.correction, features, x_[i]);
      latency_[i] *= ExpOf(value.log_factor);
      distance_[i] = value.distance;
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
  const std::span<const FeatureColumn> given_;
  const double q_;
  std::array<const double*, kFeatureCount> by_feature_;
  Block x_, latency_, leverage_, distance_, factor_, lower_, upper_;
  std::array<Block, kFeatureCount> rest_;
};

}  // namespace

void PredictColumns(std::span<const FeatureColumn> columns, const LatencyModel& model,
                    const PredictOptions& options, const PredictedColumns& out) {
  Columns block(columns, model, options);
  const size_t items = out.latency_ms.size();
  for (size_t first = 0; first < items; first += kBlock) {
    block.Run(first, std::min(kBlock, items - first), out);
  }
}

}  // namespace latcast::regression
