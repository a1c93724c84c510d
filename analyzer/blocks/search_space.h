// Search spaces of published architecture searches: which blocks stand where in their networks, so
// that tables of latencies can be made for them.
//
//   const SearchSpace* space = FindSearchSpace("fbnet");
//   for (const SpaceCell& cell : space->cells({.resolution = 224, .batch = 1})) ...
#ifndef LATCAST_ANALYZER_BLOCKS_SEARCH_SPACE_H_
#define LATCAST_ANALYZER_BLOCKS_SEARCH_SPACE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latcast::blocks {

struct SpaceInput {
  int64_t resolution = 224;  // height and width of the image, 32 to 4096
  int64_t batch = 1;
};

// One choice at one place of the network.
struct SpaceCell {
  std::string place;  // "layer 3", "stem"
  std::string key;    // what the space's own tables call the choice
  std::string spec;   // the block; empty for one that does nothing
};

struct SearchSpace {
  std::string_view name;
  std::string_view doc;
  // In the order of the network, the choices of a place together.
  std::vector<SpaceCell> (*cells)(const SpaceInput& input) = nullptr;
};

SearchSpace FbnetSpace();
SearchSpace OfaSpace();

std::span<const SearchSpace> BuiltinSearchSpaces();
const SearchSpace* FindSearchSpace(std::string_view name);  // nullptr: none

}  // namespace latcast::blocks

#endif  // LATCAST_ANALYZER_BLOCKS_SEARCH_SPACE_H_
