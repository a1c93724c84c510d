// Bridges between std::string_view and the absl::string_view of Debian's Abseil, which are two
// types there, and the few string helpers everyone needs.
#ifndef LATCAST_BASE_TEXT_H_
#define LATCAST_BASE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace latcast {

inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view ToStd(absl::string_view s) { return {s.data(), s.size()}; }

// Strict decimal parsing of the whole string: no leading or trailing characters.
// INVALID_ARGUMENT names the text that is not a number, OUT_OF_RANGE one that does not fit.
// ParseDouble reads "nan" and "inf", which FormatExact writes.
absl::StatusOr<int64_t> ParseInt(std::string_view text);
absl::StatusOr<double> ParseDouble(std::string_view text);

// "1x3x224x224" -> {1, 3, 224, 224}. INVALID_ARGUMENT on anything else and on dimensions < 1,
// OUT_OF_RANGE on one that does not fit.
absl::StatusOr<std::vector<int64_t>> ParseDims(std::string_view text);
std::string JoinDims(const std::vector<int64_t>& dims, std::string_view separator = "x");

// The candidate nearest to `name` by edit distance, for "did you mean ...?"; empty when none is
// within a third of the name's length, or one edit for names of two to five letters.
std::string_view Nearest(std::string_view name, const std::vector<std::string_view>& candidates);

// "; did you mean 'conv2d'?" or "".
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace latcast

#endif  // LATCAST_BASE_TEXT_H_
