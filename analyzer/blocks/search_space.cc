#include "analyzer/blocks/search_space.h"

#include <algorithm>

namespace latcast::blocks {

std::span<const SearchSpace> BuiltinSearchSpaces() {
  static const auto* const spaces = new std::vector<SearchSpace>{OfaSpace(), FbnetSpace()};
  return *spaces;
}

const SearchSpace* FindSearchSpace(std::string_view name) {
  const std::span<const SearchSpace> spaces = BuiltinSearchSpaces();
  const auto it = std::find_if(spaces.begin(), spaces.end(),
                               [name](const SearchSpace& space) { return space.name == name; });
  return it == spaces.end() ? nullptr : &*it;
}

}  // namespace latcast::blocks
