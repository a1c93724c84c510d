// The features a latency model may use, the vector that holds them, and the named sets of columns
// that models are fitted on. A FeatureVector is additive: the vector of a network is the sum of the
// vectors of its operators, so a forecast does not depend on how a network is cut.
//
//   FeatureVector v;
//   v.Set(Feature::kActs, 75264);
//   v += other;                      // column by column; batch is kept, not added
//   if (v.Has(Feature::kFlops)) ...
#ifndef LATCAST_BASE_FEATURES_H_
#define LATCAST_BASE_FEATURES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace latcast {

// One column each, in the order of files. Counts include the batch. The general set comes first.
enum class Feature : uint8_t {
  kBatch,
  kActs,
  kInp,
  kMacsDense,
  kMacsPointwise,
  kMacsGrouped,
  kMacsDepthwise,
  kMacsMatmul,
  kIoMatmul,
  kElementwise,
  kWeights,
  kKernels,
  kFlops,
  // What the kernels of the CPU library are sensitive to (analyzer/features/cpu.cc).
  kMacsAll,
  kIoAll,
  kPoolwin,
  kAvgwin,
  kBig,
  kNMkl,
  kIoMkl,
  kWMkl,
  kMDenseThnn,
  kPwLowN,
  kNDw,
  kEActTrans,
  kWMmp,
  kMPwThnn,
  kIoDwTail,
  kIoMklFar,
  kIoNorm,
  kIoCopy,
  // What the kernels of a GPU are sensitive to, besides (analyzer/features/cuda.cc).
  kMacsIdle,
  kMacsUnaligned,
  kNReduce,
  kIoReduce,
  kCount,
};

inline constexpr size_t kFeatureCount = static_cast<size_t>(Feature::kCount);

struct FeatureInfo {
  std::string_view name;         // column name in points files and on the wire
  std::string_view unit;         // "elements", "MACs", "calls", "bytes"...
  std::string_view description;  // one sentence
};

const FeatureInfo& Info(Feature feature);
std::optional<Feature> FindFeature(std::string_view name);
std::vector<std::string_view> FeatureNames();

class FeatureVector {
 public:
  double operator[](Feature feature) const { return values_[Index(feature)]; }
  bool Has(Feature feature) const { return (present_ >> Index(feature)) & 1U; }
  // True when every feature of the mask (bit i = feature i) is present.
  bool HasAll(uint64_t mask) const { return (present_ & mask) == mask; }
  uint64_t present() const { return present_; }

  void Set(Feature feature, double value) {
    values_[Index(feature)] = value;
    present_ |= uint64_t{1} << Index(feature);
  }
  void Add(Feature feature, double value) { Set(feature, values_[Index(feature)] + value); }

  // Column by column over what both hold; a column only one of them holds is kept, for a sum is
  // taken over vectors of one set. The batch is that of the left operand, where it has one.
  FeatureVector& operator+=(const FeatureVector& other);
  friend bool operator==(const FeatureVector&, const FeatureVector&) = default;

  static constexpr size_t Index(Feature feature) { return static_cast<size_t>(feature); }

 private:
  std::array<double, kFeatureCount> values_{};
  uint64_t present_ = 0;
};

static_assert(kFeatureCount <= 64);

// The columns a model of that set is fitted on, in order. `batch` is information, never a
// predictor.
struct FeatureSet {
  std::string_view name;
  std::string_view description;
  std::span<const Feature> predictors;
};

// classic {acts, inp, flops}; compact {macs_all, io_all, weights, kernels}; general; cuda; cpu;
// cpu-full. From the smallest to the richest.
std::span<const FeatureSet> FeatureSets();
const FeatureSet* FindFeatureSet(std::string_view name);

}  // namespace latcast

#endif  // LATCAST_BASE_FEATURES_H_
