// The operator families, one function and one file each; registry.cc lists them.
#ifndef LATCAST_ANALYZER_OPS_FAMILIES_H_
#define LATCAST_ANALYZER_OPS_FAMILIES_H_

#include <vector>

#include "analyzer/ops/op_def.h"

namespace latcast::ops {

std::vector<OpDef> ConvolutionOps();
std::vector<OpDef> NormalizationOps();
std::vector<OpDef> ActivationOps();
std::vector<OpDef> ActivationVariantOps();
std::vector<OpDef> FunctionOps();
std::vector<OpDef> ArithmeticOps();
std::vector<OpDef> ComparisonOps();
std::vector<OpDef> SelectionOps();
std::vector<OpDef> CreationOps();
std::vector<OpDef> RandomOps();
std::vector<OpDef> OverwritingOps();
std::vector<OpDef> EmbeddingOps();
std::vector<OpDef> RecurrentOps();
std::vector<OpDef> RecurrentCellOps();
std::vector<OpDef> PoolingOps();
std::vector<OpDef> ReductionOps();
std::vector<OpDef> ExtremumOps();
std::vector<OpDef> DeviationOps();
std::vector<OpDef> ScanOps();
std::vector<OpDef> LinearOps();
std::vector<OpDef> ShapeOps();
std::vector<OpDef> DimensionOps();
std::vector<OpDef> SlicingOps();
std::vector<OpDef> SplittingOps();
std::vector<OpDef> DataMovementOps();
std::vector<OpDef> RepetitionOps();
std::vector<OpDef> RearrangementOps();
std::vector<OpDef> PaddingOps();
std::vector<OpDef> GatheringOps();
std::vector<OpDef> ScatteringOps();
std::vector<OpDef> SortingOps();
std::vector<OpDef> DetectionOps();
std::vector<OpDef> DeformableOps();
std::vector<OpDef> RegularizationOps();
std::vector<OpDef> ResamplingOps();
std::vector<OpDef> AttentionOps();

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_FAMILIES_H_
