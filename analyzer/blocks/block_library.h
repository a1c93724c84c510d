// The block library: parametrised building blocks of convolutional networks, one declaration a
// family. The bench measures them, the fit learns from them, the server forecasts them.
//
// A block is named by a spec: "block:InvertedResidual?cin=24&cout=24&h=56&w=56&expand=6". A family
// name stands for its defaults; the nine blocks of the classic micro-benchmark, and six more that
// its code has, are presets, families with some parameters set: "block:classic/BasicBlock7", or
// "block:BasicBlock7" where no family has that name. "block:MBConv" is the family,
// "block:classic/MBConv" the preset. Every family takes `batch`, default 1.
#ifndef LATCAST_ANALYZER_BLOCKS_BLOCK_LIBRARY_H_
#define LATCAST_ANALYZER_BLOCKS_BLOCK_LIBRARY_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::blocks {

struct BlockParameter {
  std::string_view name;
  std::string_view doc;
  int64_t default_value = 0;
  int64_t min = 1;
  int64_t max = 1'000'000;
};

using BlockArguments = std::map<std::string, int64_t, std::less<>>;  // complete: every parameter

struct BlockFamily {
  std::string_view name;
  std::string_view doc;
  std::vector<BlockParameter> parameters;  // `batch` included
  // The arguments are complete and within limits. INVALID_ARGUMENT when they do not fit together
  // ("groups 3 does not divide cin 64").
  absl::StatusOr<graph::Graph> (*build)(const BlockArguments& arguments) = nullptr;
};

// A family with some parameters set.
struct BlockPreset {
  std::string_view name;
  std::string_view family;
  std::string_view doc;
  std::vector<std::pair<std::string_view, int64_t>> arguments;
};

std::span<const BlockFamily> BuiltinFamilies();
std::span<const BlockPreset> ClassicBlocks();    // the nine of the protocol first, then the others
std::span<const BlockPreset> ClassicProtocol();  // the nine that are measured, in their order

struct BlockSpec {
  std::string name;  // family or preset, as written
  const BlockFamily* family = nullptr;
  BlockArguments arguments;  // complete

  // "block:BasicBlock?batch=1&cin=256&...": every parameter, in the family's order.
  std::string ToString() const;
};

// "block:NAME?key=value&...", the "block:" optional. NOT_FOUND for an unknown name,
// INVALID_ARGUMENT for an unknown or repeated parameter, a value that is no whole number or out of
// its limits, and for a spec of more than 4096 characters; each names the parameter and proposes
// the nearest known name.
absl::StatusOr<BlockSpec> ParseBlockSpec(std::string_view spec);

// The graph of a block, shapes inferred and verified, called as the spec names it.
// INVALID_ARGUMENT where arguments are missing, out of their limits or do not fit together,
// OUT_OF_RANGE where a tensor's bytes do not fit 64 bits; else as ParseBlockSpec.
absl::StatusOr<graph::Graph> BuildBlock(const BlockSpec& spec);
absl::StatusOr<graph::Graph> BuildBlock(std::string_view spec);

}  // namespace latcast::blocks

#endif  // LATCAST_ANALYZER_BLOCKS_BLOCK_LIBRARY_H_
