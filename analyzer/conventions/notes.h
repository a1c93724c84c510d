// What a tool does not see, in words, and the matching of names its rules are found by.
#ifndef LATCAST_ANALYZER_CONVENTIONS_NOTES_H_
#define LATCAST_ANALYZER_CONVENTIONS_NOTES_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "analyzer/conventions/convention.h"

namespace latcast::conventions {

inline constexpr std::string_view kAny = "*";

// Whether `words`, with spaces between, has this one; kAny has every word.
bool HasWord(std::string_view words, std::string_view word);

// Says by operator type which multiply-accumulates no row counts in this column, neither the
// operator's own nor that of the module call it runs in, and which operators nobody knows. Fails as
// CostOp(), naming the operator.
absl::Status NoteMissed(const graph::Graph& graph, Table& table, size_t column = 0);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_NOTES_H_
