// One declaration a block family, each in a file of its own; block_library.cc lists them.
#ifndef LATCAST_ANALYZER_BLOCKS_FAMILIES_H_
#define LATCAST_ANALYZER_BLOCKS_FAMILIES_H_

#include <vector>

#include "analyzer/blocks/block_library.h"

namespace latcast::blocks {

BlockFamily BasicBlockFamily();
BlockFamily BottleneckFamily();
BlockFamily InceptionStemFamily();
BlockFamily RegNetBlockFamily();
BlockFamily InvertedResidualFamily();
BlockFamily MBConvFamily();
BlockFamily ConvBnActFamily();
BlockFamily ResNetStemFamily();
BlockFamily VggStageFamily();
BlockFamily DepthwiseSeparableFamily();
BlockFamily DenseLayerFamily();
BlockFamily FireFamily();
BlockFamily GlobalPoolFamily();
BlockFamily PoolHeadFamily();
BlockFamily ClassifierFamily();
BlockFamily InceptionFamily();
BlockFamily ShuffleUnitFamily();
BlockFamily MobileNetV3BlockFamily();
BlockFamily ConvNextBlockFamily();
BlockFamily GhostBottleneckFamily();
BlockFamily RepVggBlockFamily();
BlockFamily TransitionFamily();
BlockFamily PatchStemFamily();
BlockFamily ConvHeadFamily();
BlockFamily TransformerEncoderFamily();
BlockFamily Nb201CellFamily();
BlockFamily Nb201ReductionFamily();
BlockFamily OfaBlockFamily();
BlockFamily FbnetBlockFamily();

// `batch`, `cin`, `h`, `w` with these defaults, then the family's own.
std::vector<BlockParameter> ImageParameters(int64_t cin, int64_t h, int64_t w,
                                            std::vector<BlockParameter> own);
BlockParameter BatchParameter();
BlockParameter StrideParameter(std::string_view doc, int64_t default_value);
BlockParameter OddKernelParameter(int64_t default_value);
// INVALID_ARGUMENT when `kernel` is even.
absl::Status CheckOddKernel(const BlockArguments& arguments);
// 1: the block of the network. 0: the wiring of the classic micro-benchmark protocol, where nothing
// is added or multiplied; `classic` says what runs instead.
BlockParameter ResidualParameter(std::string_view classic);

}  // namespace latcast::blocks

#endif  // LATCAST_ANALYZER_BLOCKS_FAMILIES_H_
