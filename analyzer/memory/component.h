// A named part of the memory that something takes.
#ifndef LATCAST_ANALYZER_MEMORY_COMPONENT_H_
#define LATCAST_ANALYZER_MEMORY_COMPONENT_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace latcast::memory {

struct Component {
  std::string_view name;         // "weights", "activations", ...
  std::optional<int64_t> bytes;  // nullopt: unknown, which is not nothing
  bool estimate = false;         // follows from libraries and devices, not from the graph
};

// The sum of the parts that are no estimates.
int64_t ExactBytes(const std::vector<Component>& parts);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_COMPONENT_H_
