// Reading operator attributes with errors that name the attribute.
#ifndef LATCAST_ANALYZER_GRAPH_ATTRIBUTES_H_
#define LATCAST_ANALYZER_GRAPH_ATTRIBUTES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "analyzer/graph/graph.h"

namespace latcast::graph {

// INVALID_ARGUMENT when absent or of another type. The forms with a fallback accept absence only.
absl::StatusOr<int64_t> GetInt(const Attributes& attributes, std::string_view name);
absl::StatusOr<int64_t> GetInt(const Attributes& attributes, std::string_view name,
                               int64_t fallback);
absl::StatusOr<bool> GetBool(const Attributes& attributes, std::string_view name, bool fallback);
absl::StatusOr<double> GetDouble(const Attributes& attributes, std::string_view name,
                                 double fallback);
absl::StatusOr<std::string> GetString(const Attributes& attributes, std::string_view name);

// A list of exactly `count` ints; a single int, or a list of one, stands for all of them (as
// PyTorch has it). The fallback is used when the attribute is absent or an empty list.
absl::StatusOr<std::vector<int64_t>> GetInts(const Attributes& attributes, std::string_view name,
                                             size_t count, int64_t fallback);
// The same into `out`, whose size is the count.
absl::Status GetInts(const Attributes& attributes, std::string_view name, int64_t fallback,
                     absl::Span<int64_t> out);

// A list of exactly `count` numbers; one number stands for all of them. INVALID_ARGUMENT when
// absent.
absl::StatusOr<std::vector<double>> GetDoubles(const Attributes& attributes, std::string_view name,
                                               size_t count);

// The number that an entry names; nullptr where there is none.
const int64_t* FindNumber(const Attributes& attributes, const SizeEntry& entry);
int64_t* FindNumber(Attributes& attributes, const SizeEntry& entry);

bool IsInplace(const Attributes& attributes);

// "kernel_size=[3, 3], bias=true".
std::string ToString(const Attributes& attributes);
std::string ToString(const Attribute& attribute);

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_ATTRIBUTES_H_
