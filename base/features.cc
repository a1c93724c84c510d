#include "base/features.h"

namespace latcast {
namespace {

constexpr FeatureInfo kInfos[] = {
    {"batch", "images", "batch size; information, not a predictor"},
    {"acts", "elements", "output elements of all convolutions"},
    {"inp", "elements", "input elements of all convolutions, each convolution's own input"},
    {"macs_dense", "MACs", "MACs of k x k convolutions with one group (k > 1)"},
    {"macs_pointwise", "MACs", "MACs of 1 x 1 convolutions with one group"},
    {"macs_grouped", "MACs", "MACs of grouped convolutions that are not depthwise"},
    {"macs_depthwise", "MACs", "MACs of convolutions with as many groups as input channels"},
    {"macs_matmul", "MACs", "MACs of linear, matmul, bmm, attention"},
    {"io_matmul", "elements", "input and output elements of linear, matmul, bmm, attention"},
    {"elementwise", "elements", "elements read and written by every other op that runs a kernel"},
    {"weights", "elements", "weights of convolution and linear, biases not counted"},
    {"kernels", "calls", "calls that launch a kernel; views and aliases do not count"},
    {"flops", "MACs",
     "the classic count: MACs, 2 per normalised, 1 per rectified or pooled element"},
    {"macs_all", "MACs",
     "all MACs: convolution, linear, recurrent layers, matrix products, attention"},
    {"io_all", "elements", "activation inputs and outputs of every op that is not a view"},
    {"poolwin", "elements", "max-pooling outputs times window size"},
    {"avgwin", "elements", "average-pooling outputs times window size, global pooling left out"},
    {"big", "elements", "fresh outputs of 32 MiB and more"},
    {"n_mkl", "calls", "convolutions on the oneDNN path"},
    {"io_mkl", "elements", "input and output elements of convolutions on the oneDNN path"},
    {"w_mkl", "elements", "weights of convolutions on the oneDNN path"},
    {"m_dense_thnn", "MACs", "MACs of dense k > 1 convolutions on the fallback path"},
    {"pw_lowN", "MACs", "fallback 1 x 1 convolutions: MACs x 16 / output positions"},
    {"n_dw", "calls", "depthwise convolutions"},
    {"e_act_trans", "elements", "input and output elements of SiLU, GELU, sigmoid"},
    {"w_mmp", "elements", "linear layers: weights x ceil(min(rows, 64) / 2)"},
    {"m_pw_thnn", "MACs", "MACs of dense 1 x 1 convolutions on the fallback path"},
    {"io_dw_tail", "elements",
     "input and output elements of depthwise convolutions of channels that are no multiple of 16"},
    {"io_mkl_far", "elements",
     "of io_mkl: convolutions with an input or output of 4 MiB and more, beyond a core's own "
     "cache"},
    {"io_norm", "elements",
     "input and output elements of batch, layer, group, instance and RMS norm"},
    {"io_copy", "elements", "input and output elements of ops that move data and compute nothing"},
    {"macs_idle", "MACs",
     "what tiles of 128 output channels compute for nothing in convolutions and linear layers"},
    {"macs_unaligned", "MACs",
     "MACs of convolutions and linear layers whose input channels are no multiple of 16"},
    {"n_reduce", "calls", "reductions: means, sums, global pooling, own statistics, softmax"},
    {"io_reduce", "elements", "elements read and written by reductions"},
};
static_assert(std::size(kInfos) == kFeatureCount);

constexpr Feature kClassic[] = {Feature::kActs, Feature::kInp, Feature::kFlops};

constexpr Feature kCompact[] = {Feature::kMacsAll, Feature::kIoAll, Feature::kWeights,
                                Feature::kKernels};

constexpr Feature kGeneral[] = {
    Feature::kActs,        Feature::kInp,           Feature::kMacsDense,  Feature::kMacsPointwise,
    Feature::kMacsGrouped, Feature::kMacsDepthwise, Feature::kMacsMatmul, Feature::kIoMatmul,
    Feature::kElementwise, Feature::kWeights,       Feature::kKernels,
};

constexpr Feature kCuda[] = {
    Feature::kActs,          Feature::kInp,           Feature::kMacsDense,  Feature::kMacsPointwise,
    Feature::kMacsGrouped,   Feature::kMacsDepthwise, Feature::kMacsMatmul, Feature::kIoMatmul,
    Feature::kElementwise,   Feature::kWeights,       Feature::kKernels,    Feature::kMacsIdle,
    Feature::kMacsUnaligned, Feature::kNReduce,       Feature::kIoReduce,   Feature::kIoCopy,
};

constexpr Feature kCpu[] = {
    Feature::kMacsAll,   Feature::kIoAll,      Feature::kWeights, Feature::kKernels,
    Feature::kPoolwin,   Feature::kBig,        Feature::kNMkl,    Feature::kIoMkl,
    Feature::kWMkl,      Feature::kMDenseThnn, Feature::kPwLowN,  Feature::kNDw,
    Feature::kEActTrans, Feature::kWMmp,       Feature::kAvgwin,
};

constexpr Feature kCpuFull[] = {
    Feature::kMacsAll,     Feature::kIoAll,      Feature::kWeights,    Feature::kKernels,
    Feature::kPoolwin,     Feature::kBig,        Feature::kNMkl,       Feature::kIoMkl,
    Feature::kWMkl,        Feature::kIoMklFar,   Feature::kMDenseThnn, Feature::kMPwThnn,
    Feature::kPwLowN,      Feature::kNDw,        Feature::kIoDwTail,   Feature::kEActTrans,
    Feature::kWMmp,        Feature::kAvgwin,     Feature::kIoNorm,     Feature::kIoCopy,
    Feature::kMacsGrouped, Feature::kMacsMatmul, Feature::kIoMatmul,
};

constexpr FeatureSet kSets[] = {
    {"classic", "the published low-overhead predictor's three sums", kClassic},
    {"compact", "all MACs, all elements moved, weights, kernels: for few points", kCompact},
    {"general", "what any device spends time on: MACs by class, elements moved, kernels", kGeneral},
    {"cuda", "general, and how well the work fits a GPU's kernels: tiles, reductions, copies",
     kCuda},
    {"cpu", "which kernel path the CPU library takes; depends on the thread count", kCpu},
    {"cpu-full",
     "cpu, and what else its kernels differ in: MACs by class, alignment, cache, copies", kCpuFull},
};

}  // namespace

const FeatureInfo& Info(Feature feature) { return kInfos[FeatureVector::Index(feature)]; }

std::optional<Feature> FindFeature(std::string_view name) {
  for (size_t i = 0; i < kFeatureCount; ++i) {
    if (kInfos[i].name == name) return static_cast<Feature>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> FeatureNames() {
  std::vector<std::string_view> names;
  for (const FeatureInfo& info : kInfos) names.push_back(info.name);
  return names;
}

FeatureVector& FeatureVector::operator+=(const FeatureVector& other) {
  const size_t batch = Index(Feature::kBatch);
  const double own_batch = Has(Feature::kBatch) ? values_[batch] : other.values_[batch];
  for (size_t i = 0; i < kFeatureCount; ++i) values_[i] += other.values_[i];
  values_[batch] = own_batch;
  present_ |= other.present_;
  return *this;
}

std::span<const FeatureSet> FeatureSets() { return kSets; }

const FeatureSet* FindFeatureSet(std::string_view name) {
  for (const FeatureSet& set : kSets) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

}  // namespace latcast
