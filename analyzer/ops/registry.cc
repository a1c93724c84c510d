#include <iterator>

#include "absl/container/flat_hash_map.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/op_def.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using Family = std::vector<OpDef> (*)();

// In the order they are listed in.
constexpr Family kFamilies[] = {
    // clang-format off
    ConvolutionOps,
    NormalizationOps,
    ActivationOps,
    ActivationVariantOps,
    FunctionOps,
    ArithmeticOps,
    ComparisonOps,
    SelectionOps,
    CreationOps,
    RandomOps,
    OverwritingOps,
    EmbeddingOps,
    RecurrentOps,
    RecurrentCellOps,
    PoolingOps,
    ReductionOps,
    ExtremumOps,
    DeviationOps,
    ScanOps,
    LinearOps,
    ShapeOps,
    DimensionOps,
    SlicingOps,
    SplittingOps,
    DataMovementOps,
    RepetitionOps,
    RearrangementOps,
    PaddingOps,
    GatheringOps,
    ScatteringOps,
    SortingOps,
    DetectionOps,
    DeformableOps,
    RegularizationOps,
    ResamplingOps,
    AttentionOps,
    // clang-format on
};

}  // namespace

std::span<const OpDef> BuiltinOps() {
  static const std::vector<OpDef>& ops = *[] {
    auto* all = new std::vector<OpDef>;
    for (const Family family : kFamilies) {
      std::vector<OpDef> defs = family();
      all->insert(all->end(), std::move_iterator(defs.begin()), std::move_iterator(defs.end()));
    }
    return all;
  }();
  return ops;
}

const OpDef* FindOp(std::string_view type) {
  static const auto& by_type = *[] {
    // By Abseil's view of a text, whose hash is the faster one.
    auto* index = new absl::flat_hash_map<absl::string_view, const OpDef*>;
    for (const OpDef& def : BuiltinOps()) index->emplace(ToAbsl(def.type), &def);
    return index;
  }();
  const auto it = by_type.find(ToAbsl(type));
  return it == by_type.end() ? nullptr : it->second;
}

}  // namespace latcast::ops
