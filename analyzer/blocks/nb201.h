// The unit that the cells of NAS-Bench-201 share.
#ifndef LATCAST_ANALYZER_BLOCKS_NB201_H_
#define LATCAST_ANALYZER_BLOCKS_NB201_H_

#include "analyzer/blocks/layers.h"

namespace latcast::blocks {

// ReLU (not in place), convolution, normalisation.
ValueId ReluConvBn(Layers& net, std::string_view name, ValueId x, const ConvOptions& options);

}  // namespace latcast::blocks

#endif  // LATCAST_ANALYZER_BLOCKS_NB201_H_
